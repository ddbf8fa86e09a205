"""The guard of the demonstration sign-in, which lets everybody be anybody: this machine alone."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.services.settings import PREFIX, Settings
from recommender.errors import NotAllowedError

LOOPBACK = "127.0.0.1"

LOOPBACK_NAMES = (LOOPBACK, "localhost", "::1")
"""What a browser on this machine calls it."""

_FORWARDED = frozenset(
    {"forwarded", "via", "x-client-ip", "x-forwarded-for", "x-forwarded-host",
     "x-forwarded-proto", "x-forwarded-server", "x-original-host", "x-real-ip"}
)  # fmt: skip
"""Headers, in lower case, by which a proxy says that it asks for somebody else."""


def is_loopback(address: str) -> bool:
    """Return whether an address or a name, be it in brackets, is this machine's own."""
    name = address.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def check_address(address: str, settings: Settings) -> None:
    """Let the demonstration sign-in serve loopback only, unless a setting says otherwise.

    Args:
        address: the address that the server is to listen on; "" means all of this machine's.
        settings: the sign-in, and the explicit setting.

    Raises:
        NotAllowedError: anybody who reaches this address could be anybody.
    """
    if not _is_open(settings) or is_loopback(address):
        return
    raise NotAllowedError(
        f"the demonstration sign-in lets everybody be anybody, so it does not serve "
        f"{repr(address) if address else 'all addresses of this machine'}; "
        'serve 127.0.0.1, set up sign_in = "oidc", or say demo_on_any_address = true '
        f"({PREFIX}DEMO_ON_ANY_ADDRESS=true)"
    )


def check_request(host: str, headers: Iterable[str], settings: Settings) -> None:
    """Let the demonstration sign-in answer only a browser of this machine.

    A server on loopback is still reached from elsewhere: through a proxy on this machine, and by a
    page whose own name was pointed at 127.0.0.1 (DNS rebinding).

    Args:
        host: the request's `Host` header; "" where it has none.
        headers: the names of its headers.
        settings: the sign-in, and the explicit setting.

    Raises:
        NotAllowedError: the request may be a stranger's.
    """
    if not _is_open(settings):
        return
    if not is_loopback(_name(host)):
        what = f"called it {host[:80]!r}" if host else "did not say what it called"
    elif through := sorted({name.lower() for name in headers} & _FORWARDED):
        what = f"came through a proxy ({through[0]})"
    else:
        return
    raise NotAllowedError(
        "the demonstration sign-in lets everybody be anybody, so it answers this machine's own "
        f"browser only, and this request {what}; open http://{LOOPBACK}, or set up "
        f'sign_in = "oidc" ({PREFIX}SIGN_IN=oidc)'
    )


def _is_open(settings: Settings) -> bool:
    return settings.sign_in == "demo" and not settings.demo_on_any_address


def _name(host: str) -> str:
    """Return a host without its port; "" where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises ValueError where it is no number
    except ValueError:
        return ""
    whole = parts.username is None and not (parts.path or parts.query or parts.fragment)
    return (parts.hostname or "") if whole else ""
