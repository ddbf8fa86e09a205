"""What stands around every page: the menu, the person, what was just done, addresses."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.browser import PHONE, choose, go_to, new_context, settled, sign_in
from tests.end_to_end.conftest import Server
from tests.end_to_end.lived_in import SEEKER, live_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASKED = SEEKER
"""Somebody whom one open request waits for."""


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    running = new_server(LEARNING_RELATIONSHIPS_ADMINS=SEEKER)
    live_in(running.index_dir, running.store)
    return running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    yield context.new_page()
    context.close()


def test_a_helper_sees_in_the_menu_that_somebody_asked(server: Server, page: Page) -> None:
    sign_in(page, server.url, ASKED)
    expect(page.get_by_text("One request waits for your answer")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink").get_by_text("Requests (1)")).to_be_visible()
    go_to(page, "Requests")
    page.get_by_role("button", name="Later", exact=True).click()
    expect(page.get_by_text("Put off: the request stays open")).to_be_visible()


def test_an_address_leads_where_it_says_after_signing_in_and_a_reload_keeps_the_person(
    server: Server, page: Page
) -> None:
    # Streamlit serves the first page at the root alone, so that its own name leads there
    for path, heading, at in (
        ("night", "The night", "night"), ("find", "Who could you learn with?", ""),
    ):  # fmt: skip
        page.goto(f"{server.url}/{path}")
        if path == "night":
            choose(page, "Who are you?", f"({SEEKER})")
            page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page).to_have_url(re.compile(f"^{re.escape(server.url)}/{at}([?].*)?$"))
        expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page).locator(".st-key-who").get_by_role("button").click()
    page.get_by_role("button", name="Be somebody else").click()
    expect(page.get_by_role("textbox", name="Who are you?")).to_be_visible()
    settled(page).reload()
    expect(page.get_by_role("textbox", name="Who are you?")).to_be_visible()


def test_the_typeface_comes_from_this_server(server: Server, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, server.url, "H0040")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('600 16px Inter')")
    assert all(url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:"))
               for url in asked)  # fmt: skip
    assert (Path(__file__).parents[2] / "app" / "static" / "Inter-OFL.txt").exists()


@pytest.mark.parametrize(
    "name",
    ["Find", "Requests", "My offer", "My learning network", "The night", "The programme",
     "The policy", "Quality"],
)  # fmt: skip
def test_nothing_is_wider_than_a_phone(server: Server, browser: Browser, name: str) -> None:
    context = new_context(browser, viewport=PHONE)
    page = go_to(sign_in(context.new_page(), server.url, SEEKER), name)
    width = page.evaluate(
        "() => Math.max(document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth)"
    )
    context.close()
    assert width <= PHONE["width"]
