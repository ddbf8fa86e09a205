"""A goal's language is told, takes no part in the meaning, and no match for it is called strong."""

from dataclasses import replace

import numpy as np
import pytest

from eval.datasets.dataset import read_dataset
from eval.datasets.translations import read_translations
from index.goal_models.goal_language import language_of, without_stop_words
from index.serving.reader import IndexReader
from recommender.answers import Request
from recommender.goals import split_goal
from recommender.policy import default_policy
from recommender.rank_goal import encode_goal
from recommender.recommend import recommend
from recommender.strength import Strength, judge

GERMAN = "Ich möchte üben, vor vielen Leuten frei zu sprechen, ohne den Faden zu verlieren."
ENGLISH = "I want to practise speaking freely in front of many people without losing the thread."


def test_every_judged_goal_is_named_rightly(halden) -> None:
    dataset = read_dataset(halden)
    assert {language_of(text) for text in dataset.goals["text"]} == {"en"}
    translated = read_translations(dataset)
    for row in translated[translated["language"] != "slips"].itertuples(index=False):
        assert language_of(row.text) == row.language


@pytest.mark.parametrize(
    "text",
    ["Excel", "get better at Excel", "SQL joins", "negotiation", "crisis command", "Kubernetes",
     "asdf 12"],
)  # fmt: skip
def test_a_few_words_are_taken_for_english(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Verhandeln", "de"), ("Besser präsentieren", "de"), ("hablar en público", "es"),
        ("presentar mejor mi trabajo", "es"), ("ich moechte besser praesentieren", "de"),
        ("meglio presentare", "it"),
    ],
)  # fmt: skip
def test_a_few_words_of_another_language_are_told(text: str, language: str) -> None:
    assert language_of(text) == language


def test_another_script_is_never_english() -> None:
    for text in ("Хочу научиться говорить", "私は人前で話したい", "أريد أن أتعلم", "להציג טוב"):
        assert language_of(text) != "en"


def test_the_first_words_of_a_goal_tell_its_language(halden) -> None:
    translated = read_translations(read_dataset(halden))
    for row in translated[translated["language"].isin(("de", "fr"))].itertuples(index=False):
        assert language_of(" ".join(row.text.split()[:8])) == row.language


def test_function_words_of_another_language_are_no_match() -> None:
    assert (
        without_stop_words(GERMAN, "de")
        == "möchte üben vielen Leuten frei sprechen Faden verlieren"
    )
    assert without_stop_words(ENGLISH, "en") == ENGLISH
    assert without_stop_words("ich und du", "de") == "ich und du", "rather these than nothing"
    assert without_stop_words("とても", "ja") == "とても"


def test_the_direction_of_a_language_is_taken_out(halden_index) -> None:
    """The same goals in German lie nearer to their English twins by German's own centre."""
    snapshot = IndexReader(halden_index).current()
    pairs = [
        (GERMAN, ENGLISH),
        ("Wie sage ich Kunden ab, ohne sie zu verlieren?",
         "How do I turn customers down without losing them?"),
        ("Ich möchte lernen, mit Lieferanten zu verhandeln.",
         "I want to learn to negotiate with suppliers."),
    ]  # fmt: skip
    own, english = [], []
    for german, twin in pairs:
        target = encode_goal(snapshot, split_goal(twin))[1][0]
        goal = split_goal(german)
        english.append(float(encode_goal(snapshot, goal)[1][0] @ target))
        own.append(float(encode_goal(snapshot, replace(goal, language="de"))[1][0] @ target))
    assert np.mean(own) > np.mean(english)


def test_no_match_is_strong_for_a_goal_in_another_language_and_why_is_said(halden_index) -> None:
    snapshot, policy = IndexReader(halden_index).current(), default_policy()
    german = recommend(snapshot, Request("H0012", GERMAN), policy)
    assert german.goal.language == "de"
    assert german.to_json()["reading"]["language"] == "de"
    for part in german.lists:
        assert all(one.strength is not Strength.STRONG for one in part.suggestions)
    assert german.caution.startswith("Your goal is read as German.")
    assert german.to_json()["reading"]["caution"] == german.caution
    limits = policy.mentor.strength
    assert judge(1.0, limits) is Strength.STRONG
    assert judge(1.0, limits, calibrated=False) is Strength.FAIR
    english = recommend(snapshot, Request("H0012", ENGLISH), policy)
    assert english.caution == ""
