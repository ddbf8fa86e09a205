"""Signals and weights become an order: a weighted sum, so that every contribution is exact."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.signals import Match, compute_signals


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
    place: NDArray[np.int64]
    """`(n,)`: where each ranked person stands in the `Candidates` they came from."""

    @property
    def contributions(self) -> NDArray[np.float64]:
        """What each signal adds to each score: `(len(signals), n)`; columns sum to `scores`."""
        return self.values * self.weights[:, None]


def rank(
    match: Match, weights: Mapping[str, float], places: NDArray[np.int64] | None = None
) -> Ranking:
    """Order candidates of `match` by the weighted sum of their signals.

    Args:
        match: the goal against all of its candidates.
        weights: of the signals, by name.
        places: `(n,)`: which of the candidates to order; None for all.
    """
    names = tuple(name for name, weight in weights.items() if weight)
    weight = np.array([weights[name] for name in names], np.float64)
    values, rows = compute_signals(match, names), match.candidates.rows
    if places is None:
        places = np.arange(len(rows))
    values, rows = values[:, places], rows[places]
    scores = (values * weight[:, None]).sum(axis=0)
    order = np.lexsort((rows, -scores))
    return Ranking(rows[order], scores[order], names, weight, values[:, order], places[order])
