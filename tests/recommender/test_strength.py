"""The probability behind strong, fair and weak, worked by hand."""

import numpy as np
import pytest

from recommender.policy import StrengthLimits, default_policy
from recommender.relationships import Relationship
from recommender.strength import Strength, judge, margins, probabilities

LIMITS = StrengthLimits(constant=-1.0, score=2.0, margin=4.0, strong=0.5, fair=0.2)


def test_a_match_is_compared_with_the_sixth_or_the_last() -> None:
    assert margins(np.array([9.0, 8, 7, 6, 5, 4, 3])) == pytest.approx([5, 4, 3, 2, 1, 0, -1])
    assert margins(np.array([3.0, 1.0])) == pytest.approx([2, 0])
    assert len(margins(np.zeros(0))) == 0


def test_probabilities_are_the_logistic_of_score_and_margin() -> None:
    # logit: -1 + 2 * .5 + 4 * .25 = 1, and -1 + 2 * .25 = -.5
    assert probabilities(np.array([0.5, 0.25]), LIMITS) == pytest.approx(
        [1 / (1 + np.exp(-1)), 1 / (1 + np.exp(0.5))]
    )
    assert probabilities(np.zeros(0), LIMITS).tolist() == []


def test_a_chance_on_the_cut_belongs_to_the_better_word() -> None:
    words = [judge(chance, LIMITS) for chance in (0.5, 0.499, 0.2, 0.199)]
    assert words == [Strength.STRONG, Strength.FAIR, Strength.FAIR, Strength.WEAK]


@pytest.mark.parametrize("kind", list(Relationship))
def test_by_default_strong_is_likelier_good_than_not(kind: Relationship) -> None:
    limits = default_policy().of(kind).strength
    assert limits.strong >= 0.5 > limits.fair
    assert limits.score >= 0
    assert limits.margin >= 0
