"""Looking for colleagues: what is kept, what is asked again, who is named, who is hidden."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.store.records import NotForMe
from app.store.schema import metadata
from recommender.errors import ConflictError, NotAllowedError
from recommender.relationships import Relationship
from recommender.retrieval import QUOTABLE
from tests.app.small_company import ANNA, BEN, CARA

MENTOR, COACH, SPONSOR, PEER = Relationship
GOAL = "learn to lead without orders"


def everything_stored(services) -> str:
    with services.workplace.store.reading() as connection:
        return repr([connection.execute(sa.select(t)).all() for t in metadata.sorted_tables])


def test_a_goal_that_is_only_looked_at_leaves_no_text(services):
    goal = services.finding.type_goal(ANNA, GOAL)
    services.finding.not_for_me(ANNA, goal, PEER, "DAN", NotForMe.NOT_WHAT_I_MEANT)
    services.finding.kinds_for(ANNA, goal, "CARA")
    services.asking.send(ANNA, goal, MENTOR, "CARA", "May I?")
    assert services.finding.goals(ANNA) == []
    assert "orders" not in everything_stored(services)
    (sent,) = services.asking.sent(ANNA)
    assert sent.goal_id is None, "a request stands for itself"
    assert PEER not in services.finding.kinds_for(ANNA, goal, "DAN")
    assert PEER in services.finding.kinds_for(ANNA, services.finding.type_goal(ANNA, GOAL), "DAN")


def test_a_goal_is_kept_when_its_owner_says_so(services):
    goal = services.finding.type_goal(ANNA, GOAL, MENTOR)
    kept = services.finding.keep_goal(ANNA, goal)
    assert (kept.id, kept.text, kept.relationship) == (goal.id, GOAL, MENTOR)
    assert services.finding.keep_goal(ANNA, goal) == kept
    same = services.finding.type_goal(ANNA, f"  {GOAL} ", MENTOR)
    assert services.finding.keep_goal(ANNA, same) == kept, "the same goal is not kept twice"
    assert services.finding.goals(ANNA) == [kept]


def test_a_goal_is_kept_with_a_request_where_one_wishes(services):
    goal = services.finding.type_goal(ANNA, GOAL)
    request = services.asking.send(ANNA, goal, MENTOR, "CARA", "May I?", keep_goal=True)
    (kept,) = services.finding.goals(ANNA)
    assert request.goal_id == kept.id == goal.id
    other = services.finding.type_goal(ANNA, "learn Portuguese")
    with pytest.raises(ConflictError):
        services.asking.send(ANNA, other, MENTOR, "CARA", "May I?", keep_goal=True)
    assert len(services.finding.goals(ANNA)) == 1, "what was not sent keeps nothing"


@pytest.mark.parametrize("use", ["suggest", "why_not", "named", "kinds", "keep", "hide", "send"])
def test_a_goal_that_somebody_else_typed_is_refused(services, use):
    goal = services.finding.type_goal(BEN, GOAL)
    finding, message = services.finding, "May I?"
    calls = {
        "suggest": lambda: finding.suggest(ANNA, goal),
        "why_not": lambda: finding.why_not(ANNA, goal, MENTOR, "CARA"),
        "named": lambda: finding.named(ANNA, goal),
        "kinds": lambda: finding.kinds_for(ANNA, goal, "CARA"),
        "keep": lambda: finding.keep_goal(ANNA, goal),
        "hide": lambda: finding.not_for_me(ANNA, goal, MENTOR, "CARA", NotForMe.RATHER_NOT),
        "send": lambda: services.asking.send(ANNA, goal, MENTOR, "CARA", message, keep_goal=True),
    }
    with pytest.raises(NotAllowedError, match="no such goal of yours"):
        calls[use]()
    assert "orders" not in everything_stored(services)


def test_a_colleague_who_waits_for_an_answer_is_said_to(services):
    """Two tabs: the second one's Send says what the first one did."""
    goal = services.finding.type_goal(ANNA, GOAL)
    services.asking.send(ANNA, goal, MENTOR, "CARA", "May I?")
    with pytest.raises(ConflictError, match="on its way already, and waits for an answer"):
        services.asking.send(ANNA, goal, MENTOR, "CARA", "May I?")


def test_other_kinds_are_named_for_whom_one_expected(services):
    services.offering.save(
        CARA,
        open_to=frozenset({MENTOR, SPONSOR}),
        capacity=2,
        paused_until=None,
        quotable=frozenset(QUOTABLE),
    )
    goal = services.finding.type_goal(ANNA, GOAL)
    # a peer is on one's level; that she is not open to coaching is hers to tell
    assert services.finding.kinds_for(ANNA, goal, "CARA") == [MENTOR, COACH, SPONSOR]
    assert services.finding.kinds_for(ANNA, goal, "ANNA") == []


def test_a_colleague_is_found_by_the_name_in_a_goal(services, published, company):
    named = company
    for person_id, name in {
        "CARA": "Cara Çelik",
        "DAN": "Dan O’Neill",
        "ANNA": "Anna Berg",
    }.items():
        named = named.changed(person_id, display_name=name)
    published.append(named)
    typed = services.finding.type_goal
    goal = typed(ANNA, "I, Anna Berg, would learn from cara celik or Dan O'Neill")
    assert [card.person_id for card in services.finding.named(ANNA, goal)] == ["CARA", "DAN"]
    assert services.finding.named(ANNA, typed(ANNA, "ask Cara, or Dan, or somebody")) == []


def test_whom_one_hid_can_be_taken_back_later(services):
    goal = services.finding.type_goal(ANNA, GOAL)
    services.finding.not_for_me(ANNA, goal, MENTOR, "CARA", NotForMe.ALREADY_KNOW)
    services.finding.not_for_me(ANNA, goal, PEER, "DAN", NotForMe.TOO_JUNIOR)
    hidden = services.finding.hidden(ANNA)
    assert {(one.helper.person_id, one.reason, one.relationship) for one in hidden} == {
        ("CARA", NotForMe.ALREADY_KNOW, MENTOR),
        ("DAN", NotForMe.TOO_JUNIOR, PEER),
    }
    assert services.finding.hidden(BEN) == []
    for one in hidden:
        services.finding.undo_not_for_me(ANNA, one.id)
    assert services.finding.hidden(ANNA) == []
    assert MENTOR in services.finding.kinds_for(ANNA, goal, "CARA")


def test_a_page_is_drawn_from_one_snapshot(services, published, company):
    """What is published while a page is drawn is met by the next one."""
    later = replace(company, snapshot_id="later")
    with services.workplace.hold() as held:
        published.append(later)
        assert services.workplace.moment().snapshot is held
        with services.workplace.hold() as inner:
            assert inner is held
    assert services.workplace.moment().snapshot is later


def test_a_page_that_ends_early_holds_nothing(services, published, company):
    with pytest.raises(RuntimeError), services.workplace.hold():
        raise RuntimeError
    published.append(replace(company, snapshot_id="later"))
    assert services.workplace.moment().snapshot.snapshot_id == "later"
