"""Reference texts: what goals and profile passages are like in general, in no company at all.

Goals share a manner ("I want to learn …") and so do profiles; embedded, each side has a common
direction that says nothing about content. The mean vectors of these texts are subtracted on each
side before a similarity is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.kinds import KindModel, labelled_goals
from recommender.goals import read_goal


@dataclass(frozen=True, slots=True)
class Centring:
    """The common direction of each side, to be taken away before a similarity."""

    goals: NDArray[np.float32]
    """`(dim,)`: the mean embedding of the reference goals."""
    passages: NDArray[np.float32]
    """`(dim,)`: the mean embedding of the reference passages."""
    reference: NDArray[np.float32]
    """`(n_reference_goals, dim)`: the reference goals, centred unit rows."""
    kinds: KindModel
    """What tells the four kinds of goals apart."""

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """Embed the reference texts by `encoder`."""
        goals = encoder.encode_queries(reference_texts("goals"))
        passages = encoder.encode_passages(reference_texts("passages"))
        centre = goals.mean(axis=0)
        labelled = _mean_needs(encoder, labelled_goals()[0], centre)
        return cls(centre, passages.mean(axis=0), centred(goals, centre), KindModel.fit(labelled))


def reference_texts(side: str) -> list[str]:
    """Read the reference texts of "goals" or of "passages"."""
    source = resources.files(__package__).joinpath(f"{side}.txt")
    return source.read_text(encoding="utf-8").splitlines()


def _mean_needs(
    encoder: Encoder, texts: Sequence[str], centre: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Give for each goal the mean of its needs' centred unit vectors: `(n, dim)` float32."""
    needs = [read_goal(text).needs for text in texts]
    vectors = centred(encoder.encode_queries([need for parts in needs for need in parts]), centre)
    counts = np.array([len(parts) for parts in needs])
    sums = np.add.reduceat(vectors, np.cumsum(counts) - counts)
    return np.asarray(sums / counts[:, None], np.float32)


def centred(vectors: NDArray[np.float32], centroid: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take a common direction away from each row and make it a unit row again: `(n, dim)`."""
    moved = vectors - centroid
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-12), np.float32)
