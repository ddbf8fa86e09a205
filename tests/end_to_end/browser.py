"""A real Chromium at the pages' doors, and the few moves that a person makes there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1180, "height": 900}
PATIENCE_MS = 30_000

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a fresh Chromium."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Open a window of its own, as another person's browser would be."""
    options.setdefault("viewport", DESK)
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    return context


def settled(page: Page) -> Page:
    """Wait until Streamlit has run the page to its end; a moment first, so that it has begun."""
    page.wait_for_timeout(150)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    expect(page.locator('[data-testid="stSkeleton"], [data-stale="true"]')).to_have_count(0)
    return page


def choose(page: Page, label: str, text: str) -> None:
    """Choose the colleague whom a search for a name or "(number)" finds first."""
    page.get_by_role("textbox", name=label).fill(text.strip("()"))
    option = page.get_by_role("radio", name=re.compile(re.escape(text))).first
    expect(option).to_be_attached()
    settled(page)
    if not option.is_checked():
        option.locator("xpath=ancestor::label").click()
    settled(page)


def cell(page: Page, text: str) -> Locator:
    """Find a cell or heading of a table; Streamlit paints them, with a table for readers inside."""
    return page.locator("canvas").locator("td, th").get_by_text(text, exact=True).first


def sign_in(page: Page, url: str, person_id: str) -> Page:
    """Choose a person on the demonstration's first page."""
    page.goto(url)
    choose(page, "Who are you?", f"({person_id})")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".st-key-who")).to_be_visible()
    return settled(page)


def go_to(page: Page, name: str) -> Page:
    """Follow a link of the menu: in the bar, under a heading in it, or on a phone at the side."""
    words = re.compile(rf"^{re.escape(name)}( \(\d+\))?$")
    bar = page.get_by_test_id("stTopNavLink").get_by_text(words)
    side = page.get_by_test_id("stSidebarNavLink").get_by_text(words)
    opener = page.get_by_test_id("stExpandSidebarButton")
    heading = page.get_by_test_id("stTopNavSection")
    expect(bar.or_(opener).or_(heading).first).to_be_visible()
    if bar.count():
        bar.click()
    elif opener.count():
        opener.click()
        side.click()
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    else:
        heading.last.click()
        page.get_by_test_id("stTopNavDropdownLink").get_by_text(words).click()
    return settled(page)


def find(page: Page, goal: str, kind: str = "") -> Page:
    """Type a goal on the page Find and ask; a folded form is opened first."""
    box = page.get_by_label("What would you like to learn?")
    change = page.get_by_role("button", name="Change")
    expect(box.or_(change).first).to_be_visible()
    if change.count():
        change.click()
    box.fill(goal)
    if kind:
        option = page.get_by_role("radio", name=re.compile(rf"{kind}$"))
        option.locator("xpath=ancestor::label").click()
    page.get_by_role("button", name="Find colleagues").click()
    return settled(page)
