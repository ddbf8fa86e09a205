"""The programme's figures: right by hand, for administrators only, small groups withheld."""

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
    csv_of,
)
from app.services.identity import Identity
from app.services.withholding import withhold
from app.store.records import Met, Outcome
from recommender.errors import NotAllowedError
from recommender.people import PEOPLE_COLUMNS
from recommender.relationships import Relationship
from tests.app.small_company import ADMIN, ANNA, SmallSnapshot, as_people, typed

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
    """Eight clerks in Port, six in Sales, three in Yard; each may coach each other."""
    heads = [
        {**person(90 + n, name), "person_id": f"{name}-HEAD", "manager_id": "", "open_to": ""}
        for n, name in enumerate(("Port", "Sales", "Yard"))
    ]
    sizes = [("Port", 8), ("Sales", 6), ("Yard", 3)]
    departments = [name for name, size in sizes for _ in range(size)]
    clerks = [person(number, department) for number, department in enumerate(departments)]
    frame = pd.DataFrame([*heads, *clerks]).reindex(columns=list(PEOPLE_COLUMNS))
    return SmallSnapshot(people=as_people(typed(frame)))


def clerk(number: int) -> Identity:
    return Identity(f"P{number:02}")


def wants(services, number: int, kind=COACH, text="learn to say no"):
    return services.finding.save_goal(clerk(number), text, kind)


def asks(services, seeker: int, helper: int):
    goal = wants(services, seeker)
    return services.asking.send(clerk(seeker), goal.id, COACH, f"P{helper:02}", "May I?")


def test_demand_and_supply_of_the_company(services):
    for number in range(6):
        wants(services, number)
        wants(services, number, text="learn to knit")  # a second goal is the same person
    wants(services, 0, MENTOR)
    rows = {row.relationship: row for row in services.programme.balance(ADMIN, Division.COMPANY)}
    assert rows[COACH] == Balance("", COACH, seekers=6, helpers=17, places=17)
    assert rows[MENTOR] == Balance("", MENTOR, seekers=None, helpers=0, places=0)


def test_supply_follows_relationships_and_pauses(services, clock):
    sent = asks(services, 0, 9)
    services.answering.accept(clerk(9), sent.id)
    services.answering.accept(clerk(10), asks(services, 1, 10).id)
    (row,) = [
        row
        for row in services.programme.balance(ADMIN, Division.COMPANY)
        if row.relationship is COACH
    ]
    assert (row.helpers, row.places) == (15, 15)


def test_small_departments_are_withheld_and_cannot_be_subtracted(services):
    for number in (*range(8), *range(8, 14), 14, 15):  # 8 in Port, 6 in Sales, 2 in Yard
        wants(services, number)
    rows = services.programme.balance(ADMIN, Division.DEPARTMENT)
    seekers = {row.part: row.seekers for row in rows if row.relationship is COACH}
    assert seekers == {"Port": 8, "Sales": None, "Yard": None}
    helpers = {row.part: row.helpers for row in rows if row.relationship is COACH}
    places = {row.part: row.places for row in rows if row.relationship is COACH}
    assert helpers == places == {"Port": 8, "Sales": None, "Yard": None}


def test_unmet_goals_are_counted_without_their_text(services, clock):
    for number in range(7):
        wants(services, number)
    services.finding.mark_reached(clerk(0), wants(services, 0).id)
    asks(services, 1, 9)
    clock.forward(days=14, seconds=-1)
    assert services.programme.unmet(ADMIN, Division.COMPANY) == []
    clock.forward(seconds=1)
    (row,) = services.programme.unmet(ADMIN, Division.COMPANY)
    assert (row.relationship, row.goals, row.seekers) == (COACH, 5, 5)
    assert "say no" not in repr(row)


def test_answers_are_withheld_below_five_people_on_either_side(services, clock):
    sent = [asks(services, number, 8 + number) for number in range(4)]
    coach = list(Relationship).index(COACH)
    assert services.programme.answers(ADMIN)[coach] == Answers(COACH, *[None] * 8)
    sent += [asks(services, number, 8 + number) for number in (4, 5)]
    clock.forward(days=2)
    services.answering.accept(clerk(8), sent[0].id)
    clock.forward(days=1)
    services.answering.decline(clerk(9), sent[1].id)
    services.answering.later(clerk(10), sent[2].id)
    services.asking.withdraw(clerk(3), sent[3].id)
    assert services.programme.answers(ADMIN)[coach] == Answers(
        COACH,
        sent=6,
        accepted=1,
        declined=1,
        expired=0,
        withdrawn=1,
        unanswered=2,
        put_off=1,
        median_days=3.0,  # of 2, 3 and 3
    )


def test_load_and_its_evenness(services):
    for seeker, helper in ((0, 9), (1, 10), (2, 11), (3, 12), (4, 13)):
        services.answering.accept(clerk(helper), asks(services, seeker, helper).id)
    assert services.programme.load(ADMIN) == Load(
        helpers=17,
        full=5,
        active=5,
        gini_load=pytest.approx(12 / 17),  # 5 of 17 carry all, evenly: 1 - 5/17
        gini_exposure=None,
        by_number_helped={0: 12, 1: 5},
    )


def test_outcomes_are_counted_from_five_people_up(services, clock):
    for number in range(6):
        bond = services.answering.accept(clerk(8 + number), asks(services, number, 8 + number).id)
        services.network.say_met(clerk(number), bond.id, Met.YES)
        services.network.say_outcome(
            clerk(number), bond.id, Outcome.CLOSER if number else Outcome.NO_CHANGE
        )
    assert services.programme.said(ADMIN, "met") == [Said(COACH, "yes", 6)]
    assert services.programme.said(ADMIN, "outcome") == [
        Said(COACH, "no_change", None),
        Said(COACH, "closer", None),
    ]


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
    assert "Port,coach,withheld,8,8" in lines
    assert csv_of([], Balance) == to_csv(
        ["part", "relationship", "seekers", "helpers", "places"], []
    )


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ({"a": 7, "b": 0}, {"a": 7, "b": 0}),
        ({"a": 7, "b": 9, "c": 4}, {"a": None, "b": 9, "c": None}),
        ({"a": 3, "b": 2, "c": 8}, {"a": None, "b": None, "c": 8}),
        ({"a": 4}, {"a": None}),
        ({}, {}),
    ],
)
def test_withholding_by_hand(people, shown):
    assert withhold(people, 5) == shown


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 12)))
def test_what_is_withheld_is_never_a_few_people(people):
    shown = withhold(people, 5)
    assert shown.keys() == people.keys()
    assert all(count is None or count == 0 or count >= 5 for count in shown.values())
    hidden = sum(people[key] for key, count in shown.items() if count is None)
    assert hidden == 0 or hidden >= 5 or not any(shown.values())
