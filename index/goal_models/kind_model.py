"""Which kind of relationship a goal asks for, learnt from goals whose kind is known.

Two multinomial logistic regressions, one on the encoder's vector and one on the goal's words and
pairs of words; small enough to be fitted at each build, so that they suit whatever encoder is
chosen. A goal in a language that the reference goals are not in is read by its vector alone.

Source: C. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4; weights and
penalties as measured in the ranking study on goals that the fit did not see.
"""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.goal_models import logistic
from recommender.relationships import Relationship

VECTOR_PENALTY = 1.0
"""Of the squared coefficients; see `index.goal_models.logistic`."""
WORD_PENALTY = 0.2
WORD_SHARE = 0.5
"""How much the words count beside the vector."""
BUCKETS = 1 << 15
"""Words and pairs of words are hashed into so many."""

VECTORS = "kind_vectors.npy"
WORDS = "kind_words.npy"
FREQUENCIES = "kind_idf.npy"

_WORD = re.compile(r"\w\w+")
_N_KINDS = len(Relationship)


@dataclass(frozen=True, slots=True)
class KindModel:
    """What tells the four kinds of goals apart; rows are in the order of `Relationship`."""

    vectors: NDArray[np.float32]
    """`(4, dim + 1)`: coefficients of the goal's centred vector, the constant last."""
    words: NDArray[np.float32]
    """`(4, BUCKETS + 1)`: coefficients of the goal's words, the constant last."""
    idf: NDArray[np.float32]
    """`(BUCKETS,)`: 1 + ln((1 + goals) / (1 + goals with it)); 0 for what no goal has."""

    @classmethod
    def fit(
        cls, encoded: NDArray[np.float32], texts: Sequence[str], kinds: NDArray[np.int64]
    ) -> Self:
        """Learn from labelled goals.

        Args:
            encoded: `(n, dim)` float32: of each goal the mean of its parts' centred unit vectors.
            texts: the goals.
            kinds: `(n,)`: the number of each one's kind in `Relationship`'s order.
        """
        from scipy.sparse import csr_matrix

        counted = [_count(text) for text in texts]
        starts = np.cumsum([0, *(len(buckets) for buckets, _ in counted)])
        buckets = np.concatenate([found for found, _ in counted])
        having = np.bincount(buckets, minlength=BUCKETS)
        idf = np.where(having > 1, 1 + np.log((1 + len(texts)) / (1 + having)), 0.0)
        rows = [_unit(weights * idf[found]) for found, weights in counted]
        words = csr_matrix((np.concatenate(rows), buckets, starts), shape=(len(texts), BUCKETS))
        return cls(
            logistic.fit(
                encoded.astype(np.float64), kinds, _N_KINDS, VECTOR_PENALTY, balanced=True
            ),
            logistic.fit(words, kinds, _N_KINDS, WORD_PENALTY, balanced=True),
            idf.astype(np.float32),
        )

    def save(self, folder: Path) -> None:
        """Write the model into a snapshot's folder."""
        files.write_array(folder / VECTORS, self.vectors)
        files.write_array(folder / WORDS, self.words)
        files.write_array(folder / FREQUENCIES, self.idf)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the model of a snapshot."""
        names = (VECTORS, WORDS, FREQUENCIES)
        return cls(*(files.map_array(folder / name) for name in names))

    def logits(self, goal: str, parts: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how much a goal asks for each kind: `(4,)` float64, higher is more.

        The parts, circumstances too, speak one after the other and are averaged: where they
        disagree, the vector says less and the words more.

        Args:
            goal: the goal's text.
            parts: `(n_parts, dim)` float32, the parts' centred unit vectors.
        """
        buckets, weights = _count(goal)
        by_vector = self.vectors[:, :-1] @ parts.mean(axis=0) + self.vectors[:, -1]
        by_words = self.words[:, buckets] @ _unit(weights * self.idf[buckets]) + self.words[:, -1]
        return np.asarray(by_vector + WORD_SHARE * by_words, np.float64)


def _count(text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Hash a goal's words and pairs of words: ascending buckets, and 1 + ln(count) of each."""
    words = _WORD.findall(text.lower())
    terms = [*words, *(f"{one} {next_}" for one, next_ in pairwise(words))]
    counts = Counter(zlib.crc32(term.encode()) & (BUCKETS - 1) for term in terms)
    buckets = np.array(sorted(counts), np.int64)
    times = np.array([counts[int(bucket)] for bucket in buckets], np.float64)
    return buckets, 1 + np.log(np.maximum(times, 1))


def _unit(weights: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(weights / max(float(np.linalg.norm(weights)), 1e-9), np.float64)
