"""Needs and circumstances as the real model tells them; none of these goals is a reference goal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.labelled_goals import read_labelled_goals
from index.needs import NeedModel
from index.search import IndexReader
from recommender.goals import read_goal

GOALS = [
    (
        "We had a bad year and two people left. I want to get better at saying no to customers.",
        [False, True],
    ),
    ("I want to learn SQL well enough for real reports. I need to get better at Python too.",
     [True, True]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_need"), GOALS)
def test_a_wish_is_told_from_a_story(halden_index, text: str, is_need: list[bool]) -> None:
    goal, vectors = IndexReader(halden_index).current().encode(read_goal(text))
    assert list(goal.is_need) == is_need
    assert vectors.shape == (3, 384)


@pytest.mark.parametrize(
    "text",
    [
        "Letztes Jahr kam die Fusion. Ich möchte lernen, vor dem Vorstand frei zu sprechen.",
        "去年公司合并了，大家都很忙，没有人有时间。我想学习如何更好地管理我的新团队和客户关系。",
        "Everything changed. Everybody left us. Nobody said a word about it to anyone at all.",
    ],
)
def test_every_goal_keeps_a_need_whatever_its_language(halden_index, text: str) -> None:
    goal, _ = IndexReader(halden_index).current().encode(read_goal(text))
    assert goal.needs
    assert {*goal.needs, *goal.circumstances} == set(goal.parts)


def test_needs_are_learnt_from_how_parts_speak() -> None:
    """Two manners, told apart by one direction; the constant stands for how many there are."""
    rng = np.random.default_rng(0)
    manner = rng.standard_normal((400, 6)).astype(np.float32) + 3
    is_need = manner[:, 2] + 0.1 * rng.standard_normal(400) > 2.5
    model = NeedModel.fit(manner, is_need)
    chances = model.chances(manner)
    assert np.quantile(chances[is_need], 0.1) > np.quantile(chances[~is_need], 0.9)
    assert np.argmax(np.abs(model.coefficients[:-1])) == 2
    assert chances.mean() == pytest.approx(is_need.mean(), abs=0.01)


@given(
    arrays(
        np.float32, st.tuples(st.integers(1, 4), st.just(5)), elements=st.floats(-9, 9, width=32)
    )
)
def test_one_part_is_a_need_whatever_they_are_like(manner: np.ndarray) -> None:
    model = NeedModel(np.array([1, -2, 0, 3, 0.5, -4], np.float32))
    told = model.tell(manner)
    assert len(told) == len(manner)
    assert told[int(np.argmax(model.chances(manner)))]


def test_reference_goals_have_a_letter_for_each_part_and_a_need() -> None:
    """`Goal.told` alone would take a wrong number of letters; `is_need` would then not fit."""
    labelled = read_labelled_goals()
    assert len(labelled.goals) == len(labelled.kinds) == 2560
    assert all(len(goal.parts) == len(goal.is_need) for goal in labelled.goals)
    assert all(goal.needs for goal in labelled.goals)
    assert labelled.is_need.sum() == 3587
    assert labelled.is_one_of_several.sum() == 3261
    assert labelled.starts[:3].tolist() == [0, 2, 3]
