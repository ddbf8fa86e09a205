"""What the desk says first: verdicts, who acted, what differs and what cannot be."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import night as night_module
from app.services.figures import Balance
from app.services.identity import Identity
from app.services.impossible_policy import find_impossible
from app.services.night import Event, Night
from app.services.night_verdict import LATE_AFTER, Lamp, judge_night
from app.services.policy_desk import differences
from app.services.programme_verdict import find_shortages, is_silent
from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.database import record
from app.store.migration import migrate
from index.disk.index_folder import IndexFolder
from recommender.errors import PolicyError
from recommender.policy import default_policy, parse_policy
from recommender.relationships import Relationship
from tests.app.test_policy_desk import ADMINISTRATOR, opened

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MADE = NOW - timedelta(hours=5)


def state(made: datetime = MADE, **changes: object) -> dict[str, object]:
    report = {"people": {"added": 1, "left": 0}}
    snapshot = {"id": "S", "created_at": made.isoformat(), "people": 233, "report": report}
    published = {"action": "publish", "snapshot": "S", "gate": "passed"}
    return {"problem": None, "current": "S", "snapshots": [snapshot], "history": [published]} | (
        changes
    )


def event(action: str, subject: str = "", by: str = "") -> Event:
    return Event(NOW, action, subject, by, "root")


def test_a_night_that_worked_says_so_in_one_line() -> None:
    verdict = judge_night(state(), [event("prune"), event("publish", "S")], NOW)
    assert (verdict.lamp, verdict.says) == (Lamp.GOOD, "worked")
    assert verdict.fills == {"at": MADE, "people": 233, "added": 1, "left": 0, "gate": "passed"}


@pytest.mark.parametrize(
    ("found", "history", "lamp", "says"),
    [
        (state(problem="CURRENT is damaged"), [], Lamp.BAD, "broken"),
        (state(current=None, snapshots=[]), [], Lamp.BAD, "nothing"),
        (state(), [event("stopped", "GateError"), event("publish")], Lamp.BAD, "stopped"),
        (state(), [event("publish"), event("stopped", "GateError")], Lamp.GOOD, "worked"),
        (state(), [event("rollback", "S", "Ada"), event("publish")], Lamp.LOOK, "rolled_back"),
        (state(NOW - LATE_AFTER - timedelta(hours=1)), [event("publish")], Lamp.LOOK, "late"),
    ],
)
def test_what_is_not_well_is_said_first(
    found: dict[str, object], history: list[Event], lamp: Lamp, says: str
) -> None:
    verdict = judge_night(found, history, NOW)
    assert (verdict.lamp, verdict.says) == (lamp, says)


COUNTS = st.none() | st.integers(0, 50)


@given(st.lists(st.tuples(st.sampled_from([*Relationship, None]), COUNTS, COUNTS), max_size=5))
def test_a_shortage_is_named_where_more_is_wanted_than_there_is(
    rows: list[tuple[Relationship | None, int | None, int | None]],
) -> None:
    company = [Balance("", kind, seekers, 1, places) for kind, seekers, places in rows]
    found = find_shortages(company)
    assert all(one.seekers > one.places for one in found)
    gaps = [one.seekers - one.places for one in found]
    assert gaps == sorted(gaps, reverse=True)
    withheld = [row for row in rows if None in row]
    assert len(found) <= len(rows) - len(withheld)
    if is_silent(company):
        assert found == []


def test_the_history_says_which_administrator_acted(
    open_with: Callable[..., Services], tmp_path: Path
) -> None:
    services = open_with(index=tmp_path / "index")
    index = IndexFolder(tmp_path / "index")
    index.path.mkdir(exist_ok=True)
    night = Night(services.workplace)
    began = datetime.now(UTC)
    index.record("publish", snapshot="BY-CRON", pointed=True)
    with services.workplace.store.writing() as connection:
        for after, action in ((1, "night.rebuild"), (300, "policy.saved")):
            at = began + timedelta(seconds=after)
            record(connection, at, "BOSS", action, "index")
    entry = {
        "at": (began + timedelta(seconds=60)).isoformat(timespec="seconds"),
        "action": "publish", "snapshot": "BY-HAND", "by": "root",
    }  # fmt: skip
    with (index.path / "history.jsonl").open("a") as stream:
        stream.write(json.dumps(entry) + "\n")
    told = night.history(Identity("BOSS", is_admin=True))
    name = services.workplace.moment().card("BOSS").display_name
    assert name
    assert [(one.action, one.subject, one.by) for one in told] == [
        ("policy.saved", "", name), ("publish", "BY-HAND", name), ("publish", "BY-CRON", ""),
    ]  # fmt: skip


@pytest.fixture
def open_with(tmp_path: Path) -> Callable[..., Services]:
    return lambda **settings: opened(tmp_path, **settings)


def test_progress_is_read_from_json_and_the_rest_is_text() -> None:
    read = night_module._progress
    assert read('{"part": "embed", "done": 3, "total": 9}') == {
        "part": "embed", "done": 3, "total": 9,
    }  # fmt: skip
    for text in ("embedding 3 of 9", '{"part"', "[1]", '{"other": 1}', ""):
        assert read(text) is None


def test_pending_changes_of_several_kinds_are_listed_together() -> None:
    before = default_policy()
    words = before.mentor.weights["words"]
    after = parse_policy(
        f"[mentor.weights]\nwords = {words + 1}\n[coach]\ncontractors = "
        f"{str(not before.coach.contractors).lower()}\n[limits]\nrequest_days = 3\n",
        "changed",
    )
    found = {one.path: (one.before, one.after) for one in differences(before, after)}
    assert found == {
        ("mentor", "weights", "words"): (words, words + 1),
        ("coach", "contractors"): (before.coach.contractors, not before.coach.contractors),
        ("limits", "request_days"): (before.limits.request_days, 3),
    }
    assert differences(before, before) == []


def test_what_cannot_be_is_found_by_kind_and_by_the_policy_itself() -> None:
    edits = {kind.value: default_policy().of(kind).model_dump() for kind in Relationship}
    assert list(find_impossible(edits)) == []
    edits["mentor"] |= {"min_levels_above": 5, "max_levels_above": 2}
    edits["coach"]["strength"] |= {"strong": 0.1, "fair": 0.2}
    edits["peer"]["weights"] = dict.fromkeys(edits["peer"]["weights"], 0.0)
    assert [(one.relationship, one.says) for one in find_impossible(edits)] == [
        (Relationship.MENTOR, "levels"), (Relationship.COACH, "strength"),
        (Relationship.PEER, "weights"),
    ]  # fmt: skip


def test_a_policy_by_which_nothing_counts_is_refused() -> None:
    zeros = "\n".join(f"{name} = 0" for name in default_policy().peer.weights)
    with pytest.raises(PolicyError, match="every weight is 0"):
        parse_policy(f"[peer.weights]\n{zeros}\n", "policy.toml")


@pytest.mark.slow
def test_the_effect_of_a_weight_is_who_would_be_another_without_it(
    halden_index: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    migrate(url)
    desk = open_services(Settings(index=halden_index, store=url)).policy
    policy = parse_policy("[coach.weights]\nother_department = 50\nhours = 0\n", "heavy")
    goals = ["I want to practise presenting my own work.", "I want to say no to customers."]
    found = desk.effects(ADMINISTRATOR, policy, Relationship.COACH, "H0012", goals)
    assert set(found) == {name for name, weight in policy.coach.weights.items() if weight}
    assert all(0 <= count <= len(goals) * policy.list.length for count in found.values())
    assert found["other_department"] > 0
    assert max(found, key=lambda name: found[name]) != "fresh"


def test_a_saved_policy_waits_until_a_build_has_used_it(
    open_with: Callable[..., Services], tmp_path: Path
) -> None:
    desk = open_with(policy_file=tmp_path / "policy.toml").policy
    desk.save(ADMINISTRATOR, desk.serving(ADMINISTRATOR))
    assert not desk.waits(ADMINISTRATOR)
    desk.save(ADMINISTRATOR, desk.check(ADMINISTRATOR, {"limits": {"request_days": 3}}))
    assert desk.waits(ADMINISTRATOR)
