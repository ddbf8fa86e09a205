"""Who is asking: a person of the snapshot, proven by a sign-in or, in a demonstration, chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import numpy as np

from app.services.settings import PREFIX, Settings
from recommender.errors import NotAllowedError
from recommender.people import People


@dataclass(frozen=True, slots=True)
class Identity:
    """The person on whose behalf a service is called."""

    person_id: str
    is_admin: bool = False
    demo: bool = False
    """Chosen from a list, not proven: the demonstration sign-in."""

    def require_admin(self) -> None:
        """Let only an administrator go on.

        Raises:
            NotAllowedError: the person is none.
        """
        if not self.is_admin:
            raise NotAllowedError("this page is for administrators; ask one to give you the role")


def identity_from_claims(
    claims: Mapping[str, object], people: People, settings: Settings
) -> Identity:
    """Map what an OpenID provider says about a signed-in person to one person of the company.

    Args:
        claims: the verified claims of the ID token (`st.user`).
        people: the snapshot's people.
        settings: who administers.

    Raises:
        NotAllowedError: the claims hold no e-mail, one that the provider has not verified, or one
            that nobody or more than one person has.
    """
    email = str(claims.get("email") or "").strip()
    if not email:
        raise NotAllowedError(
            "the sign-in gave no e-mail address; the provider must send the claim 'email'"
        )
    if not _is_true(claims.get("email_verified", True)):
        raise NotAllowedError(
            "your e-mail address is not verified with the sign-in provider; verify it there, "
            "then sign in again"
        )
    emails = people.frame["email"].fillna("").astype(str).str.strip().str.casefold()
    rows = np.flatnonzero((emails == email.casefold()).to_numpy(dtype=np.bool_))
    if len(rows) != 1:
        found = "nobody" if not len(rows) else "more than one person"
        raise NotAllowedError(
            f"the people file has {found} with your e-mail address; "
            "ask the administrator to correct it"
        )
    person_id = str(people.ids[rows[0]])
    is_admin = _is_listed(person_id, email, settings) or _has_role(claims, settings)
    return Identity(person_id, is_admin=is_admin)


def demo_identity(person_id: str, people: People, settings: Settings) -> Identity:
    """Be a person without proof, where the demonstration sign-in is on.

    Raises:
        NotAllowedError: the service signs people in for real.
        UnknownPersonError: nobody has this id.
    """
    if settings.sign_in != "demo":
        raise NotAllowedError("this service signs people in for real; use the sign-in button")
    email = people.text(people.row(person_id), "email")
    return Identity(person_id, is_admin=_is_listed(person_id, email, settings), demo=True)


def check_address(address: str, settings: Settings) -> None:
    """Let the demonstration sign-in serve loopback only, unless a setting says otherwise.

    Args:
        address: the address that the server is to listen on.
        settings: the sign-in, and the explicit setting.

    Raises:
        NotAllowedError: anybody who reaches this address could be anybody.
    """
    if settings.sign_in != "demo" or settings.demo_on_any_address or _is_loopback(address):
        return
    raise NotAllowedError(
        f"the demonstration sign-in lets everybody be anybody, so it does not serve {address!r}; "
        'serve 127.0.0.1, set up sign_in = "oidc", or say demo_on_any_address = true '
        f"({PREFIX}DEMO_ON_ANY_ADDRESS=true)"
    )


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_true(value: object) -> bool:
    return value is True or str(value).casefold() == "true"


def _is_listed(person_id: str, email: str, settings: Settings) -> bool:
    listed = {name.strip().casefold() for name in settings.admins} - {""}
    return person_id.casefold() in listed or email.strip().casefold() in listed


def _has_role(claims: Mapping[str, object], settings: Settings) -> bool:
    if not settings.admin_claim or not settings.admin_claim_value:
        return False
    value = claims.get(settings.admin_claim)
    values = value if isinstance(value, list | tuple | set) else [value]
    return settings.admin_claim_value in values
