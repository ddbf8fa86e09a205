"""Signing in for real: a browser, Streamlit's `st.login`, and an OpenID provider on loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.openid_provider import OpenIdProvider
from tests.end_to_end.browser import go_to, new_context, settled
from tests.end_to_end.conftest import Server, free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def provider(port: int) -> Iterator[OpenIdProvider]:
    here = f"http://127.0.0.1:{port}"
    with OpenIdProvider(redirect_uris=[f"{here}/oauth2callback", here, f"{here}/"]) as running:
        yield running


@pytest.fixture(scope="module")
def server(
    provider: OpenIdProvider,
    port: int,
    small_index: Path,
    new_server: Callable[..., Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    folder = tmp_path_factory.mktemp("signed")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(
        "[auth]\n"
        f'redirect_uri = "{provider.redirect_uris[0]}"\n'
        'cookie_secret = "a-secret-of-the-test-that-is-long-enough"\n'
        f'client_id = "{provider.client_id}"\nclient_secret = "{provider.client_secret}"\n'
        f'server_metadata_url = "{provider.metadata_url}"\n'
    )
    return new_server(
        index=small_index,
        port=port,
        folder=folder,
        LEARNING_RELATIONSHIPS_SIGN_IN="oidc",
        LEARNING_RELATIONSHIPS_ADMIN_CLAIM="groups",
        LEARNING_RELATIONSHIPS_ADMIN_CLAIM_VALUE="learning-admins",
        LEARNING_RELATIONSHIPS_ADMINS="",
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    yield context.new_page()
    context.close()


def sign_in_there(page: Page, server: Server, email: str) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{server.url}/**")


def test_who_signs_in_is_who_their_address_says(
    server: Server, provider: OpenIdProvider, page: Page
) -> None:
    """A person by the e-mail, whatever its case; no demonstration, no administrator."""
    page.goto(server.url)
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_text("Demonstration")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Who are you?")).to_have_count(0)
    sign_in_there(page, server, "P3@Small.example")
    expect(page.get_by_text("Anna Seeker")).to_be_visible()
    expect(page.get_by_text("Demonstration")).to_have_count(0)
    expect(page.get_by_role("link", name="The night")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Anna Seeker")).to_be_visible()
    settled(page).locator(".st-key-who").get_by_role("button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_the_role_of_an_administrator_comes_with_a_claim(
    server: Server, provider: OpenIdProvider, page: Page
) -> None:
    email = "p1@small.example"
    groups = ["everybody", "learning-admins"]
    provider.accounts[email] = {"email": email, "email_verified": True, "groups": groups}
    sign_in_there(page, server, email)
    go_to(page, "The night")
    expect(page.get_by_role("heading", name="The night")).to_be_visible()


def test_strangers_and_unverified_addresses_stay_outside(
    server: Server, provider: OpenIdProvider, page: Page
) -> None:
    sign_in_there(page, server, "stranger@elsewhere.example")
    expect(page.get_by_text("the people file has nobody with your e-mail address")).to_be_visible()
    expect(page.get_by_label("What would you like to learn?")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    email = "p2@small.example"
    provider.accounts[email] = {"email": email, "email_verified": False}
    sign_in_there(page, server, email)
    expect(page.get_by_text("is not verified")).to_be_visible()
    expect(page.get_by_label("What would you like to learn?")).to_have_count(0)
