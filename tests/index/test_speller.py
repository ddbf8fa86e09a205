"""Slips are put right where that is certain; names, terms and what the company writes stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.goal_models.speller import put_right
from index.retrieval.bm25 import LexicalIndex
from index.serving.reader import IndexReader
from recommender.answers import Request
from recommender.policy import default_policy
from recommender.recommend import recommend

COMPANY = LexicalIndex.build(
    ["We run kafka and the Flinkster here.", "Pivoting wagons on the qauy."]
)


def test_a_slip_is_put_right_and_told() -> None:
    text, slips = put_right("I want to presnt my work to the comittee.", COMPANY)
    assert text == "I want to present my work to the committee."
    assert slips == (("presnt", "present"), ("comittee", "committee"))


@pytest.mark.parametrize(
    "text",
    [
        "learn kafka and flinkster",  # the company writes so
        "talk on the qauy",  # wrongly, but it is found that way
        "work with Chandran and with DACH",  # capitals say that it is a name
        "I dont, didnt and wont",
        "SQL, C# and PyTorch",
        "the line needs takt",  # short, and nothing is swapped
        "a well-known dictionary knows all of these words",
        "Ünïcödé stays",
    ],
)
def test_what_may_be_meant_stays(text: str) -> None:
    assert put_right(text, COMPANY) == (text, ())


@given(st.text(max_size=200))
def test_nothing_but_the_words_told_is_changed(text: str) -> None:
    right, slips = put_right(text, COMPANY)
    assert (right != text) == bool(slips)
    for typed, read in slips:
        assert typed in text
        assert read in right


def test_a_mistyped_goal_finds_whom_the_right_one_finds(halden_index) -> None:
    snapshot, policy = IndexReader(halden_index).current(), default_policy()
    right = "I want to negotiate contracts with suppliers as an equal."
    typed = "I want to negotaite contarcts with suppleirs as an equal."
    found = recommend(snapshot, Request("H0012", typed), policy)
    assert found.goal.slips == (
        ("negotaite", "negotiate"), ("contarcts", "contracts"), ("suppleirs", "suppliers"),
    )  # fmt: skip
    wanted = recommend(snapshot, Request("H0012", right), policy)
    assert [one.person_id for part in found.lists for one in part.suggestions] == [
        one.person_id for part in wanted.lists for one in part.suggestions
    ]


def test_what_is_not_wanted_is_not_looked_for(halden_index) -> None:
    snapshot, policy = IndexReader(halden_index).current(), default_policy()
    wish = "I want to give talks in front of many people."
    found = recommend(snapshot, Request("H0012", f"{wish[:-1]}, not Excel again."), policy)
    assert found.goal.refused == ("not Excel again",)
    wanted = recommend(snapshot, Request("H0012", wish[:-1]), policy)
    assert [one.person_id for part in found.lists for one in part.suggestions] == [
        one.person_id for part in wanted.lists for one in part.suggestions
    ]
