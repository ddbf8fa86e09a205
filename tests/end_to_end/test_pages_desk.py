"""The administrator's desk: the night, the programme, the policy, quality."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from recommender.policy import parse_policy
from tests.end_to_end.browser import cell, choose, find, go_to, new_context, settled, sign_in
from tests.end_to_end.conftest import Server
from tests.end_to_end.small_people import ADMINISTRATOR, SEEKER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOAL = "I want somebody who teaches presenting talks."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def server(
    small_index: Path, small_people: Path, folder: Path, new_server: Callable[..., Server]
) -> Server:
    report = folder / "report"
    report.mkdir()
    page = "<!doctype html><h1>How good it is</h1><script>top.document.title='owned'</script>"
    (report / "report.html").write_text(page)
    (report / "report.json").write_text(json.dumps({"halden": {"nDCG@5": 0.5123, "goals": 143}}))
    return new_server(
        index=small_index,
        LEARNING_RELATIONSHIPS_ADMINS=ADMINISTRATOR,
        LEARNING_RELATIONSHIPS_PEOPLE_FILE=str(small_people),
        LEARNING_RELATIONSHIPS_POLICY_FILE=str(folder / "policy.toml"),
        LEARNING_RELATIONSHIPS_QUALITY_REPORT=str(report),
        LEARNING_RELATIONSHIPS_GATE="",
    )


@pytest.fixture
def page(server: Server, browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    yield sign_in(context.new_page(), server.url, ADMINISTRATOR)
    context.close()


def test_a_rebuild_is_seen_while_it_runs_and_nobody_else_notices(
    server: Server, browser: Browser, page: Page
) -> None:
    """A snapshot is published under an open search; the next one is answered by the new one."""
    other = new_context(browser)
    employee = sign_in(other.new_page(), server.url, SEEKER)
    find(employee, GOAL, "Mentor")
    expect(employee.get_by_role("article").first).to_be_visible()
    before = (server.index_dir / "CURRENT").read_text().strip()

    go_to(page, "The night")
    expect(page.get_by_text("The first night")).to_be_visible()
    expect(page.get_by_text("No earlier snapshot is kept.")).to_be_visible()
    page.get_by_role("button", name="Rebuild now").click()
    expect(page.get_by_text("The rebuild has begun")).to_be_visible()
    expect(page.get_by_text("The rebuild is done: the new snapshot was published.")).to_be_visible()
    after = (server.index_dir / "CURRENT").read_text().strip()
    assert after != before
    expect(page.get_by_text(" worked: 9 people, nobody new, nobody lost")).to_be_visible()

    find(employee, GOAL, "Coach")
    expect(employee.get_by_role("article").first).to_be_visible()
    assert after in server.get("/ready")[1]
    other.close()

    go_to(page, "The policy")
    go_to(page, "The night")
    page.get_by_role("button", name="Let this one serve").click()
    expect(page.get_by_text("Rolled back on")).to_be_visible()
    expect(page.get_by_text("The rebuild has begun")).to_have_count(0)
    assert (server.index_dir / "CURRENT").read_text().strip() == before
    settled(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The newer one serves again.")).to_be_visible()
    assert (server.index_dir / "CURRENT").read_text().strip() == after
    page.get_by_role("button", name="Check the people file").click()
    expect(page.get_by_text("The people file has no problems.")).to_be_visible()


def test_the_programme_withholds_and_exports(server: Server, page: Page, folder: Path) -> None:
    go_to(page, "The programme")
    expect(page.get_by_role("heading", name="Demand and supply")).to_be_visible()
    page.get_by_text("Department", exact=True).click()
    expect(cell(settled(page), "withheld")).to_be_attached()
    expect(page.get_by_text("few", exact=True)).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("presenting")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV: Demand and supply").click()
    saved = folder / "balance.csv"
    download.value.save_as(saved)
    assert saved.read_text("utf-8-sig").startswith("part,relationship,seekers")


def test_a_changed_policy_is_compared_before_it_is_saved(page: Page, folder: Path) -> None:
    go_to(page, "The policy")
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    weight = page.get_by_role("spinbutton", name="They work in another department")
    weight.fill("3.5")
    weight.press("Enter")
    expect(page.get_by_role("button", name="Save for the next rebuild")).to_be_visible()
    page.get_by_text("Coach", exact=True).first.click()
    weight = settled(page).get_by_role("spinbutton", name="They share a language")
    weight.fill("2")
    weight.press("Enter")
    expect(page.get_by_text("2 changes are not saved yet.")).to_be_visible()
    go_to(page, "Requests")
    go_to(page, "The policy")
    expect(page.get_by_text("2 changes are not saved yet.")).to_be_visible()
    choose(page, "As the seeker", f"({SEEKER})")
    page.get_by_role("button", name="Compare").click()
    expect(cell(page, "With the change")).to_be_attached()
    page.get_by_role("button", name="Show what each one does").click()
    expect(page.get_by_text(re.compile("^Without it ")).first).to_be_visible()
    page.get_by_role("button", name="Save for the next rebuild").click()
    expect(page.get_by_text("Saved. The next rebuild puts it to work.")).to_be_visible()
    text = (folder / "policy.toml").read_text()
    assert "other_department = 3.5" in text
    assert "[peer" not in text, "the file holds what differs, and no more"
    assert parse_policy(text, "saved").coach.weights["language"] == 2
    assert parse_policy(text, "saved").mentor.weights["other_department"] == 3.5
    expect(page.get_by_text("waits for the next rebuild; until then")).to_be_visible()
    go_to(page, "The night")
    expect(page.get_by_text("A changed policy waits")).to_be_visible()
    go_to(page, "The policy")
    page.get_by_role("button", name="Back to the defaults").click()
    expect(page.get_by_text("2 changes are not saved yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Back to the defaults")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()


def test_a_senseless_policy_is_refused_in_a_sentence(page: Page) -> None:
    go_to(page, "The policy")
    least = page.get_by_role("spinbutton", name="Levels above the seeker, at least")
    most = page.get_by_role("spinbutton", name="Levels above the seeker, at most")
    least.fill("5")
    least.press("Enter")
    most.fill("2")
    most.press("Enter")
    expect(page.get_by_text("at least 5 and at most 2 levels above leaves nobody")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("min_levels_above")
    expect(page.get_by_role("button", name="Save for the next rebuild")).to_have_count(0)


def test_quality_shows_the_latest_figures(page: Page) -> None:
    go_to(page, "Quality")
    expect(page.get_by_text("Evaluated on")).to_be_visible()
    report = page.frame_locator("iframe").frame_locator("iframe")
    expect(report.get_by_role("heading", name="How good it is")).to_be_visible()
    expect(cell(page, "halden · nDCG@5")).to_be_attached()
    expect(cell(page, "0.512")).to_be_attached()
    assert page.title() != "owned"
