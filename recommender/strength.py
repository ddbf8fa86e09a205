"""How good a match is, in a word that keeps its promise: a chance calibrated on judgements."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recommender.policy import StrengthLimits
from recommender.ranking import Ranking

COMPARED_WITH = 6
"""A match stands out by what it has above the sixth of its order; above the last where fewer."""


class Strength(StrEnum):
    """How good a match is, calibrated on judgements."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


def margins(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say how far each score stands above the sixth: `(n,)`, below zero from the seventh on.

    Args:
        scores: `(n,)`, best first.
    """
    return scores - scores[min(COMPARED_WITH, len(scores)) - 1] if len(scores) else scores


def chances(ranking: Ranking, limits: StrengthLimits) -> list[float]:
    """Give how likely each of an order is to be good: `(n,)`, 0 to 1, in the order of `ranking`.

    The order is that of the signals, before a list is made of it.

    Source: logistic regression as calibration is Platt, "Probabilistic outputs for support vector
    machines", 1999.
    """
    scores = ranking.scores
    odds = limits.constant + limits.score * scores + limits.margin * margins(scores)
    chance: list[float] = (1 / (1 + np.exp(-np.clip(odds, -700, 700)))).tolist()
    return chance


def judge(chance: float, limits: StrengthLimits) -> Strength:
    """Put a chance in a word."""
    if chance >= limits.strong:
        return Strength.STRONG
    return Strength.FAIR if chance >= limits.fair else Strength.WEAK
