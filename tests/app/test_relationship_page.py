"""A relationship's own page: the plan is of both, notes are one's own, and a yes has a word."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.answering import MAX_REPLY_CHARACTERS
from app.services.network import MAX_AGENDA_CHARACTERS, MAX_NOTE_CHARACTERS
from app.store.erasure import forget_person
from app.store.schema import metadata
from recommender.errors import ConflictError, InputError, NotAllowedError
from recommender.relationships import Relationship
from tests.app.small_company import ANNA, BEN, CARA

MENTOR = Relationship.MENTOR


@pytest.fixture
def bond(services):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    request = services.asking.send(ANNA, goal.id, MENTOR, "CARA", "Dear Cara, I am Anna")
    return services.answering.accept(CARA, request.id, reply="  Gladly, says Cara. ")


def test_a_yes_carries_a_sentence_to_the_seeker_alone(services, bond):
    (sent,) = services.asking.sent(ANNA)
    assert sent.reply == "Gladly, says Cara."
    assert services.network.page(ANNA, bond.id).reply == "Gladly, says Cara."
    with pytest.raises(NotAllowedError):
        services.network.page(BEN, bond.id)


def test_a_sentence_that_is_too_long_accepts_nothing(services):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    request = services.asking.send(ANNA, goal.id, MENTOR, "CARA", "Dear Cara, I am Anna")
    with pytest.raises(InputError, match="at most 500 characters"):
        services.answering.accept(CARA, request.id, reply="x" * (MAX_REPLY_CHARACTERS + 1))
    assert services.answering.waiting(CARA) == 1
    services.answering.accept(CARA, request.id)
    assert services.answering.waiting(CARA) == 0


def test_the_plan_is_of_both_and_nobody_overwrites_the_other(services, bond, clock):
    network, day = services.network, clock().date() + dt.timedelta(days=9)
    seen = network.page(CARA, bond.id).tie.bond
    network.plan(ANNA, network.page(ANNA, bond.id).tie.bond, "Two minutes", day)
    planned = network.page(CARA, bond.id).tie.bond
    assert (planned.agenda, planned.next_on) == ("Two minutes", day)
    for stale in (("Breathing", None), ("Two minutes", None)):
        with pytest.raises(ConflictError, match="changed the plan meanwhile"):
            network.plan(CARA, seen, *stale)
    assert network.page(ANNA, bond.id).tie.bond == planned
    network.plan(CARA, planned, "Breathing", None)
    now = network.page(ANNA, bond.id).tie.bond
    assert (now.agenda, now.next_on) == ("Breathing", None)
    with pytest.raises(NotAllowedError):
        network.plan(BEN, now, "", None)
    with pytest.raises(InputError):
        network.plan(ANNA, now, "x" * (MAX_AGENDA_CHARACTERS + 1), None)
    network.end(ANNA, bond.id)
    with pytest.raises(ConflictError, match="has ended"):
        network.plan(CARA, now, "too late", None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.text(max_size=40).filter(lambda text: "\x00" not in text), max_size=4))
def test_a_note_is_read_by_its_writer_alone_and_the_last_one_counts(services, bond, texts):
    network = services.network
    network.write_note(CARA, bond.id, "Cara's own")
    for text in texts:
        network.write_note(ANNA, bond.id, text)
    network.write_note(ANNA, bond.id, texts[-1] if texts else "")
    assert network.page(ANNA, bond.id).note == (texts[-1].strip() if texts else "")
    assert network.page(CARA, bond.id).note == "Cara's own"
    with pytest.raises(NotAllowedError):
        network.write_note(BEN, bond.id, "not mine")
    with pytest.raises(InputError):
        network.write_note(ANNA, bond.id, "x" * (MAX_NOTE_CHARACTERS + 1))


@pytest.mark.parametrize("who", ["ANNA", "CARA"])
def test_what_was_planned_noted_and_replied_is_erased(services, bond, store, clock, who):
    network = services.network
    network.plan(ANNA, network.page(ANNA, bond.id).tie.bond, "A secret agenda", clock().date())
    network.write_note(ANNA, bond.id, "Note by ANNA")
    network.write_note(CARA, bond.id, "Note by CARA")
    forget_person(store, who, clock())
    with store.reading() as connection:
        left = repr(
            [
                connection.execute(table.select()).all()
                for table in metadata.sorted_tables
                if table.name != "audit"
            ]
        )
    assert "secret agenda" not in left and "Gladly" not in left
    assert "Note by" not in left, "what the other one noted is about them"
