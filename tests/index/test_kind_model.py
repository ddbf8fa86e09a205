"""The kinds as the real model reads them; none of these goals is a reference goal."""

import numpy as np
import pytest

from index.goal_models.labelled_goals import read_labelled_goals
from index.serving.reader import IndexReader
from recommender.goals import read_goal
from recommender.kinds import predict_kinds
from recommender.rank_goal import encode_goal
from recommender.relationships import Relationship

GOALS = [
    ("Where could I be in five years? I would like to think it over with somebody.", "mentor"),
    ("I want to practise giving feedback until it no longer comes out as a lecture.", "coach"),
    (
        "My pilot needs somebody with a budget who stands up for it and gains from it too.",
        "sponsor",
    ),
    ("Looking for another new team lead to swap notes with once a month.", "peer"),
    ("Ich möchte üben, vor Publikum frei zu sprechen.", "coach"),
]


@pytest.mark.parametrize(("goal", "kind"), GOALS)
def test_a_clear_goal_is_read_right(halden_index, goal: str, kind: str) -> None:
    snapshot = IndexReader(halden_index).current()
    assert goal not in [known.text for known in read_labelled_goals().goals]
    logits = snapshot.kind_logits(goal, encode_goal(snapshot, read_goal(goal))[1])
    assert predict_kinds(logits).best is Relationship(kind)


def test_each_part_has_an_equal_say(halden_index) -> None:
    snapshot = IndexReader(halden_index).current()
    goal = "I have led a team since May. I want to practise saying no without an argument."
    _, vectors = encode_goal(snapshot, read_goal(goal))
    whole, first, second = vectors[:, None]
    said = snapshot.kind_logits(goal, vectors)
    singly = [snapshot.kind_logits(goal, part) for part in (first, second)]
    assert said == pytest.approx(np.mean(singly, axis=0), abs=1e-5)
    assert said != pytest.approx(snapshot.kind_logits(goal, whole), abs=1e-3)
