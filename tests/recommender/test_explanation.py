"""Reasons, read off the small company."""

import numpy as np
import pytest

from recommender.answers import Request
from recommender.evidence_model import FEATURES, EvidenceModel
from recommender.explanation import (
    Evidence,
    open_conversation,
    quote_likely,
)
from recommender.goals import Goal, read_goal
from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import default_policy
from recommender.power import power_between
from recommender.profiles import Field
from recommender.recommend import recommend
from recommender.relationships import KINDS, Relationship
from recommender.retrieval import Candidates
from tests.recommender.company import ADA, BO, CY, DI, ED, FAY, GUS, Shelf, small_company

PEOPLE = small_company()


def say_power(people: People, seeker: int, helper: int) -> str:
    return str(power_between(people, seeker, helper))


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
    assert say_power(PEOPLE, seeker, helper) == sentence


def test_a_second_manager_is_named_as_such() -> None:
    people = small_company(matrix_manager_id=["", "", "fay", "", "", "", ""])
    assert say_power(people, CY, FAY) == "one level above you, your manager in a second line"
    assert say_power(people, FAY, CY) == "one level below you, reports to you in a second line"
    assert say_power(people, CY, ED).endswith("above you in your own line of command")


def test_two_trees_have_no_manager_in_common() -> None:
    apart = small_company(manager_id=["", "ada", "bo", "bo", "", "ed", ""])
    assert say_power(apart, CY, FAY) == (
        "one level above you, in a part of the organisation with no manager in common"
    )


@pytest.mark.parametrize("kind", list(Relationship))
def test_an_opening_quotes_the_evidence_and_asks_the_question(kind: Relationship) -> None:
    goal = read_goal("learn to sail in heavy weather")
    passage = "Sailed around the Horn in 2011"
    opening = open_conversation(
        kind, [Evidence(goal.text, "about", passage, 0.6, 0, speaks=True)], goal
    )
    assert f"“{passage}”" in opening
    assert goal.text in opening
    assert opening.endswith(KINDS[kind].first_question)


def test_a_role_is_no_quotation_and_long_texts_are_cut_at_a_word() -> None:
    goal = read_goal("sail " * 60)
    opening = open_conversation(
        Relationship.PEER, [Evidence(goal.text, "role", "Skipper", 0.1, 0, speaks=True)], goal
    )
    assert "Skipper" not in opening
    assert "sail …" in opening


@pytest.fixture(autouse=True)
def by_similarity_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that quotes from a similarity of .1 to a need on, the most similar first."""
    by_need = (100.0, *[0.0] * (len(FEATURES) - 1), -10.0)
    model = EvidenceModel(by_need, by_need, 0.5)
    monkeypatch.setattr("recommender.explanation.shipped_model", lambda: model)


TWO_NEEDS = read_goal("I want to learn to splice ropes. Also, I have to read the weather!")


def quoted(
    similarity: list[list[float]],
    goal: Goal = TWO_NEEDS,
    quotable: frozenset[Field] | None = None,
) -> list[tuple[str, float, bool]]:
    """Find the evidence of one helper; a row of similarities is a text of the goal."""
    n_passages = len(similarity[0])
    found = Candidates(
        rows=np.array([BO]),
        lists=(np.array([0]),),
        starts=np.array([0, n_passages]),
        passage=np.arange(n_passages),
        field=np.zeros(n_passages, np.uint8),
        similarity=np.array(similarity, np.float32),
        own=np.zeros((0, n_passages), np.float32),
        lexical=np.zeros(1, np.float32),
        grams=np.zeros(1, np.float32),
    )
    shelf = Shelf(PEOPLE, [BO] * n_passages, [[1.0, 0.0]] * n_passages)
    evidence = quote_likely(shelf, found, 0, goal, Relationship.COACH, 0.5, quotable)
    return [(item.need, round(item.similarity, 2), item.speaks) for item in evidence]


def test_a_passage_stands_beside_the_need_it_is_closest_to_and_the_best_first() -> None:
    ropes, weather = TWO_NEEDS.needs
    assert quoted([[0, 0], [0.3, 0.1], [0.2, 0.5]]) == [(weather, 0.5, True), (ropes, 0.3, True)]


def test_nothing_is_quoted_for_a_circumstance() -> None:
    ropes, weather = TWO_NEEDS.parts
    told = TWO_NEEDS.with_needs([False, True])
    assert quoted([[0, 0], [0.9, 0.1], [0.05, 0.5]], told) == [(weather, 0.5, True)]
    assert quoted([[0, 0], [0.9, 0.1], [0.0, 0.05]], told) == [(weather, 0.05, False)]
    assert told.circumstances == (ropes,)


def test_two_passages_are_quoted_at_most() -> None:
    found = quoted([[0] * 4, [0.3, 0.1, 0.2, 0.4], [0.0, 0.15, 0.0, 0.0]])
    assert [similarity for _, similarity, _ in found] == [0.4, 0.3]


def test_what_is_not_likely_to_make_the_case_is_not_said_to() -> None:
    assert quoted([[0, 0], [0.3, 0], [0, 0.05]]) == [(TWO_NEEDS.needs[0], 0.3, True)]


def test_where_nothing_speaks_the_closest_alone_is_shown_as_such() -> None:
    assert quoted([[0, 0], [0.02, 0], [0, -0.3]]) == [(TWO_NEEDS.needs[0], 0.02, False)]


def test_an_opening_does_not_quote_what_does_not_speak_to_the_goal() -> None:
    goal = read_goal("learn to present")
    far = Evidence(goal.text, "experience", "Second alto in a Bach choir", 0.05, 0, speaks=False)
    assert "alto" not in open_conversation(Relationship.COACH, [far], goal)


def test_an_opening_asks_for_a_need_and_tells_no_circumstance() -> None:
    ropes, weather = TWO_NEEDS.parts
    opening = open_conversation(Relationship.COACH, [], TWO_NEEDS.with_needs([False, True]))
    assert weather in opening
    assert ropes not in opening


def test_what_its_owner_withdrew_is_not_quoted_whoever_asks() -> None:
    assert Field.ABOUT == 0  # the field of all passages here
    similarity = [[0, 0], [0.3, 0.1], [0.2, 0.5]]
    assert quoted(similarity, quotable=frozenset(Field) - {Field.ABOUT}) == []
    assert quoted(similarity, quotable=frozenset({Field.ABOUT})) == quoted(similarity)
    assert quoted(similarity, quotable=frozenset()) == []


def test_a_recommendation_obeys_what_may_be_quoted() -> None:
    shelf = Shelf(PEOPLE, [BO, ED, FAY, CY], [[1.0, 0.0]] * 4)
    request = Request("cy", "learn to keep the books", Relationship.MENTOR)
    live = LiveFacts(quotable={ED: frozenset({Field.SKILLS})})
    (part,) = recommend(shelf, request, default_policy(), live).lists
    evidence = {one.person_id: one.evidence for one in part.suggestions}
    assert evidence["ed"] == ()
    assert evidence["fay"] != ()
    ed = next(one for one in part.suggestions if one.person_id == "ed")
    assert "passage" not in ed.first_conversation
