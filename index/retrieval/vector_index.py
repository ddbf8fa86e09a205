"""The vectors in FAISS: which index for which size, and search among eligible people only.

A vector's id in FAISS is its person's row: several vectors share an id, a filter is one bit a
person, and what a search finds are people at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.retrieval.dot_products import (
    Stored,
    floats,
    is_large,
    one_thread,
)
from index.retrieval.plan import Plan, Probes
from recommender.errors import SnapshotError

FILE = "index.faiss"

TRAINING_PER_LIST = 40
"""Vectors a list to train on. Source: FAISS warns below 39."""
CHUNK = 100_000
"""Vectors converted and added at once."""
COMPRESSED_DIM = 128
"""Dimensions in which a large index searches; the memory to be read decides its speed. The leading
axes of the vectors keep .84 of their energy; of the 50 nearest .986 are among the `FETCHED` nearest
by them. Source: measured on a million drawn vectors."""
FETCHED = 1200
"""Passages to fetch from a large index, to be scored exactly."""
NEIGHBOURS = 50
"""Recall is that of this many nearest passages' people."""
TIE = 1e-4
"""Two similarities that differ by less are taken for equal."""
MIN_RECALL = 0.983
"""What is asked of the sample when probes are chosen, so that .98 holds for all goals."""
PROBE_STEP = 1.3
"""The number of probes is raised by this factor until the recall is reached."""
FRACTIONS: tuple[float, ...] = (0.005, 0.02, 0.1, 0.5)
"""Shares of eligible people for which the number of probes is chosen."""
N_QUERIES = 64


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An opened FAISS index over a snapshot's passages."""

    index: Any
    plan: Plan

    @classmethod
    def build(
        cls, vectors: Stored, person_row: NDArray[np.int32], goals: NDArray[np.float32]
    ) -> Self:
        """Choose a plan by size and index the vectors under their people's rows.

        Args:
            vectors: `(n_passages, dim)` as `stored` gives them.
            person_row: `(n_passages,)` ascending.
            goals: `(n, dim)` float32, unit rows: what is searched for, to choose probes by.
        """
        if not is_large(len(vectors)):
            flat = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
            flat.add_with_ids(floats(vectors), person_row.astype(np.int64))
            return cls(flat, Plan())
        nlist = 1 << round(np.log2(4 * len(vectors) ** 0.5))
        sample = np.random.default_rng(0).choice(
            len(vectors), min(len(vectors), TRAINING_PER_LIST * nlist), replace=False
        )
        training = floats(vectors[np.sort(sample)])
        index = _large_index(training, nlist)
        index.train(training)
        for span in _chunks(len(vectors)):
            index.add_with_ids(floats(vectors[span]), person_row[span].astype(np.int64))
        probes = _choose_probes(index, nlist, vectors, person_row, goals)
        return cls(index, Plan(kind="ivf", nlist=nlist, probes=probes))

    def save(self, folder: Path) -> None:
        """Write the index into a snapshot's folder."""
        with files.writing(folder / FILE) as temporary:
            faiss.write_index(self.index, str(temporary))

    @classmethod
    def open(cls, folder: Path, plan: Plan) -> Self:
        """Map the index of a snapshot; its lists are read when they are touched.

        Raises:
            SnapshotError: FAISS cannot read the file.
        """
        flag = faiss.IO_FLAG_MMAP if plan.kind == "ivf" else faiss.IO_FLAG_MMAP_IFC
        try:
            index = faiss.read_index(str(folder / FILE), flag)
        except RuntimeError as error:
            raise SnapshotError(
                f"{folder / FILE} cannot be read by FAISS; run 'python -m index verify'"
            ) from error
        if plan.kind == "ivf":
            inverted: Any = faiss.extract_index_ivf(index)
            # else threads of its own read all lists beforehand, which takes longer than the search
            lists: Any = faiss.downcast_InvertedLists(inverted.invlists)
            lists.prefetch_nthread = 0
        return cls(index, plan)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def search(
        self, vectors: NDArray[np.float32], eligible: NDArray[np.bool_], k: int
    ) -> NDArray[np.int64]:
        """Find the people of about the `k` nearest passages of each vector, among the eligible.

        Args:
            vectors: `(n, dim)` float32, unit rows.
            eligible: `(n_people,)` bool.
            k: how many passages to find for each vector.

        Returns:
            Rows of people, ascending, each once; eligible all of them.
        """
        share = np.count_nonzero(eligible) / max(len(eligible), 1)
        nprobe = self.plan.nprobe(share) if self.plan.kind == "ivf" else 0
        with one_thread():
            found = _search(self.index, vectors, eligible, min(k, len(self)), nprobe)
        rows: NDArray[np.int64] = np.unique(found[found >= 0])
        return rows[eligible[rows]]


def _large_index(training: NDArray[np.float32], nlist: int) -> Any:
    """Make an untrained IVF index with 8-bit codes, behind a projection on the leading axes.

    The axes are those of the vectors' second moment, not of their covariance: nothing is
    subtracted, so that products stay comparable.
    """
    dim = training.shape[1]
    kept = min(COMPRESSED_DIM, dim)
    inner = faiss.index_factory(kept, f"IVF{nlist},SQ8", faiss.METRIC_INNER_PRODUCT)
    if kept == dim:
        return inner
    _, axes = np.linalg.eigh(training.T @ training)
    projection = faiss.LinearTransform(dim, kept, False)
    faiss.copy_array_to_vector(np.ascontiguousarray(axes[:, ::-1].T[:kept]).ravel(), projection.A)
    projection.is_trained = True
    return faiss.IndexPreTransform(projection, inner)


def _search(
    index: Any, vectors: NDArray[np.float32], eligible: NDArray[np.bool_], k: int, nprobe: int
) -> NDArray[np.int64]:
    bitmap = np.packbits(eligible, bitorder="little")
    # FAISS keeps only a pointer: the selector must outlive the search
    selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
    if not nprobe:
        parameters: Any = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
    else:
        probing = faiss.SearchParametersIVF(sel=selector, nprobe=nprobe)  # type: ignore[call-arg]
        parameters = probing
        if isinstance(faiss.downcast_index(index), faiss.IndexPreTransform):
            parameters = faiss.SearchParametersPreTransform(index_params=probing)  # type: ignore[call-arg]
    _, found = index.search(np.ascontiguousarray(vectors, np.float32), k, params=parameters)
    people: NDArray[np.int64] = found
    return people


def _choose_probes(
    index: Any,
    nlist: int,
    vectors: Stored,
    person_row: NDArray[np.int32],
    goals: NDArray[np.float32],
) -> tuple[Probes, ...]:
    """For each share of eligible people, find the fewest lists that reach `MIN_RECALL`."""
    rng = np.random.default_rng(0)
    queries = goals[rng.choice(len(goals), min(N_QUERIES, len(goals)), replace=False)]
    n_people = int(person_row[-1]) + 1
    masks = [rng.random(n_people) < fraction for fraction in FRACTIONS]
    exact = _exact_people(vectors, person_row, queries, masks)
    chosen = []
    nprobe = 1
    for mask, wanted, fraction in reversed(list(zip(masks, exact, FRACTIONS, strict=True))):
        while True:
            found = _search(index, queries, mask, FETCHED, nprobe)
            recall = float(
                np.mean(
                    [
                        np.isin(want, got).mean() if len(want) else 1.0
                        for want, got in zip(wanted, found, strict=True)
                    ]
                )
            )
            if recall >= MIN_RECALL or nprobe >= nlist:
                break
            nprobe = min(int(nprobe * PROBE_STEP) + 1, nlist)
        chosen.append(Probes(fraction=fraction, nprobe=nprobe, recall=round(recall, 4)))
    return tuple(reversed(chosen))


def _exact_people(
    vectors: Stored,
    person_row: NDArray[np.int32],
    queries: NDArray[np.float32],
    masks: list[NDArray[np.bool_]],
) -> list[list[NDArray[np.int32]]]:
    """Find by full scan, for each mask and query, the people of the nearest eligible passages.

    Where the last of the nearest is as close as the next one, as with many equal titles, nobody can
    say which of them should be found, and those as close as it are left out.
    """
    kept = NEIGHBOURS + 1
    best = [np.full((len(queries), kept), -np.inf, np.float32) for _ in masks]
    people = [np.zeros((len(queries), kept), np.int32) for _ in masks]
    for span in _chunks(len(vectors)):
        similarity = queries @ floats(vectors[span]).T
        rows = person_row[span]
        for number, mask in enumerate(masks):
            inside = mask[rows]
            values = np.concatenate((best[number], similarity[:, inside]), axis=1)
            owners = np.concatenate(
                (people[number], np.broadcast_to(rows[inside], (len(queries), inside.sum()))),
                axis=1,
            )
            top = np.argpartition(-values, kept - 1, axis=1)[:, :kept]
            best[number] = np.take_along_axis(values, top, axis=1)
            people[number] = np.take_along_axis(owners, top, axis=1)
    return [
        [
            np.unique(owners[_are_nearest(value)])
            for value, owners in zip(values, found, strict=True)
        ]
        for values, found in zip(best, people, strict=True)
    ]


def _are_nearest(similarity: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mark which of one more than `NEIGHBOURS` similarities are surely among the nearest."""
    next_one = float(similarity.min())
    return np.asarray(np.isfinite(similarity) & (similarity > next_one + TIE))


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, n, CHUNK))
