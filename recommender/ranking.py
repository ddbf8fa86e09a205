"""Signals and weights become an order: a weighted sum, so that every contribution is exact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.policy import KindPolicy
from recommender.signals import SignalContext, compute_signals
from recommender.strength import probabilities


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates of one goal and kind, best first."""

    rows: NDArray[np.int64]
    """`(n,)` rows of `People`, best first."""
    scores: NDArray[np.float64]
    """`(n,)`: the weighted sum of the signals; higher is better. Equal scores stand by row."""
    signals: tuple[str, ...]
    """The signals with a weight, in the policy's order."""
    weights: NDArray[np.float64]
    """`(len(signals),)`"""
    values: NDArray[np.float64]
    """`(len(signals), n)`: each signal's value, in the range that the signal states."""
    index: NDArray[np.int64]
    """`(n,)`: where each ranked person stands in the `Candidates` they came from."""
    probability: NDArray[np.float64]
    """`(n,)`: how likely each is a good match, 0 to 1, by the signals alone: nobody is a weaker
    match for having been shown to others."""

    @property
    def contributions(self) -> NDArray[np.float64]:
        """What each signal adds to each score: `(len(signals), n)`; columns sum to `scores`."""
        return self.values * self.weights[:, None]


def rank(
    context: SignalContext, kind: KindPolicy, among: NDArray[np.int64] | None = None
) -> Ranking:
    """Order candidates by the weighted sum of their signals.

    Args:
        context: the goal against all of its candidates.
        kind: the weights of the signals, and the calibration of how good a match is.
        among: `(n,)`: the indices of the candidates to order; None for all.
    """
    names = tuple(name for name, weight in kind.weights.items() if weight)
    weight = np.array([kind.weights[name] for name in names], np.float64)
    values, rows = compute_signals(context, names), context.candidates.rows
    if among is None:
        among = np.arange(len(rows))
    values, rows = values[:, among], rows[among]
    scores = (values * weight[:, None]).sum(axis=0)
    order = np.lexsort((rows, -scores))
    return Ranking(
        rows[order], scores[order], names, weight, values[:, order], among[order],
        probabilities(scores[order], kind.strength),
    )  # fmt: skip
