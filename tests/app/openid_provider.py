"""A small real OpenID provider on loopback, for tests only.

It speaks the authorization code flow as OpenID Connect Core 1.0 describes it: discovery, a sign-in
page, codes that work once, client authentication, PKCE where the client uses it, ID tokens signed
with RS256, the keys, userinfo and sign-out. The sign-in page asks for an e-mail address and no
password; which claims an address gets is set by the test.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CODE_LIFETIME_S = 60


@dataclass
class OpenIdProvider:
    """A provider with one client; `with OpenIdProvider(...) as provider` serves it."""

    client_id: str = "learning-relationships"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    redirect_uris: list[str] = field(default_factory=list)
    """Where a code may be sent; exactly these."""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Claims by the e-mail that is typed in; an unknown one gets itself as verified e-mail."""
    sign_ins: int = 0
    """ID tokens handed out."""

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        self._codes: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, dict[str, Any]] = {}
        provider = self

        class Handler(_Handler):
            """Handles this provider's requests."""

            @property
            def provider(self) -> OpenIdProvider:
                return provider

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def metadata_url(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end_session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def claims_of(self, email: str) -> dict[str, Any]:
        subject = hashlib.sha256(email.casefold().encode()).hexdigest()[:16]
        given = self.accounts.get(email, {"email": email, "email_verified": True})
        return {"sub": subject, **given}

    def check_authorization(self, query: dict[str, str]) -> str | None:
        """Return what is wrong with an authorization request; None where nothing is."""
        if query.get("client_id") != self.client_id:
            return "unknown client"
        if query.get("redirect_uri") not in self.redirect_uris:
            return "this redirect_uri is not registered"
        if query.get("response_type") != "code":
            return "only response_type=code is supported"
        if "openid" not in query.get("scope", "").split():
            return "the scope must contain openid"
        if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
            return "only PKCE with S256 is supported"
        return None

    def new_code(self, query: dict[str, str], email: str) -> str:
        code = secrets.token_urlsafe(24)
        self._codes[code] = {**query, "email": email, "at": time.time()}
        return code

    def redeem(self, form: dict[str, str], client: tuple[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code for tokens: the status and the answer."""
        if not (
            secrets.compare_digest(client[0], self.client_id)
            and secrets.compare_digest(client[1], self.client_secret)
        ):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        asked = self._codes.pop(form.get("code", ""), None)  # a code works once
        if asked is None or time.time() - asked["at"] > CODE_LIFETIME_S:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != asked["redirect_uri"] or not _proves(form, asked):
            return 400, {"error": "invalid_grant"}
        claims = self.claims_of(asked["email"])
        access_token = secrets.token_urlsafe(24)
        self._tokens[access_token] = claims
        self.sign_ins += 1
        return 200, {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": asked["scope"],
            "id_token": self.id_token(claims, asked.get("nonce")),
        }

    def id_token(self, claims: dict[str, Any], nonce: str | None) -> str:
        now = int(time.time())
        payload = {
            "iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 3600, **claims,
        }  # fmt: skip
        if nonce:
            payload["nonce"] = nonce
        return jwt.encode({"alg": "RS256", "kid": "test"}, payload, self.key)

    def userinfo(self, access_token: str) -> dict[str, Any] | None:
        return self._tokens.get(access_token)


def _proves(form: dict[str, str], asked: dict[str, Any]) -> bool:
    """Check PKCE: the hash of the verifier is the challenge (RFC 7636)."""
    if not asked.get("code_challenge"):
        return True
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def provider(self) -> OpenIdProvider:
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: a request line holds codes."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, _single(urlsplit(self.path).query)
        routes: dict[str, Callable[[], None]] = {
            "/.well-known/openid-configuration": lambda: self._json(200, self.provider.metadata()),
            "/jwks": lambda: self._json(200, {"keys": [self.provider.key.as_dict(private=False)]}),
            "/authorize": lambda: self._sign_in_page(query),
            "/userinfo": self._userinfo,
            "/end_session": lambda: self._sign_out(query),
        }
        routes.get(path, lambda: self._json(404, {"error": "not_found"}))()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form, path = _single(body), urlsplit(self.path).path
        if path == "/authorize":
            self._signed_in(form)
        elif path == "/token":
            self._json(*self.provider.redeem(form, self._client(form)))
        else:
            self._json(404, {"error": "not_found"})

    def _sign_in_page(self, query: dict[str, str]) -> None:
        wrong = self.provider.check_authorization(query)
        if wrong:
            self._page(400, f"<p>{html.escape(wrong)}</p>")
            return
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in query.items()
        )
        self._page(
            200,
            f'<h1>Test sign-in</h1><form method="post" action="/authorize">{hidden}'
            '<label>E-mail <input name="email" autofocus></label>'
            '<button type="submit">Sign in</button></form>',
        )

    def _signed_in(self, form: dict[str, str]) -> None:
        email = form.pop("email", "").strip()
        wrong = self.provider.check_authorization(form)
        if wrong or not email:
            self._page(400, f"<p>{html.escape(wrong or 'an e-mail is needed')}</p>")
            return
        answer = {"code": self.provider.new_code(form, email), "state": form.get("state", "")}
        self._redirect(f"{form['redirect_uri']}?{urlencode(answer)}")

    def _userinfo(self) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        claims = self.provider.userinfo(token) if scheme.lower() == "bearer" else None
        self._json(200 if claims else 401, claims or {"error": "invalid_token"})

    def _sign_out(self, query: dict[str, str]) -> None:
        back = query.get("post_logout_redirect_uri", "")
        if back in self.provider.redirect_uris:
            self._redirect(back)
        else:
            self._page(200, "<p>Signed out.</p>")

    def _client(self, form: dict[str, str]) -> tuple[str, str]:
        scheme, _, encoded = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return form.get("client_id", ""), form.get("client_secret", "")
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        return unquote(name), unquote(secret)

    def _json(self, status: int, document: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(document).encode())

    def _page(self, status: int, body: str) -> None:
        page = f'<!doctype html><html lang="en"><title>Test sign-in</title><main>{body}</main>'
        self._send(status, "text/html; charset=utf-8", page.encode())

    def _redirect(self, to: str) -> None:
        self.send_response(303)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def _single(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded).items()}
