"""What must not happen on a page: foreign markup, foreign data, a silent failure."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.browser import choose, find, go_to, new_context, settled, sign_in
from tests.end_to_end.conftest import Server, free_port
from tests.end_to_end.small_people import (
    ADMINISTRATOR,
    HOSTILE_ABOUT,
    HOSTILE_NAME,
    HOSTILE_TITLE,
    SEEKER,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOAL = "I want somebody who teaches presenting talks."
ADMINISTRATOR_PAGES = ("The night", "The programme", "The policy", "Quality")


@pytest.fixture(scope="module")
def server(small_index: Path, new_server: Callable[..., Server]) -> Server:
    return new_server(index=small_index, LEARNING_RELATIONSHIPS_ADMINS=ADMINISTRATOR)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    opened = context.new_page()
    opened.on("dialog", lambda _: pytest.fail("a profile ran a script"))
    yield opened
    context.close()


def test_a_hostile_profile_shows_as_it_is_written(server: Server, page: Page) -> None:
    sign_in(page, server.url, SEEKER)
    find(page, GOAL, "Mentor")
    for guesses in page.get_by_text(re.compile("^Less certain")).all():
        guesses.click()
    card = page.get_by_role("article").first
    assert plain(card.get_by_role("heading").first.inner_text()) == HOSTILE_NAME
    expect(card).to_contain_text(HOSTILE_TITLE)
    expect(card).to_contain_text(HOSTILE_ABOUT)
    ask = page.get_by_role("button", name="Ask").first
    assert plain(ask.inner_text()) == f"Ask {HOSTILE_NAME}"

    page.get_by_role("button", name="Not for me").first.click()
    title = page.get_by_role("dialog").get_by_role("heading")
    assert plain(title.inner_text()) == f"Why is {HOSTILE_NAME} not for you?"
    page.keyboard.press("Escape")

    ask.click()
    expect(page.get_by_role("dialog").get_by_label("Your message")).to_be_visible()
    title = page.get_by_role("dialog").get_by_role("heading").first
    assert plain(title.inner_text()) == f"Ask {HOSTILE_NAME}"
    page.get_by_role("button", name="Send").click()
    said = page.get_by_test_id("stToast").first
    expect(said).to_contain_text("Your request is on its way to")
    assert f"Your request is on its way to {HOSTILE_NAME}." in plain(said.inner_text())

    settled(page).get_by_text("Somebody you expected is not here?").click()
    choose(page, "Colleague", "(P4)")
    expect(page.get_by_text("One of you has asked the other already, as a mentor")).to_be_visible()

    go_to(page, "Requests")
    page.get_by_role("tab", name="Asked by me").click()
    expect(page.get_by_role("heading", name=f"You asked {HOSTILE_NAME}")).to_be_visible()
    assert page.title() != "owned"
    assert (
        page.locator("img[src='x'], main video, main h1#me, main svg[onload], article a").count()
        == 0
    )


def test_what_is_read_as_background_is_said_to_be_and_shows_as_it_is_written(
    server: Server, page: Page
) -> None:
    story = "We had a bad year <3 and two people left."
    sign_in(page, server.url, SEEKER)
    find(page, f"I want to get better at saying no to customers. {story}")
    page.get_by_text("Read as one wish and one part told beside it").click()
    read = page.locator("section.goal")
    expect(read).to_contain_text("I want to get better at saying no to customers.")
    expect(read).to_contain_text("Read as background, which counts less.")
    expect(read.get_by_role("listitem").last).to_have_text(story)
    for figure in page.locator("figcaption").all_inner_texts():
        assert "bad" not in figure


def test_every_goal_is_answered_or_refused_in_a_sentence(server: Server, page: Page) -> None:
    sign_in(page, server.url, SEEKER)
    for goal, says in (
        ("", "The goal has no words"),
        ("   \n ", "The goal has no words"),
        ("🙂🙂🙂 🚢", "The goal has no words"),
        ("a goal " * 1429, "more than 4,000"),
    ):
        find(page, goal)
        expect(page.get_by_test_id("stAlert").get_by_text(says)).to_be_visible()
    for goal in (
        "<script>document.title='owned'</script> I want to learn **to write** $x$ :red[well].",
        "Chcę lepiej prezentować swoją pracę, bo gubię wątek. 🙂",
        "プレゼンテーションが上手になりたいです。",
    ):
        find(page, goal)
        expect(page.get_by_text(re.compile("^Read as"))).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_contain_text(goal)
        nobody = page.get_by_role("heading", name="Nobody here yet")
        expect(page.get_by_role("article").or_(nobody).first).to_be_visible()
    assert page.title() != "owned"


def test_each_page_says_that_the_sign_in_is_a_demonstration(server: Server, page: Page) -> None:
    page.goto(server.url)
    notice = page.get_by_text("Demonstration sign-in")
    expect(notice).to_be_visible()
    sign_in(page, server.url, ADMINISTRATOR)
    who = page.locator(".st-key-who").get_by_role("button")
    who.click()
    expect(notice).to_be_visible()
    page.keyboard.press("Escape")
    own = ("Find", "Requests", "My offer", "My learning network")
    for name in (*own, *ADMINISTRATOR_PAGES):
        go_to(page, name)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(who).to_contain_text("demo")


def test_an_employee_sees_no_administrator_page(server: Server, page: Page) -> None:
    sign_in(page, server.url, SEEKER)
    for name in ADMINISTRATOR_PAGES:
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    expect(page.get_by_test_id("stTopNavSection")).to_have_count(0)
    page.goto(f"{server.url}/night")
    expect(page.get_by_text("This page is for administrators")).to_be_visible()
    expect(page.get_by_text("Rebuild")).to_have_count(0)


def test_one_browser_session_never_shows_another_ones_search(
    server: Server, browser: Browser, page: Page
) -> None:
    sign_in(page, server.url, SEEKER)
    find(page, "I want to learn knitting in secret.", "Peer")
    page.locator(".st-key-who").get_by_role("button").click()
    page.get_by_role("button", name="Be somebody else").click()
    choose(page, "Who are you?", "(P7)")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Who could you learn with?")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("knitting")
    go_to(page, "My learning network")
    expect(page.get_by_text("You have no goals yet.")).to_be_visible()


def test_the_demonstration_serves_loopback_only(small_index: Path, repository: Path) -> None:
    store = f"sqlite:///{small_index.parent / 'unused.sqlite'}"
    command = [sys.executable, "-m", "app", "serve", "--index", str(small_index)]
    command += ["--address", "0.0.0.0", "--port", str(free_port()), "--store", store]
    done = subprocess.run(
        command, cwd=repository, capture_output=True, text=True, timeout=60, env=dict(os.environ)
    )
    assert done.returncode == 1
    assert "demonstration sign-in" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_readiness_proves_the_index_and_the_store(
    small_index: Path, new_server: Callable[..., Server], page: Page
) -> None:
    """The store goes and comes back: a clear sentence, nothing half-written, no restart."""
    server = new_server(index=small_index)
    assert server.get("/_stcore/health") == (200, "ok")
    status, body = server.get("/ready")
    assert status == 200
    assert (server.index_dir / "CURRENT").read_text().strip() in body
    sign_in(page, server.url, SEEKER)
    find(page, GOAL, "Mentor")
    page.get_by_role("button", name="Ask").first.click()
    expect(page.get_by_role("dialog").get_by_label("Your message")).to_be_visible()
    store = Path(server.store.removeprefix("sqlite:///"))
    aside = store.with_name("aside")
    aside.mkdir()
    for part in store.parent.glob("store.sqlite*"):
        shutil.move(part, aside / part.name)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("nothing was saved")).to_be_visible()
    status, body = server.get("/ready")
    assert status == 503
    assert "store" in body
    assert server.get("/_stcore/health") == (200, "ok"), "alive, but not ready"
    for part in aside.iterdir():
        shutil.move(part, store.parent / part.name)
    assert server.get("/ready")[0] == 200
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your request is on its way to")).to_be_visible()
    go_to(page, "Requests")
    expect(page.get_by_role("tab", name="Asked by me · 1")).to_be_visible()
    assert "Traceback" not in server.stop()


def plain(text: str) -> str:
    """Take out what keeps Markdown from being read, and fold the white space."""
    return " ".join(re.sub("\u2060", "", text).split())
