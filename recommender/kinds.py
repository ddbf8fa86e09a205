"""Which kinds of relationship fit a goal that names none, and what to ask where two are close."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.relationships import KINDS, Relationship

CLOSE = 0.2
"""Two kinds whose shares differ by less are asked about, which is one goal in five."""


@dataclass(frozen=True, slots=True)
class KindFit:
    """How far one kind of relationship suits a goal."""

    relationship: Relationship
    share: float
    """0 to 1; the four kinds' shares sum to 1."""


@dataclass(frozen=True, slots=True)
class KindPrediction:
    """Which kinds suit a goal, the best first."""

    fits: tuple[KindFit, ...]

    @property
    def best(self) -> Relationship:
        """The kind that suits best."""
        return self.fits[0].relationship

    @property
    def is_close(self) -> bool:
        """Whether the two best kinds are too close to tell apart."""
        return self.fits[0].share - self.fits[1].share < CLOSE

    @property
    def question(self) -> str | None:
        """Ask which of two close kinds is meant; None where the best one is clear."""
        if not self.is_close:
            return None
        first, second = (KINDS[fit.relationship].thing for fit in self.fits[:2])
        return f"Which is closer to what you want: to {first}, or to {second}?"


def predict_kinds(logits: NDArray[np.float64]) -> KindPrediction:
    """Return which kinds suit a goal.

    Args:
        logits: `(4,)`: how much the goal asks for each of `Relationship`; see `Retriever`.
    """
    share = np.exp(logits - logits.max())
    share /= share.sum()
    order = np.argsort(-share, kind="stable")
    kinds = list(Relationship)
    return KindPrediction(tuple(KindFit(kinds[number], float(share[number])) for number in order))
