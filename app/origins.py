"""Pages of other sites must not talk to this one; and the server must not ask who they are.

Streamlit compares an Origin that it does not know with this machine's outer address, which it asks
a host on the internet for. Here such a request ends before Streamlit sees it.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_POLICY_VIOLATION = 1008


class KnownOrigins:
    """Refuse what comes from a page of an origin that is neither this server's nor a known one."""

    def __init__(self, app: ASGIApp, origins: Collection[str] = ()) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] not in {"http", "websocket"} or self._knows(Headers(scope=scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"another site's page"})

    def _knows(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or origin in self.origins:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        if not parts.netloc:
            return False
        return parts.netloc == headers.get("host") or parts.hostname in _LOOPBACK
