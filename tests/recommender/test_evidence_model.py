"""Which passages make the case: features and probabilities by hand."""

import numpy as np
import pytest

from recommender.evidence_model import FEATURES, EvidenceModel, passage_features
from recommender.goals import read_goal
from recommender.profiles import Field
from recommender.relationships import Relationship
from recommender.retrieval import QUOTABLE, Candidates

GOAL = read_goal("I want to learn to splice ropes. Also, I have to read the weather!")


def test_features_by_hand() -> None:
    """Two passages: .3 and .1 to the first need, .2 and .5 to the second; .25 and .15 to all."""
    found = Candidates(
        rows=np.array([4]), lists=(np.array([0]),), starts=np.array([0, 2]),
        passage=np.arange(2), field=np.array([Field.ABOUT, Field.SKILLS], np.uint8),
        similarity=np.array([[0.25, 0.15], [0.3, 0.1], [0.2, 0.5]], np.float32),
        own=np.zeros((0, 2), np.float32), lexical=np.zeros(1, np.float32),
        grams=np.zeros(1, np.float32),
    )  # fmt: skip
    first, second = passage_features(found, [0, 1], GOAL, Relationship.COACH, 0.75)
    logit = np.log(3)
    assert first[:5] == pytest.approx([0.3, 0.25, -0.1, 0.2, logit])
    assert second[:5] == pytest.approx([0.5, 0.15, 0.1, 0.0, logit])
    named = dict(zip(FEATURES, first.tolist(), strict=True))
    assert {name for name in FEATURES[5:] if named[name]} == {"about", "coach"}
    named = dict(zip(FEATURES, second.tolist(), strict=True))
    assert {name for name in FEATURES[5:] if named[name]} == {"skills", "coach"}


def test_probabilities_are_logistic() -> None:
    model = EvidenceModel((2.0, *[0.0] * (len(FEATURES) - 1), -1.0), (0.0,) * 15, 0.6)
    features = np.zeros((2, len(FEATURES)))
    features[1, 0] = 1.0
    helps, case = model.probabilities(features)
    assert helps == pytest.approx([1 / (1 + np.e), 1 / (1 + np.exp(-1))])
    assert case == pytest.approx([0.5, 0.5])


def test_the_shipped_model_has_a_coefficient_for_each_feature() -> None:
    model = EvidenceModel.shipped()
    assert len(model.helps) == len(model.case) == len(FEATURES) + 1
    assert 0.5 <= model.quote_from < 1
    assert model.case[FEATURES.index("need")] > 0
    assert model.case[FEATURES.index("goal")] > 0
    assert len(FEATURES) == 5 + len(QUOTABLE) + len(Relationship)
