"""Finding, through the real index: what is saved and said now is true of the very next query."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from app.services.finding import NOT_AMONG_THE_FIRST
from app.services.identity import Identity
from app.services.services import open_services
from app.services.settings import Settings
from app.store.impressions import worth
from app.store.migration import migrate
from app.store.records import NotForMe, State
from app.store.schema import exposure, impressions
from index.serving.reader import IndexReader
from recommender.errors import SnapshotError, StoreError
from recommender.profiles import Field
from recommender.relationships import Relationship
from tests.app.small_company import HandClock, SmallSnapshot

SEEKER = Identity("H0012")
GOAL = (
    "In the Thursday demo I know what to say, and then my English and my heartbeat go away "
    "together. I want to practise presenting my own work."
)
COACH, MENTOR = Relationship.COACH, Relationship.MENTOR


@pytest.fixture(scope="module")
def reader(halden_index: Path) -> IndexReader:
    return IndexReader(halden_index)


@pytest.fixture
def services(reader: IndexReader, migrated_file: Path, tmp_path: Path, clock: HandClock):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    settings = Settings(index=Path("unused"), store=f"sqlite:///{path}")
    opened = open_services(settings, clock=clock, current=reader.current)
    yield opened
    opened.workplace.store.close()


@pytest.fixture
def goal_id(services) -> str:
    return services.finding.save_goal(SEEKER, GOAL).id


def suggested(services, goal_id, kind=COACH, limit=None) -> list[str]:
    (only,) = services.finding.suggest(SEEKER, goal_id, kind, limit).lists
    return [suggestion.person_id for suggestion in only.suggestions]


def save_offer(services, helper: Identity, **changes):
    now = services.offering.mine(helper)
    values = {
        name: getattr(now, name) for name in ("open_to", "capacity", "paused_until", "quotable")
    }
    services.offering.save(helper, **(values | changes))


def test_four_lists_and_who_was_shown(services, goal_id):
    answer = services.finding.suggest(SEEKER, goal_id)
    assert [part.relationship for part in answer.lists] == list(Relationship)
    json.dumps(answer.to_json())
    best: dict[str, int] = {}
    for part in answer.lists:
        for one in part.suggestions:
            best[one.person_id] = min(one.rank, best.get(one.person_id, one.rank))
    services.finding.suggest(SEEKER, goal_id)  # a page that is drawn twice shows once
    with services.workplace.store.reading() as connection:
        pairs = connection.execute(sa.select(impressions)).all()
        sums = connection.execute(sa.select(exposure)).all()
    assert {row.helper_id: row.worth for row in pairs} == {
        helper: worth(place) for helper, place in best.items()
    }
    assert {row.seeker_id for row in pairs} == {"H0012"}
    assert {(row.helper_id, row.worth, row.seekers) for row in sums} == {
        (helper, worth(place), 1) for helper, place in best.items()
    }


@pytest.mark.parametrize("change", ["pause", "capacity", "kinds"])
def test_an_offer_takes_effect_on_the_very_next_query(services, goal_id, clock, change):
    first, *others = suggested(services, goal_id)
    helper = Identity(first)
    if change == "pause":
        save_offer(services, helper, paused_until=clock().date() + timedelta(days=7))
    elif change == "capacity":
        save_offer(services, helper, capacity=0)
    else:
        save_offer(services, helper, open_to=frozenset({MENTOR}))
    after = suggested(services, goal_id)
    assert first not in after
    # the others are compared anew among themselves, so that two near each other may change places
    assert set(others) <= set(after)
    why = services.finding.why_not(SEEKER, goal_id, COACH, first)
    assert why.reasons == (NOT_AMONG_THE_FIRST,)
    if change == "pause":
        clock.forward(days=7)
    else:
        save_offer(services, helper, capacity=1, open_to=frozenset({COACH}))
    assert suggested(services, goal_id)[0] == first


def test_who_opens_up_is_suggested(services, goal_id, reader):
    people = reader.current().people
    closed = np.flatnonzero((people.open_to == 0) & people.active)
    seeker = people.row("H0012")
    closed = closed[(people.manager[closed] != seeker) & (closed != people.manager[seeker])]
    helper = Identity(str(people.ids[closed[0]]))
    before = services.finding.why_not(SEEKER, goal_id, COACH, helper.person_id)
    assert before.reasons == (NOT_AMONG_THE_FIRST,)
    assert helper.person_id not in suggested(services, goal_id, limit=1000)
    save_offer(services, helper, open_to=frozenset({COACH}), capacity=1)
    assert helper.person_id in suggested(services, goal_id, limit=1000)
    # who is last of all reads like who is away
    assert services.finding.why_not(SEEKER, goal_id, COACH, helper.person_id) == before


def test_why_not_says_places_in_the_list_and_public_rules(services, goal_id):
    for place, person_id in enumerate(suggested(services, goal_id), start=1):
        assert services.finding.why_not(SEEKER, goal_id, COACH, person_id).rank == place
    (why,) = services.finding.why_not(SEEKER, goal_id, COACH, "H0012").reasons
    assert why.says == "This is you."


def test_no_list_counts_who_is_not_available(services, goal_id):
    for part in services.finding.suggest(SEEKER, goal_id).lists:
        assert "not_available" not in part.excluded and part.excluded


def test_not_for_me_takes_effect_at_once_and_can_be_undone(services, goal_id):
    first, second, *_ = suggested(services, goal_id)
    said = services.finding.not_for_me(SEEKER, goal_id, COACH, first, NotForMe.TOO_SENIOR)
    assert suggested(services, goal_id)[0] == second
    services.finding.undo_not_for_me(SEEKER, said)
    assert suggested(services, goal_id)[0] == first


@pytest.mark.parametrize("end", ["decline", "expire"])
def test_the_next_candidate_is_offered(services, goal_id, clock, end):
    first, second, *_ = suggested(services, goal_id)
    sent = services.asking.send(SEEKER, goal_id, COACH, first, "May I?")
    assert suggested(services, goal_id)[0] == second
    if end == "decline":
        services.answering.decline(Identity(first), sent.id)
    else:
        clock.forward(days=14)
    following = services.finding.next_suggestion(SEEKER, goal_id, COACH)
    assert following is not None and following.person_id == second
    (kept,) = services.asking.sent(SEEKER)
    assert kept.state is (State.DECLINED if end == "decline" else State.EXPIRED)
    clock.forward(days=90)
    assert suggested(services, goal_id)[0] == first


def test_a_helper_with_three_open_requests_is_not_suggested_until_some_are_answered(
    services, goal_id, reader
):
    first, *_ = suggested(services, goal_id)
    people = reader.current().people
    sent = []
    for person_id in people.ids[people.active].tolist():
        other = Identity(person_id)
        if len(sent) == 3 or other in (SEEKER, Identity(first)):
            continue
        goal = services.finding.save_goal(other, GOAL)
        (part,) = services.finding.suggest(other, goal.id, COACH, 1000).lists
        if first in {one.person_id for one in part.suggestions}:
            sent.append(services.asking.send(other, goal.id, COACH, first, "May I?"))
            assert (first in suggested(services, goal_id)) is (len(sent) < 3)
    services.answering.decline(Identity(first), sent[0].id)
    assert suggested(services, goal_id)[0] == first


def test_what_may_not_be_quoted_is_not(services, goal_id):
    (part,) = services.finding.suggest(SEEKER, goal_id, COACH).lists
    first = next(
        one for one in part.suggestions if one.evidence and one.evidence[0].field != "role"
    )
    quoted = first.evidence[0]
    assert quoted.passage[:100] in first.first_conversation
    allowed = frozenset(Field) - {Field.PROFILE, Field[quoted.field.upper()]}
    save_offer(services, Identity(first.person_id), quotable=allowed)
    (part,) = services.finding.suggest(SEEKER, goal_id, COACH).lists
    (again,) = [one for one in part.suggestions if one.person_id == first.person_id]
    assert quoted.field not in {item.field for item in again.evidence}
    assert quoted.passage[:100] not in again.first_conversation
    assert again.rank == first.rank
    appears = services.offering.appearance(Identity(first.person_id))
    assert quoted.field not in {field.word for field, _ in appears.passages}


def test_an_appearance_is_what_a_card_may_quote(services, reader, clock):
    helper = Identity("H0009")
    before = services.offering.appearance(helper)
    assert before.passages and Field.PROFILE not in {field for field, _ in before.passages}
    save_offer(
        services, helper, open_to=frozenset({COACH}), capacity=1, quotable=frozenset({Field.ROLE})
    )
    shown = services.offering.appearance(helper)
    assert shown.kinds == (COACH,)
    assert [field for field, _ in shown.passages] == [Field.ROLE]
    save_offer(services, helper, paused_until=clock().date() + timedelta(days=1))
    assert services.offering.appearance(helper).kinds == ()


def test_an_offer_starts_from_the_people_file(services, reader):
    people = reader.current().people
    row = people.row("H0009")
    mine = services.offering.mine(Identity("H0009"))
    assert mine.capacity == people.capacity[row]
    assert sum(kind.bit for kind in mine.open_to) == people.open_to[row]
    assert (mine.paused_until, mine.active, mine.is_own_word) == (None, 0, False)
    save_offer(services, Identity("H0009"), capacity=3)
    assert services.offering.mine(Identity("H0009")).is_own_word
    assert not services.offering.mine(Identity("H0010")).is_own_word


@pytest.mark.parametrize(
    "text",
    [
        "🙂🎤 presenting 🎤🙂",
        "<script>alert(1)</script> presenting <b>my</b> work",
        "Chcę ćwiczyć prezentowanie własnej pracy po angielsku.",
        "自分の仕事を発表する練習をしたい",
        "'; DROP TABLE goals; --",
    ],
)
def test_goals_of_every_kind_are_answered(services, text):
    goal = services.finding.save_goal(SEEKER, text)
    answer = services.finding.suggest(SEEKER, goal.id)
    assert len(answer.lists) == 4
    assert services.finding.goal(SEEKER, goal.id).text == text


def test_each_line_of_a_kept_goal_stays_a_need(services):
    typed = "get the hang of SQL joins\nlead a small team one day"
    goal = services.finding.save_goal(Identity("H0012"), typed)
    answer = services.finding.suggest(Identity("H0012"), goal.id, Relationship.COACH)
    assert answer.goal.needs == tuple(typed.splitlines())


def test_a_call_keeps_the_snapshot_that_it_began_with(services, goal_id, reader):
    """Rows of one snapshot laid over another would hide the wrong people."""
    first, *_ = suggested(services, goal_id)
    save_offer(services, Identity(first), capacity=0)
    snapshots = [reader.current(), SmallSnapshot()]  # a night's publish after the first look
    services.workplace.current = lambda: snapshots.pop(0)
    after = suggested(services, goal_id)
    assert after and first not in after
    assert len(snapshots) == 1


def test_a_store_that_goes_away_is_said_and_comes_back(services, goal_id, tmp_path):
    path, away = tmp_path / "store.sqlite", tmp_path / "away"
    path.rename(away)
    for attempt in (
        lambda: suggested(services, goal_id),
        lambda: services.finding.save_goal(SEEKER, "learn to knit"),
        lambda: services.asking.sent(SEEKER),
    ):
        with pytest.raises(StoreError, match="is missing; nothing was saved"):
            attempt()
    away.rename(path)
    assert suggested(services, goal_id)
    assert [goal.text for goal in services.finding.goals(SEEKER)] == [GOAL]


def test_services_do_not_open_without_index_or_tables(halden_index, tmp_path):
    url = f"sqlite:///{tmp_path}/new.sqlite"
    with pytest.raises(StoreError, match="is missing"):
        open_services(Settings(index=halden_index, store=url))
    migrate(url)
    with pytest.raises(SnapshotError):
        open_services(Settings(index=tmp_path / "none", store=url))
    assert open_services(Settings(index=halden_index, store=url)).workplace.moment().people


def test_a_goal_that_is_only_looked_at_is_answered_and_not_stored(services):
    goal = services.finding.type_goal(SEEKER, GOAL)
    answer = services.finding.suggest(SEEKER, goal, COACH)
    first = answer.lists[0].suggestions[0].person_id
    assert services.finding.why_not(SEEKER, goal, COACH, first).rank == 1
    services.finding.suggest(SEEKER, goal, COACH)
    with services.workplace.store.reading() as connection:
        rows = connection.execute(sa.select(impressions)).all()
    assert len(rows) == len(answer.lists[0].suggestions), "drawn twice, shown once"
    assert services.finding.goals(SEEKER) == []


def test_whoever_declined_is_not_the_next_however_long_ago(services, goal_id, clock):
    """After the cooldown they come up again, but not as the next one for what they declined."""
    first = services.finding.next_suggestion(SEEKER, goal_id, COACH).person_id
    request = services.asking.send(SEEKER, goal_id, COACH, first, "May I?")
    services.answering.decline(Identity(first), request.id)
    clock.forward(days=95)
    assert services.finding.next_suggestion(SEEKER, goal_id, COACH).person_id != first
    other = services.finding.save_goal(SEEKER, GOAL + " Please.")
    assert services.finding.next_suggestion(SEEKER, other.id, COACH).person_id == first


def test_an_answer_and_its_page_come_from_one_snapshot(reader, services, goal_id):
    """A night is published while a page is drawn, without those whom the answer names."""
    with services.workplace.hold() as held:
        services.workplace.give = SmallSnapshot
        (part,) = services.finding.suggest(SEEKER, goal_id, COACH).lists
        people = services.workplace.current().people
        assert people is held.people
        assert [people.row(one.person_id) for one in part.suggestions]
    assert "H0012" not in services.workplace.current().people.ids.tolist()
