"""Needs and circumstances as the real model tells them; none of these goals is a reference goal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.goal_models.labelled_goals import read_labelled_goals
from index.goal_models.need_model import NeedModel, _stand
from index.serving.reader import IndexReader
from recommender.goals import Goal, read_goal, read_needs
from recommender.rank_goal import encode_goal

GOALS = [
    (
        "I want to get better at saying no to customers. We had a bad year and two people left.",
        [True, False],
    ),
    ("I want to learn SQL well enough for real reports. I need to get better at Python too.",
     [True, True]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_need"), GOALS)
def test_a_wish_is_told_from_a_story(halden_index, text: str, is_need: list[bool]) -> None:
    goal, vectors = encode_goal(IndexReader(halden_index).current(), read_goal(text))
    assert list(goal.is_need) == is_need
    assert vectors.shape == (3, 384)


@pytest.mark.parametrize(
    "text",
    [
        "Letztes Jahr kam die Fusion. Ich möchte lernen, vor dem Vorstand frei zu sprechen.",
        "去年公司合并了，大家都很忙，没有人有时间，谁也不知道以后会怎么样。"
        "我想学习如何更好地管理我的新团队，以及怎样和客户建立长期关系。",
        "Everything changed at the quay. Everybody left us then. Nobody said a word about it all.",
    ],
)
def test_every_goal_keeps_a_need_whatever_its_language(halden_index, text: str) -> None:
    goal, vectors = encode_goal(IndexReader(halden_index).current(), read_goal(text))
    assert len(goal.parts) >= 2
    assert len(vectors) == 1 + len(goal.parts)
    assert any(goal.is_need)


def test_needs_are_learnt_from_how_parts_speak_and_where_they_stand() -> None:
    """One direction of the states tells the parts of three hundred drawn goals apart."""
    rng = np.random.default_rng(0)
    manner = rng.standard_normal((600, 6)).astype(np.float32) + 3
    is_need = (manner[:, 2] + 0.1 * rng.standard_normal(600) > 2.7).reshape(300, 2)
    is_need[~is_need.any(axis=1), 0] = True
    goal = read_goal("A part that is long enough to stand. And another that is long enough too.")
    model = NeedModel.fit(manner, [goal.with_needs(pair) for pair in is_need])
    assert int(np.argmax(np.abs(model.manner[:-1]))) == 2
    told = np.array(
        [model.probabilities(manner[at : at + 2], goal.parts) for at in range(0, 600, 2)]
    )
    assert np.quantile(told[is_need], 0.2) > np.quantile(told[~is_need], 0.8)
    assert told.mean() == pytest.approx(is_need.mean(), abs=0.03)


STATES = arrays(
    np.float32, st.tuples(st.integers(2, 4), st.just(5)), elements=st.floats(-9, 9, width=32)
)


@given(STATES, st.lists(st.text(min_size=1, max_size=30), min_size=4, max_size=4))
def test_one_part_is_a_need_whatever_they_are_like(manner: np.ndarray, texts: list[str]) -> None:
    model = NeedModel(
        np.array([1, -2, 0, 3, 0.5, -4], np.float32),
        np.array([1, -1, 0.5, 1, 1, -1, 0.2, -0.3], np.float32),
    )
    goal = Goal("", tuple(texts[: len(manner)]), (True,) * len(manner))
    probability = model.probabilities(manner, goal.parts)
    assert len(probability) == len(manner)
    assert any(read_needs(goal, probability).is_need)


def test_how_parts_stand_by_hand() -> None:
    """Odds 2, -1 and 0; the second part is twice as long as the others."""
    rows = _stand(np.array([2.0, -1.0, 0.0]), ["x" * 55, "y" * 110, "z" * 55])
    one, two = np.log(55) - 4, np.log(110) - 4
    expected = [
        [2, 0, -0.5, 1, one, two, 0],
        [-1, 2, 1, 0, two, one, 0],
        [0, 2, 0.5, 0, one, two, 0],
    ]
    assert rows == pytest.approx(np.array(expected))


def test_reference_goals_have_a_letter_for_each_part_and_a_need() -> None:
    """`Goal.with_needs` alone would take a wrong number of letters."""
    labelled = read_labelled_goals()
    assert len(labelled.goals) == len(labelled.kinds) == 2560
    assert all(len(goal.parts) == len(goal.is_need) for goal in labelled.goals)
    assert all(goal.needs for goal in labelled.goals)
    assert sum(len(goal.needs) for goal in labelled.goals) == 3587
    assert sum(len(goal.parts) for goal in labelled.goals if len(goal.parts) > 1) == 3261
    assert labelled.starts[:3].tolist() == [0, 2, 3]
