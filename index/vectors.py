"""The vectors in FAISS: which index for which size, and search among eligible people only.

A vector's id in FAISS is its person's row, so several vectors share an id, a filter is one bit a
person, and what a search finds are people at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index import files
from recommender.errors import SnapshotError

FILE = "index.faiss"


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An opened FAISS index over a snapshot's passages."""

    index: Any

    @classmethod
    def build(cls, vectors: NDArray[np.float32], person_row: NDArray[np.int32]) -> Self:
        """Index `(n_passages, dim)` unit rows under their people's rows."""
        index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors, np.float32), person_row.astype(np.int64))
        return cls(index)

    def save(self, folder: Path) -> None:
        """Write the index into a snapshot's folder."""
        with files.writing(folder / FILE) as temporary:
            faiss.write_index(self.index, str(temporary))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the index of a snapshot.

        Raises:
            SnapshotError: FAISS cannot read the file.
        """
        try:
            return cls(faiss.read_index(str(folder / FILE)))
        except RuntimeError as error:
            raise SnapshotError(
                f"{folder / FILE} cannot be read by FAISS; run 'python -m index verify'"
            ) from error

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def search(
        self, vectors: NDArray[np.float32], eligible: NDArray[np.bool_], k: int
    ) -> NDArray[np.int64]:
        """Find the people of the `k` nearest passages of each vector, among the eligible.

        Args:
            vectors: `(n, dim)` float32, unit rows.
            eligible: `(n_people,)` bool.
            k: how many passages to find for each vector.

        Returns:
            Rows of people, ascending, each once; eligible all of them.
        """
        bitmap = np.packbits(eligible, bitorder="little")
        # FAISS keeps only a pointer: the selector must outlive the search
        selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        _, found = self.index.search(
            np.ascontiguousarray(vectors, np.float32), min(k, len(self)), params=parameters
        )
        rows: NDArray[np.int64] = np.unique(found[found >= 0])
        return rows[eligible[rows]]
