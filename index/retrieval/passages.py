"""Everyone's passages as a snapshot keeps them: which are whose, and how close they are to a goal.

A product of two vectors does not depend on what else is multiplied in the same call, so that a
person's similarities are the same to the last bit whoever else is looked at.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.retrieval.dot_products import (
    BLOCK,
    Stored,
    floats,
    inner_products,
    products_of,
)

MAPPED_BYTES = 3_500_000_000
"""When more of mapped files counts as this process's memory, the vectors' pages are let go. How
much a single vector brings in is the system's choice: 64 kB, or 2 MB of a file that was just
written. The system still holds what is let go, and gives it back without reading the disk."""

SPARED_BYTES = 500_000_000
"""Less than this is not worth letting go, where other files alone take `MAPPED_BYTES`."""


@dataclass(eq=False, slots=True)
class Passages:
    """The passages of everyone; person i owns those numbered `starts[i]:starts[i + 1]`.

    Everybody has some, the whole profile last.
    """

    stored: Stored
    """`(n_passages, dim)`: centred unit rows as they are kept."""
    starts: NDArray[np.int64]
    """`(n_people + 1,)`"""
    _others: int = 0
    """Bytes that were mapped besides when the vectors' pages were last let go."""

    def of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """List the passages of `rows`: where each row's begin, `(n + 1,)`, and their numbers."""
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        return starts, np.arange(starts[-1]) + np.repeat(first - starts[:-1], counts)

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the embeddings of some passages: `(n, dim)` float32, unit rows."""
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
        self._let_go()
        return cosines

    def whole_profiles(
        self, query: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Compare a query with each row's whole profile, its last passage: `(len(rows),)`."""
        return np.ravel(self.similarity(query[None], self.starts[rows + 1] - 1))

    def _let_go(self) -> None:
        if files.mapped_bytes() > max(MAPPED_BYTES, self._others + SPARED_BYTES):
            files.let_pages_go(self.stored)
            self._others = files.mapped_bytes()
