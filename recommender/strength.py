"""How good a match is, in a word that keeps its promise: a probability calibrated on judgements."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recommender.policy import StrengthLimits

COMPARED_WITH = 6
"""A match stands out by what it has above the sixth of its order; above the last where fewer."""


class Strength(StrEnum):
    """How good a match is, calibrated on judgements."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


def margins(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each score stands above the sixth: `(n,)`, below zero from the seventh on.

    Args:
        scores: `(n,)`, best first.
    """
    return scores - scores[min(COMPARED_WITH, len(scores)) - 1] if len(scores) else scores


def probabilities(scores: NDArray[np.float64], limits: StrengthLimits) -> NDArray[np.float64]:
    """Return how likely each of an order is to be good: `(n,)`, 0 to 1.

    Args:
        scores: `(n,)`, best first, as the signals make them, before a list is made of the order.
        limits: the calibration.

    Source: logistic regression as calibration is Platt, "Probabilistic outputs for support vector
    machines", 1999.
    """
    logit = limits.constant + limits.score * scores + limits.margin * margins(scores)
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -700, 700))), np.float64)


def judge(probability: float, limits: StrengthLimits, *, calibrated: bool = True) -> Strength:
    """Put a probability in a word; outside what it was calibrated for never in the best one."""
    if probability >= limits.strong and calibrated:
        return Strength.STRONG
    return Strength.FAIR if probability >= limits.fair else Strength.WEAK
