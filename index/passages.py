"""Everyone's passages as a snapshot keeps them: which are whose, and how close they are to a goal.

A product of two vectors does not depend on what else is multiplied in the same call, so that a
person's similarities are the same to the last bit whoever else is looked at.
"""

import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index import files
from index.products import BLOCK, Stored, floats, inner_products, products_of

KEPT_PEOPLE = 16_384
"""After so many people's vectors were read from a mapped file its pages are let go: each touches
about 64 kB, so that no more than a gigabyte of them counts as this process's memory. The
system still holds them, and gives them back without reading the disk."""


@dataclass(eq=False, slots=True)
class Passages:
    """The passages of everyone; person i owns those numbered `starts[i]:starts[i + 1]`.

    Everybody has some, the whole profile last.
    """

    stored: Stored
    """`(n_passages, dim)`: centred unit rows as they are kept."""
    starts: NDArray[np.int64]
    """`(n_people + 1,)`"""
    _read: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """List the passages of `rows`: where each row's begin, `(n + 1,)`, and their numbers."""
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        return starts, np.arange(starts[-1]) + np.repeat(first - starts[:-1], counts)

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the embeddings of some passages: `(n, dim)` float32, unit rows."""
        return floats(np.take(self.stored, passages, axis=0))

    def similarity(
        self, queries: NDArray[np.float32], passages: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Compare queries with some passages: cosines, `(n_queries, n)` float32."""
        if self.stored.dtype == np.float32:
            return products_of(queries, self.stored, passages)
        cosines = np.empty((len(queries), len(passages)), np.float32)
        for start in range(0, len(passages), BLOCK):
            span = slice(start, start + BLOCK)
            cosines[:, span] = inner_products(queries, self.vectors(passages[span]))
        self._let_go(passages)
        return cosines

    def whole_profiles(
        self, query: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Compare a query with each row's whole profile, its last passage: `(len(rows),)`."""
        return np.ravel(self.similarity(query[None], self.starts[rows + 1] - 1))

    def _let_go(self, passages: NDArray[np.int64]) -> None:
        """Count the places that were read, and let the pages go when they were many."""
        n_people = len(self.starts) - 1
        runs = int(np.count_nonzero(np.diff(passages) != 1)) + 1
        dense = len(passages) * n_people // max(len(self.stored), 1)
        with self._lock:
            self._read += max(runs, dense)
            much = self._read > KEPT_PEOPLE
            if much:
                self._read = 0
        if much:
            files.let_pages_go(self.stored)
