"""The programme's figures: right by hand, for administrators only, small groups withheld."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.exports import to_csv
from app.services.figures import (
    Answers,
    Balance,
    Division,
    Load,
    Said,
    Unmet,
    csv_of,
)
from app.services.identity import Identity
from app.services.withholding import coarse, shown_parts, withhold
from app.store.records import Met, Outcome
from app.store.schema import figures
from recommender.errors import NotAllowedError, StoreBusyError
from recommender.people import PEOPLE_COLUMNS
from recommender.relationships import Relationship
from tests.app.small_company import ADMIN, ANNA, SmallSnapshot, as_people, typed
from tests.app.test_busy_store import nobody_else_writes

MENTOR, COACH, SPONSOR, PEER = Relationship


def person(number: int, department: str) -> dict[str, object]:
    return {
        "person_id": f"P{number:02}",
        "display_name": f"Person {number}",
        "email": f"p{number}@small.example",
        "status": "active",
        "job_title": "Clerk",
        "job_level": 4,
        "department": department,
        "location": "Gdynia",
        "worker_type": "employee",
        "manager_id": f"{department}-HEAD",
        "open_to": "coach",
        "capacity": 1,
    }


@pytest.fixture
def company() -> SmallSnapshot:
    """Clerks: 16 in Port, 12 in Sales, 3 in Yard, who may coach each other, and 6 who may not."""
    heads = [
        {**person(90 + n, name), "person_id": f"{name}-HEAD", "manager_id": "", "open_to": ""}
        for n, name in enumerate(("Port", "Sales", "Yard"))
    ]
    sizes = [("Port", 16), ("Sales", 12), ("Yard", 3)]
    departments = [name for name, size in sizes for _ in range(size)]
    clerks = [person(number, department) for number, department in enumerate(departments)]
    closed = [{**person(number, "Port"), "open_to": ""} for number in range(40, 46)]
    frame = pd.DataFrame([*heads, *clerks, *closed]).reindex(columns=list(PEOPLE_COLUMNS))
    return SmallSnapshot(people=as_people(typed(frame)))


def clerk(number: int) -> Identity:
    return Identity(f"P{number:02}")


def wants(services, number: int, kind=COACH, text="learn to say no"):
    return services.finding.save_goal(clerk(number), text, kind)


def asks(services, seeker: int, helper: int):
    goal = wants(services, seeker)
    return services.asking.send(clerk(seeker), goal.id, COACH, f"P{helper:02}", "May I?")


def coaches(services, division=Division.COMPANY) -> dict[str, Balance]:
    rows = services.programme.balance(ADMIN, division)
    return {row.part: row for row in rows if row.relationship is COACH}


def test_demand_and_supply_of_the_company(services):
    for number in range(8):
        wants(services, number)
        wants(services, number, text="learn to knit")  # a second goal is the same person
    wants(services, 0, MENTOR)
    rows = {row.relationship: row for row in services.programme.balance(ADMIN, Division.COMPANY)}
    # 8 people and 31 with a place each, to the nearest 5
    assert rows[COACH] == Balance("", COACH, seekers=10, helpers=30, places=30)
    assert rows[MENTOR] == Balance("", MENTOR, seekers=None, helpers=None, places=None)


def test_supply_follows_relationships_and_pauses(services, clock):
    for seeker in range(4):
        services.answering.accept(clerk(9 + seeker), asks(services, seeker, 9 + seeker).id)
    assert (coaches(services)[""].helpers, coaches(services)[""].places) == (25, 25)  # of 27


def test_places_that_are_mostly_ones_own_are_withheld(services):
    for number in range(31):
        services.offering.save(
            clerk(number),
            open_to=frozenset({COACH}),
            capacity=20 if number == 3 else int(number < 6),
            paused_until=None,
            quotable=frozenset(),
        )
    assert coaches(services)[""] == Balance("", COACH, None, 5, None)  # six: one has 20 of 25


def test_small_departments_are_left_out_and_cannot_be_subtracted(services):
    for number in range(31):
        wants(services, number)
    found = coaches(services, Division.DEPARTMENT)
    assert found == {"Port": Balance("Port", COACH, 15, 15, 15)}  # with Yard's four goes Sales


def test_figures_are_of_the_first_look_of_a_day(services, clock):
    assert coaches(services)[""].seekers is None
    for number in range(12):
        wants(services, number)
    for division in Division:
        assert all(row.seekers is None for row in services.programme.balance(ADMIN, division))
    clock.forward(days=1)
    assert coaches(services)[""].seekers == 10


def test_figures_that_nobody_may_keep_are_yesterdays(services, store_url, clock):
    with nobody_else_writes(store_url), pytest.raises(StoreBusyError):
        services.programme.load(ADMIN)
    before = services.programme.load(ADMIN)
    clock.forward(days=1)
    services.answering.accept(clerk(9), asks(services, 0, 9).id)
    with nobody_else_writes(store_url):
        assert services.programme.load(ADMIN) == before


def test_figures_of_another_version_are_counted_again(services, store):
    services.programme.load(ADMIN)
    with store.writing() as connection:
        connection.execute(figures.update().values(content="{}"))
    assert services.programme.load(ADMIN).helpers == 30
    with store.reading() as connection:
        assert connection.execute(figures.select()).one().content != "{}"


def test_unmet_goals_are_counted_without_their_text(services, clock):
    for number in range(9):
        wants(services, number)
    services.finding.mark_reached(clerk(0), wants(services, 0).id)
    asks(services, 1, 9)
    clock.forward(days=13)
    assert services.programme.unmet(ADMIN, Division.COMPANY) == []
    clock.forward(days=1)
    assert services.programme.unmet(ADMIN, Division.COMPANY) == [Unmet("", COACH, 5, 5)]  # of 7


def test_answers_are_withheld_below_five_people_on_either_side(services, clock):
    sent = [asks(services, number, 12 + number) for number in range(4)]
    coach = list(Relationship).index(COACH)
    assert services.programme.answers(ADMIN)[coach] == Answers(COACH, *[None] * 8)
    sent += [asks(services, number, 12 + number) for number in range(4, 12)]
    clock.forward(days=2)
    for one in sent[:5]:
        services.answering.accept(Identity(one.helper_id), one.id)
    clock.forward(days=1)
    services.answering.decline(clerk(17), sent[5].id)
    services.answering.later(clerk(18), sent[6].id)
    services.asking.withdraw(clerk(7), sent[7].id)
    assert services.programme.answers(ADMIN)[coach] == Answers(
        COACH,
        sent=10,  # of 12
        accepted=5,
        declined=None,
        expired=None,
        withdrawn=None,
        unanswered=None,
        put_off=None,
        median_days=2.0,  # of five times 2, 3 and 3
    )


def test_answers_that_are_all_alike_are_withheld(services, clock):
    for number in range(12):
        services.answering.decline(clerk(12 + number), asks(services, number, 12 + number).id)
    found = services.programme.answers(ADMIN)[list(Relationship).index(COACH)]
    assert (found.sent, found.declined) == (10, None)


def test_load_and_its_evenness(services):
    for seeker in range(6):
        sent = asks(services, seeker, 9 + seeker)
        services.answering.accept(clerk(9 + seeker), sent.id)
    assert services.programme.load(ADMIN) == Load(
        helpers=30,
        full=5,
        active=5,
        gini_load=pytest.approx(0.8),  # 6 of 31 carry all, evenly: 1 - 6/31 is .81
        gini_exposure=None,
        by_number_helped={0: 25, 1: 5},
    )


def test_outcomes_are_told_where_five_said_this_and_five_did_not(services, clock):
    for number in range(11):
        sent = asks(services, number, 12 + number)
        bond = services.answering.accept(clerk(12 + number), sent.id)
        services.network.say_met(clerk(number), bond.id, Met.YES)
        services.network.say_outcome(
            clerk(number), bond.id, Outcome.CLOSER if number % 2 else Outcome.NO_CHANGE
        )
    assert services.programme.said(ADMIN, "met") == [Said(COACH, "yes", None)]
    found = services.programme.said(ADMIN, "outcome")
    assert {one.answer: one.people for one in found} == {"no_change": 5, "closer": 5}


def test_only_administrators_see_figures(services):
    desk = services.programme
    for attempt in (
        lambda: desk.balance(ANNA, Division.COMPANY),
        lambda: desk.unmet(ANNA, Division.PLACE),
        lambda: desk.answers(ANNA),
        lambda: desk.load(ANNA),
        lambda: desk.said(ANNA, "outcome"),
    ):
        with pytest.raises(NotAllowedError, match="for administrators"):
            attempt()


def test_a_csv_says_withheld(services):
    wants(services, 0)
    rows = services.programme.balance(ADMIN, Division.DEPARTMENT)
    lines = csv_of(rows, Balance).decode("utf-8-sig").splitlines()
    assert lines[0] == "part,relationship,seekers,helpers,places"
    assert "Port,coach,withheld,15,15" in lines
    assert csv_of([], Balance) == to_csv(
        ["part", "relationship", "seekers", "helpers", "places"], []
    )


@pytest.mark.parametrize(
    ("count", "of", "told"),
    [
        (0, 50, None), (4, 50, None), (5, 50, 5), (7, 50, 5), (8, 50, 10), (13, 50, 15),
        (45, 50, 45), (46, 50, None), (50, 50, None), (5, 9, None), (5, 10, 5),
    ],
)  # fmt: skip
def test_rounding_by_hand(count, of, told):
    assert coarse(count, of, 5) == told


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ({"a": 7, "b": 9}, set()),
        ({"a": 7, "b": 9, "c": 4}, {"a", "c"}),
        ({"a": 3, "b": 2, "c": 8}, {"a", "b"}),
        ({"a": 4}, {"a"}),
        ({}, set()),
    ],
)
def test_withholding_by_hand(people, hidden):
    assert withhold(people, 5) == hidden


COMPANIES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), max_size=60)


@given(COMPANIES)
def test_nothing_that_two_divisions_tell_apart_is_a_few_people(people):
    """Whatever is added up and subtracted of both tables and the whole: found by brute force."""
    first, second = (np.array([one[side] for one in people], object) for side in (0, 1))
    shown = shown_parts(first, second, 5)
    tables = [np.ones(len(people), int)]
    tables += [(first == part).astype(int) for part in sorted(shown[0])]
    tables += [(second == part).astype(int) for part in sorted(shown[1])]
    for signs in itertools.product((-1, 0, 1), repeat=len(tables)):
        told = np.abs(
            sum((sign * one for sign, one in zip(signs, tables, strict=True)), 0 * tables[0])
        )
        assert not 0 < np.count_nonzero(told) < min(5, len(people))


def test_two_divisions_that_are_large_and_cross_are_both_shown():
    first = np.array(["a"] * 20 + ["b"] * 20, object)
    second = np.array((["x"] * 10 + ["y"] * 10) * 2, object)
    assert shown_parts(first, second, 5) == ({"a", "b"}, {"x", "y"})
    second[0] = "y"  # one moves: still nine and more in every cell
    assert shown_parts(first, second, 5) == ({"a", "b"}, {"x", "y"})
    second = np.array(["x"] * 19 + ["y"] * 21, object)  # one of a works where b does
    assert shown_parts(first, second, 5) == ({"a", "b"}, set())
