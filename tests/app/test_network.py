"""My learning network: what I have, asked for, lack; the two questions; who may see what."""

import pytest

from app.services.network import Standing
from app.store.records import Met, Outcome
from recommender.errors import ConflictError, NotAllowedError
from recommender.relationships import Relationship
from tests.app.small_company import ADMIN, ANNA, BEN, CARA, DAN, FAY

MENTOR, COACH, SPONSOR, PEER = Relationship


def together(services, seeker=ANNA, helper=CARA, kind=MENTOR):
    goal = services.finding.save_goal(seeker, "learn to lead without orders")
    sent = services.asking.send(seeker, goal.id, kind, helper.person_id, "May I?")
    return services.answering.accept(helper, sent.id)


def test_kinds_goals_and_departments(services):
    together(services)
    together(services, helper=DAN, kind=PEER)
    goal = services.finding.save_goal(ANNA, "learn Portuguese")
    services.asking.send(ANNA, goal.id, COACH, "FAY", "May I?")
    lonely = services.finding.save_goal(ANNA, "learn to knit")
    done = services.finding.save_goal(ANNA, "learn to swim")
    services.finding.mark_reached(ANNA, done.id)
    mine = services.network.mine(ANNA)
    assert mine.kinds == {
        MENTOR: Standing.TOGETHER,
        COACH: Standing.ASKED,
        SPONSOR: Standing.OPEN,
        PEER: Standing.TOGETHER,
    }
    standings = {one.goal.text: one.standing for one in mine.goals}
    assert standings == {
        "learn to lead without orders": Standing.TOGETHER,
        "learn Portuguese": Standing.ASKED,
        lonely.text: Standing.OPEN,
        done.text: Standing.REACHED,
    }
    assert mine.departments == 1  # Cara and Dan are both in Port
    assert services.network.mine(DAN).kinds[PEER] is Standing.TOGETHER  # peers: both give and take
    assert services.network.mine(CARA).kinds[MENTOR] is Standing.OPEN  # a mentor has no mentor yet


def test_a_tie_says_who_how_far_and_how_to_write(services):
    together(services)
    (tie,) = services.network.mine(ANNA).active
    assert (tie.other.display_name, tie.i_help, tie.email) == ("Cara", False, "cara@small.example")
    assert (tie.steps, tie.other_department) == (4, True)  # Anna, Head, Boss, Lead, Cara
    (tie,) = services.network.mine(CARA).active
    assert (tie.other.display_name, tie.i_help, tie.email) == ("Anna", True, "anna@small.example")


def test_did_you_meet_is_asked_after_two_weeks_until_it_is_answered(services, clock):
    bond = together(services)

    def asked(who):
        (tie,) = services.network.mine(who).active
        return tie.ask_met

    clock.forward(days=14, seconds=-1)
    assert not asked(ANNA)
    clock.forward(seconds=1)
    assert asked(ANNA) and asked(CARA)
    services.network.say_met(ANNA, bond.id, Met.PLANNED)
    assert asked(ANNA)
    services.network.say_met(ANNA, bond.id, Met.YES)
    assert not asked(ANNA)
    assert asked(CARA)


def test_the_outcome_is_asked_after_three_months_and_stays_private(services, clock):
    bond = together(services)
    clock.forward(days=90, seconds=-1)
    assert not services.network.mine(ANNA).active[0].ask_outcome
    clock.forward(seconds=1)
    assert services.network.mine(ANNA).active[0].ask_outcome
    services.network.say_outcome(ANNA, bond.id, Outcome.CLOSER)
    mine, theirs = services.network.mine(ANNA).active[0], services.network.mine(CARA).active[0]
    assert (mine.outcome, mine.ask_outcome) == (Outcome.CLOSER, False)
    assert (theirs.outcome, theirs.ask_outcome) == (None, True)


def test_the_outcome_is_asked_of_what_has_ended_too(services, clock):
    bond = together(services)
    services.network.end(CARA, bond.id)
    clock.forward(days=90)
    (tie,) = services.network.mine(ANNA).past
    assert (tie.ask_outcome, tie.ask_met) == (True, False)


def test_either_of_the_two_ends_it_once(services):
    bond = together(services)
    services.network.end(CARA, bond.id)
    with pytest.raises(ConflictError, match="has ended already"):
        services.network.end(ANNA, bond.id)
    assert services.network.mine(ANNA).kinds[MENTOR] is Standing.OPEN


@pytest.mark.parametrize("other", [BEN, ADMIN, FAY])
def test_nobody_touches_the_relationship_of_others(services, other):
    bond = together(services)
    for attempt in (
        lambda: services.network.end(other, bond.id),
        lambda: services.network.say_met(other, bond.id, Met.NO),
        lambda: services.network.say_outcome(other, bond.id, Outcome.NO_CHANGE),
    ):
        with pytest.raises(NotAllowedError, match="no such relationship of yours"):
            attempt()
    mine = services.network.mine(other)
    assert (mine.active, mine.past, mine.goals) == ((), (), ())
