"""Reasons, read off the small company."""

import pytest

from recommender.explanation import Evidence, describe_power, open_conversation
from recommender.goals import read_goal
from recommender.relationships import KINDS, Relationship
from tests.recommender.company import ADA, BO, CY, DI, ED, FAY, GUS, small_company

PEOPLE = small_company()


@pytest.mark.parametrize(
    ("seeker", "helper", "sentence"),
    [
        (CY, ADA, "four levels above you, above you in your own line of command"),
        (CY, BO, "two levels above you, your manager"),
        (BO, CY, "two levels below you, reports to you"),
        (ADA, CY, "four levels below you, below you in your own line of command"),
        (CY, DI, "on your level, with the same manager as you"),
        (CY, ED, "two levels above you, in another line of command"),
        (CY, FAY, "one level above you, in another line of command"),
        (CY, GUS, "level not known, reporting line not known"),
    ],
)
def test_power_is_said_as_it_is(seeker: int, helper: int, sentence: str) -> None:
    assert describe_power(PEOPLE, seeker, helper) == sentence


def test_two_trees_have_no_manager_in_common() -> None:
    apart = small_company(manager_id=["", "ada", "bo", "bo", "", "ed", ""])
    assert describe_power(apart, CY, FAY) == (
        "one level above you, in a part of the organisation with no manager in common"
    )


@pytest.mark.parametrize("kind", list(Relationship))
def test_an_opening_quotes_the_evidence_and_asks_the_question(kind: Relationship) -> None:
    goal = read_goal("learn to sail in heavy weather")
    passage = "Sailed around the Horn in 2011"
    opening = open_conversation(kind, [Evidence(goal.text, "about", passage, 0.6, 0)], goal)
    assert f"“{passage}”" in opening
    assert goal.text in opening
    assert opening.endswith(KINDS[kind].first_question)


def test_a_role_is_no_quotation_and_long_texts_are_cut_at_a_word() -> None:
    goal = read_goal("sail " * 60)
    opening = open_conversation(
        Relationship.PEER, [Evidence(goal.text, "role", "Skipper", 0.1, 0)], goal
    )
    assert "Skipper" not in opening
    assert "sail …" in opening
