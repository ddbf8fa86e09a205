"""The week of two employees and an administrator, in a browser, on both databases."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from app.store import schema
from app.store.database import make_engine, store_url
from tests.end_to_end.browser import find, go_to, new_context, settled, sign_in
from tests.end_to_end.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEKER = "H0012"
GOAL = (
    "In the Thursday demo I know what to say, and then my English and my heartbeat go away "
    "together. I want to practise presenting my own work."
)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def server(request: pytest.FixtureRequest, new_server: Callable[..., Server]) -> Iterator[Server]:
    store = ""
    if request.param == "postgres":
        store = request.getfixturevalue("postgres").new_database()
    running = new_server(store)
    yield running
    printed = running.stop()
    assert "Traceback" not in printed
    assert "heartbeat" not in printed, "a goal stands in the log"


def test_the_week(server: Server, browser: Browser) -> None:
    """From a goal to a relationship: asked, answered, paused, met; the administrator sees sums."""
    seeker_context, helper_context = new_context(browser), new_context(browser)
    seeker = sign_in(seeker_context.new_page(), server.url, SEEKER)

    # a goal is answered with quoted evidence, power, distance, languages and hours
    find(seeker, GOAL, "Coach")
    expect(seeker.get_by_text("Read as 2 wishes")).to_be_visible()
    first, second = name_on_card(seeker, 0), name_on_card(seeker, 1)
    top = card(seeker, 0)
    for words in ("“", "Power", "line", "English", "working hours", "Worth a look"):
        expect(top).to_contain_text(words)

    # 'not for me' takes effect at once, and can be taken back
    card(seeker, 1).get_by_role("button", name="Not for me").click()
    seeker.get_by_role("dialog").get_by_text("Too senior", exact=True).click()
    seeker.get_by_role("button", name="Hide").click()
    expect(seeker.get_by_text(f"{second} is not suggested any more.")).to_be_visible()
    assert second not in names_on_cards(seeker)
    seeker.get_by_role("button", name="Undo").click()
    expect(seeker.get_by_text(f"{second} may be suggested again.")).to_be_visible()
    assert names_on_cards(seeker)[:2] == [first, second]

    # asking: the draft is edited, and shown as its reader will see it
    card(seeker, 0).get_by_role("button", name=f"Ask {first}").click()
    draft = seeker.get_by_role("dialog").get_by_label("Your message")
    expect(draft).to_have_value(re.compile("In the Thursday demo"))
    draft.fill("May I practise a talk with you?\n\n<b>Two</b> lines, $x$ and :red[more].")
    draft.blur()
    preview = seeker.get_by_role("dialog").get_by_role("article")
    expect(preview).to_contain_text("<b>Two</b> lines, $x$ and :red[more].")
    seeker.get_by_role("button", name="Send").click()
    expect(seeker.get_by_text(f"Your request is on its way to {first}.")).to_be_visible()
    assert first not in names_on_cards(seeker), "who was asked is not suggested again"

    # the helper reads the message and nothing of the goal, accepts and pauses
    helper_id = id_of(server, "helper_id")
    helper = sign_in(helper_context.new_page(), server.url, helper_id)
    go_to(helper, "Requests")
    expect(helper.get_by_role("main")).to_contain_text("<b>Two</b> lines, $x$ and :red[more].")
    expect(helper.get_by_role("main")).not_to_contain_text("heartbeat")
    helper.get_by_role("button", name="Accept", exact=True).click()
    helper.get_by_label("A sentence with your yes").fill("Gladly. <b>Thursdays</b> suit me.")
    helper.get_by_text("And suggest me to nobody else for a while").click()
    settled(helper).get_by_role("button", name="Say yes").click()
    expect(helper.get_by_text("You said yes to")).to_be_visible()

    # it counts for everybody's very next search
    other_context = new_context(browser)
    other = sign_in(other_context.new_page(), server.url, "H0025")
    find(other, GOAL, "Coach")
    assert names_on_cards(other)
    assert first not in names_on_cards(other)
    other_context.close()

    # the seeker finds the answer, the address, and after two weeks a question
    go_to(seeker, "Requests")
    expect(seeker.get_by_text("Accepted.")).to_be_visible()
    expect(seeker.get_by_text("They said: Gladly. <b>Thursdays</b> suit me.")).to_be_visible()
    go_to(seeker, "My learning network")
    expect(seeker.get_by_role("heading", name=f"{first} is your coach")).to_be_visible()
    expect(seeker.get_by_role("main")).to_contain_text("@halden.example")
    expect(seeker.get_by_text("Did you meet?")).to_have_count(0)
    a_page_of_the_two(seeker, helper)
    go_to(seeker, "My learning network")
    fifteen_days_later(server)
    go_to(seeker, "Find")
    go_to(seeker, "My learning network")
    seeker.get_by_text("You have met", exact=True).click()
    seeker.get_by_role("button", name="Answer").click()
    expect(seeker.get_by_text("Thank you, that is noted.")).to_be_visible()
    expect(seeker.get_by_text("Did you meet?")).to_have_count(0)
    seeker.get_by_role("button", name="I reached it").first.click()
    expect(seeker.get_by_text("Well done.")).to_be_visible()
    seeker.get_by_role("button", name="Undo").click()
    expect(seeker.get_by_text("It is as it was before.")).to_be_visible()
    expect(settled(seeker).get_by_role("button", name="I reached it").first).to_be_visible()
    seeker.get_by_role("link", name="Agenda, notes and next date").first.click()
    settled(seeker).get_by_role("button", name="End this relationship").click()
    seeker.get_by_role("button", name="Yes, end it").click()
    expect(seeker.get_by_text("Ended. Thank you both.")).to_be_visible()
    seeker_context.close()
    helper_context.close()


def a_page_of_the_two(seeker: Page, helper: Page) -> None:
    """Both read and write the plan, each alone their notes; an old page overwrites nothing."""
    seeker.get_by_role("link", name="Agenda, notes and next date").first.click()
    main = settled(seeker).get_by_role("main")
    expect(main).to_contain_text("May I practise a talk with you?")
    expect(main).to_contain_text("Gladly. <b>Thursdays</b> suit me.")
    go_to(helper, "My learning network")
    helper.get_by_role("link", name="Agenda, notes and next date").first.click()
    settled(helper)
    seeker.get_by_label("What you want to talk about").fill("The first two minutes")
    seeker.get_by_role("button", name="Save the plan").click()
    expect(seeker.get_by_text("Saved. Both of you see it.")).to_be_visible()
    seeker.get_by_label("Your own notes").fill("She is kinder than I feared")
    seeker.get_by_role("button", name="Save the notes").click()
    expect(seeker.get_by_text("Saved, for you alone.")).to_be_visible()
    helper.get_by_label("What you want to talk about").fill("Breathing")
    helper.get_by_role("button", name="Save the plan").click()
    expect(helper.get_by_text("has changed the plan meanwhile")).to_be_visible()
    helper.reload()
    expect(helper.get_by_label("What you want to talk about")).to_have_value(
        "The first two minutes"
    )
    expect(helper.get_by_label("Your own notes")).to_have_value("")


def test_a_declined_request_offers_the_next(server: Server, browser: Browser) -> None:
    context = new_context(browser)
    seeker = sign_in(context.new_page(), server.url, "H0030")
    find(seeker, "I would like to lead a small team one day and see what that takes.", "Mentor")
    first, second = name_on_card(seeker, 0), name_on_card(seeker, 1)
    card(seeker, 0).get_by_role("button", name=f"Ask {first}").click()
    seeker.get_by_role("button", name="Send").click()
    expect(seeker.get_by_text(f"Your request is on its way to {first}.")).to_be_visible()

    answering = new_context(browser)
    helper = sign_in(answering.new_page(), server.url, id_of(server, "helper_id"))
    go_to(helper, "Requests")
    helper.get_by_role("button", name="Later", exact=True).click()
    expect(helper.get_by_text("Put off: the request stays open")).to_be_visible()
    expect(helper.get_by_role("button", name="Later", exact=True)).to_have_count(0)
    helper.get_by_role("button", name="Decline", exact=True).click()
    helper.get_by_role("button", name="Decline it").click()
    expect(helper.get_by_text("Declined. No reason was asked or kept.")).to_be_visible()
    answering.close()

    go_to(seeker, "Requests")
    expect(seeker.get_by_text(f"Next mentor for this goal: {second}")).to_be_visible()
    seeker.get_by_role("button", name=f"Ask {second}").click()
    seeker.get_by_role("button", name="Send").click()
    expect(seeker.get_by_text(f"Your request is on its way to {second}.")).to_be_visible()
    go_to(seeker, "Requests")
    seeker.get_by_role("button", name="Take it back", exact=True).click()
    seeker.get_by_role("button", name="Yes, take it back").click()
    expect(seeker.get_by_text("Taken back.", exact=True)).to_be_visible()
    context.close()


def test_an_offer_shows_at_once_how_one_appears(server: Server, browser: Browser) -> None:
    context = new_context(browser)
    page = go_to(sign_in(context.new_page(), server.url, "H0040"), "My offer")
    expect(page.get_by_role("heading", name="How you appear to others")).to_be_visible()
    for part in ("What I say about myself", "My experience", "My skills", "What I can help with"):
        page.get_by_text(part, exact=True).click()
    page.get_by_text("My role: title", exact=False).click()
    for kind in ("Mentor", "Coach", "Sponsor", "Peer"):
        box = page.get_by_role("checkbox", name=re.compile(f"^{kind}:"))
        if not box.is_checked():
            page.get_by_text(re.compile(f"^{kind}:")).click()
    page.get_by_label("How many people at a time").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It counts from now on.")).to_be_visible()
    expect(
        page.get_by_text("You may be suggested as: Mentor, Coach, Sponsor, Peer.")
    ).to_be_visible()
    expect(page.get_by_text("Nothing of your profile is quoted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Your offer is as it was before.")).to_be_visible()
    expect(page.get_by_text("Nothing of your profile is quoted.")).to_have_count(0)
    page.get_by_label("How many people at a time").fill("0")
    page.get_by_label("How many people at a time").press("Enter")
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    go_to(page, "Requests")
    go_to(page, "My offer")
    expect(page.get_by_label("How many people at a time")).to_have_value("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("you take on nobody at the moment")).to_be_visible()
    context.close()


def test_what_happened_in_another_window_is_said_and_not_lost(
    server: Server, browser: Browser
) -> None:
    """The same request open twice: accepted in one window, declined in the other."""
    asking = new_context(browser)
    seeker = sign_in(asking.new_page(), server.url, "H0033")
    find(seeker, "I would like to lead a small team one day and see what that takes.", "Mentor")
    card(seeker, 0).get_by_role("button", name="Ask ").click()
    seeker.get_by_role("button", name="Send").click()
    expect(seeker.get_by_text("Your request is on its way to")).to_be_visible()
    asking.close()
    context = new_context(browser)
    one, two = context.new_page(), context.new_page()
    sign_in(one, server.url, id_of(server, "helper_id"))
    for window in (one, two):
        window.goto(f"{server.url}/requests")
        expect(settled(window).get_by_role("button", name="Accept", exact=True)).to_be_visible()
    one.get_by_role("button", name="Accept", exact=True).click()
    one.get_by_role("button", name="Say yes").click()
    expect(one.get_by_text("You said yes to")).to_be_visible()
    two.get_by_role("button", name="Decline", exact=True).click()
    two.get_by_role("button", name="Decline it").click()
    expect(two.get_by_text("This request is already accepted; reload the page.")).to_be_visible()
    context.close()


def card(page: Page, number: int):
    return (
        page.get_by_test_id("stVerticalBlock")
        .filter(has=page.get_by_role("button", name="Not for me"))
        .locator("xpath=self::*[count(.//article)=1]")
        .nth(number)
    )


def name_on_card(page: Page, number: int) -> str:
    return names_on_cards(page)[number]


def names_on_cards(page: Page) -> list[str]:
    settled(page)
    titles = page.locator("article h3").all_inner_texts()
    return [re.sub(r"^\d+\. ", "", title) for title in titles]


def id_of(server: Server, column: str) -> str:
    """The helper (or seeker) of the newest request."""
    engine = make_engine(store_url(server.store))
    query = sa.select(schema.requests.c[column]).order_by(schema.requests.c.sent_at.desc())
    with engine.connect() as connection:
        found = connection.execute(query).scalars().first()
    engine.dispose()
    assert found is not None
    return str(found)


def fifteen_days_later(server: Server) -> None:
    """Let every relationship have begun fifteen days ago."""
    engine = make_engine(store_url(server.store))
    begun = datetime.now(UTC) - timedelta(days=15)
    with engine.begin() as connection:
        connection.execute(schema.relationships.update().values(started_at=begun))
    engine.dispose()
