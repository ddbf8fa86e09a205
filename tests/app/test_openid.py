"""The whole sign-in against a real provider on loopback, with the client that Streamlit uses."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from app.services.identity import Identity, identity_from_claims
from app.services.settings import Settings
from recommender.errors import NotAllowedError
from tests.app.openid_provider import OpenIdProvider
from tests.app.small_company import SmallSnapshot

REDIRECT = "http://127.0.0.1:9/oauth2callback"
PEOPLE = SmallSnapshot().people
OIDC = Settings(
    index="index", store="sqlite:///x", sign_in="oidc",
    admin_claim="groups", admin_claim_value="learning",
)  # fmt: skip


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with OpenIdProvider(redirect_uris=[REDIRECT]) as serving:
        yield serving


def run_apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser of other tests may hold this one's loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class Visit:
    """A browser's visit: its session and the client of the service."""

    def __init__(self, provider: OpenIdProvider, *, secret: str = "", **client_kwargs: str) -> None:
        self.session: dict[str, object] = {}
        self.client = OAuth().register(
            "company",
            server_metadata_url=provider.metadata_url,
            client_id=provider.client_id,
            client_secret=secret or provider.client_secret,
            client_kwargs={"scope": "openid email profile", **client_kwargs},
        )

    def sign_in_page(self, redirect: str = REDIRECT) -> str:
        request = SimpleNamespace(session=self.session)
        answer = run_apart(self.client.authorize_redirect(request, redirect))
        return answer.headers["location"]

    def sign_in(self, email: str) -> dict[str, str]:
        """Type an e-mail into the sign-in page; gives what comes back to the service."""
        page, _, asked = self.sign_in_page().partition("?")
        query = {name: one[0] for name, one in parse_qs(asked).items()}
        answer = requests.post(page, {**query, "email": email}, allow_redirects=False, timeout=5)
        assert answer.status_code == 303
        back = urlsplit(answer.headers["location"])
        assert back._replace(query="").geturl() == REDIRECT
        return {name: one[0] for name, one in parse_qs(back.query).items()}

    def come_back(self, query: dict[str, str]) -> dict[str, object]:
        """Exchange the code and verify the ID token; gives its claims."""
        request = SimpleNamespace(session=self.session, query_params=query, scope={})
        return dict(run_apart(self.client.authorize_access_token(request))["userinfo"])


def test_from_the_sign_in_page_to_a_person(provider):
    visit = Visit(provider)
    claims = visit.come_back(visit.sign_in("Anna@small.example"))
    assert claims["iss"] == provider.issuer
    assert identity_from_claims(claims, PEOPLE, OIDC) == Identity("ANNA")


def test_with_pkce(provider):
    visit = Visit(provider, code_challenge_method="S256")
    claims = visit.come_back(visit.sign_in("ben@small.example"))
    assert identity_from_claims(claims, PEOPLE, OIDC) == Identity("BEN")


def test_an_administrator_by_a_claim(provider):
    provider.accounts["cara@small.example"] = {
        "email": "cara@small.example", "email_verified": True, "groups": ["learning"],
    }  # fmt: skip
    visit = Visit(provider)
    claims = visit.come_back(visit.sign_in("cara@small.example"))
    assert identity_from_claims(claims, PEOPLE, OIDC) == Identity("CARA", is_admin=True)


def test_an_unverified_email_gets_nowhere(provider):
    provider.accounts["me"] = {"email": "anna@small.example", "email_verified": False}
    visit = Visit(provider)
    claims = visit.come_back(visit.sign_in("me"))
    with pytest.raises(NotAllowedError, match="not verified"):
        identity_from_claims(claims, PEOPLE, OIDC)


def test_a_code_works_once(provider):
    visit = Visit(provider)
    query, session = visit.sign_in("anna@small.example"), dict(visit.session)
    visit.come_back(query)
    visit.session = session
    with pytest.raises(OAuthError, match="invalid_grant"):
        visit.come_back(query)


def test_another_visits_code_is_refused(provider):
    mine, theirs = Visit(provider), Visit(provider)
    mine.sign_in_page()
    with pytest.raises(OAuthError, match="mismatching_state"):
        mine.come_back(theirs.sign_in("anna@small.example"))


def test_a_wrong_secret_is_refused(provider):
    visit = Visit(provider, secret="wrong")
    with pytest.raises(OAuthError, match="invalid_client"):
        visit.come_back(visit.sign_in("anna@small.example"))


def test_a_token_of_another_key_is_refused(provider):
    visit = Visit(provider)
    query = visit.sign_in("anna@small.example")
    published = provider.metadata()["jwks_uri"]
    assert requests.get(published, timeout=5).json()["keys"][0]["kid"] == "test"
    genuine, sign = provider.key, provider.id_token

    def sign_with_another(claims: dict[str, object], nonce: str | None) -> str:
        provider.key = RSAKey.generate_key(2048, {"kid": "test"})
        token = sign(claims, nonce)
        provider.key = genuine
        return token

    provider.id_token = sign_with_another
    with pytest.raises(JoseError):
        visit.come_back(query)


def test_a_redirect_to_elsewhere_is_refused(provider):
    page = Visit(provider).sign_in_page("http://127.0.0.1:9/elsewhere")
    answer = requests.get(page, timeout=5)
    assert answer.status_code == 400
    assert "not registered" in answer.text
