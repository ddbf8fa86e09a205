"""An opened snapshot: searching the eligible, and scoring their passages exactly."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index import snapshot as layout
from index.encoder import Encoder, load_encoder
from index.lexical import LexicalIndex
from index.reference import centred
from index.vectors import VectorIndex
from recommender.errors import SnapshotError
from recommender.people import People
from recommender.retrieval import Candidates

EXACT_PASSAGES = 200_000
"""Up to here all similarities of a goal are one matrix product, kept for the other kinds."""
KEPT_GOALS = 4
"""How many goals' similarities are kept at once."""


@dataclass(slots=True)
class _Similarities:
    """One goal's needs against the whole company."""

    similarity: NDArray[np.float32]
    """`(n_needs, n_passages)`."""
    best: NDArray[np.float32]
    """`(n_needs, n_people)`: of each person's best passage."""
    lexical: NDArray[np.float32]
    """`(n_needs, n_people)`: BM25."""


@dataclass(eq=False)
class Snapshot:
    """A `recommender.retrieval.Retriever` over one snapshot's folder."""

    folder: Path
    manifest: layout.Manifest
    people: People
    lexical: LexicalIndex
    index: VectorIndex
    passage_vectors: NDArray[np.float32]
    """`(n_passages, dim)`: centred unit rows, mapped from the disk."""
    starts: NDArray[np.int64]
    """`(n_people + 1,)`: person i owns the passages `starts[i]:starts[i + 1]`."""
    passage_fields: NDArray[np.uint8]
    reference: NDArray[np.float32]
    """`(2, n_passages)`: mean and standard deviation of each passage's cosine with the reference
    goals; a high mean marks a passage that is close to everything."""
    centroids: NDArray[np.float32]
    """`(2, dim)`: the common direction of goals, and of passages."""
    _encoder: Encoder | None = None
    _kept: OrderedDict[tuple[Any, ...], _Similarities] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, folder: Path, *, encoder: Encoder | None = None) -> Self:
        """Open a snapshot's folder.

        Args:
            folder: the snapshot's own folder, named by its id.
            encoder: what embeds goals; None loads the one named in the manifest when first needed.

        Raises:
            SnapshotError: it is missing, damaged, or of another version; or the encoder is not the
                one that made it.
        """
        folder = folder.resolve()
        manifest = layout.read_manifest(folder)
        layout.check_snapshot(folder, manifest, sizes_only=True)
        frame = layout.read_frame(folder / layout.PEOPLE)
        opened = cls(
            folder=folder,
            manifest=manifest,
            people=People.from_frame(frame, np.datetime64(manifest.as_of, "D")),
            lexical=LexicalIndex.open(folder, manifest.n_people),
            index=VectorIndex.open(folder),
            passage_vectors=layout.load_array(folder / layout.VECTORS),
            starts=np.load(folder / layout.STARTS),
            passage_fields=np.load(folder / layout.FIELDS),
            reference=layout.load_array(folder / layout.REFERENCE),
            centroids=np.load(folder / layout.CENTROIDS),
        )
        if encoder is not None:
            opened._use(encoder)
        return opened

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""
        return self.manifest.snapshot_id

    @cached_property
    def policy_text(self) -> str:
        """The policy file that this snapshot was built with."""
        return (self.folder / layout.POLICY).read_text(encoding="utf-8")

    def _use(self, encoder: Encoder) -> Encoder:
        made_by = self.manifest.model
        if encoder.revision != made_by.revision:
            raise SnapshotError(
                f"the snapshot {self.snapshot_id} was made by {made_by.name} revision "
                f"{made_by.revision}, the encoder here is {encoder.name} revision "
                f"{encoder.revision}; build the index again"
            )
        self._encoder = encoder
        return encoder

    @property
    def encoder(self) -> Encoder:
        """What embeds goals for this snapshot."""
        with self._lock:
            return self._encoder or self._use(load_encoder(self.manifest.model.settings))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals or needs; see `Retriever`."""
        return centred(self.encoder.encode_queries(texts), self.centroids[0])

    def candidates(
        self,
        needs: Sequence[str],
        vectors: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        limit: int | None,
    ) -> Candidates:
        """Find who fits best among the eligible; see `Retriever`."""
        known = self._similarities(needs, vectors)
        rows = np.flatnonzero(eligible)
        if limit is not None and len(rows) > limit:
            rows = _choose(known, rows, limit)
        counts = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        passages = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], counts)
        return Candidates(
            rows=rows,
            starts=starts,
            passage=passages,
            field=self.passage_fields[passages],
            similarity=known.similarity[:, passages],
            lexical=known.lexical[:, rows],
        )

    def _similarities(self, needs: Sequence[str], vectors: NDArray[np.float32]) -> _Similarities:
        key = (tuple(needs), vectors.tobytes())
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        similarity = vectors @ self.passage_vectors.T
        found = _Similarities(
            similarity,
            np.maximum.reduceat(similarity, self.starts[:-1], axis=1),
            np.stack([self.lexical.scores(need) for need in needs]),
        )
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT_GOALS:
                self._kept.popitem(last=False)
        return found

    def passages_of(self, row: int) -> NDArray[np.int64]:
        """Number a person's passages; see `Retriever`."""
        return np.arange(self.starts[row], self.starts[row + 1])

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the passages' embeddings; see `Retriever`."""
        return np.asarray(self.passage_vectors[passages], np.float32)

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Give the passages' fields; see `Retriever`."""
        return self.passage_fields[passages]

    @cached_property
    def _texts(self) -> Any:
        return layout.read_column(self.folder / layout.PASSAGES, "text")

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        """Give the passages' texts; see `Retriever`."""
        return [str(text) for text in self._texts.take(passages).to_pylist()]


def _choose(known: _Similarities, rows: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """Take of `rows` the best by each need's meaning, and half as many by its words; ascending."""
    n_needs = len(known.best)
    by_meaning = max(limit // n_needs, limit // 2, 1)
    chosen = np.zeros(known.best.shape[1], np.bool_)
    for need in range(n_needs):
        chosen[rows[_top(known.best[need, rows], by_meaning)]] = True
        words = known.lexical[need, rows]
        by_words = rows[_top(words, by_meaning // 2)]
        chosen[by_words[known.lexical[need, by_words] > 0]] = True
    return np.flatnonzero(chosen)


def _top(values: NDArray[np.float32], n: int) -> NDArray[np.int64]:
    if n >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, n)[:n] if n else np.zeros(0, np.int64)


class IndexReader:
    """Follows an index folder's pointer: always the published snapshot, whole."""

    def __init__(self, index_dir: Path, *, encoder: Encoder | None = None) -> None:
        self._index_dir = index_dir
        self._encoder = encoder
        self._stamp: tuple[int, int] | None = None
        self._current: Snapshot | None = None
        self._lock = threading.Lock()

    def current(self) -> Snapshot:
        """Give the published snapshot; costs one `stat` where nothing changed.

        Raises:
            SnapshotError: none was published yet, or the first to be opened is damaged.
        """
        stamp = self._pointer_stamp()
        current = self._current
        if current is not None and stamp == self._stamp:
            return current
        with self._lock:
            if self._current is None or stamp != self._stamp:
                self._move(stamp)
            assert self._current is not None
            return self._current

    def _pointer_stamp(self) -> tuple[int, int] | None:
        try:
            found = (self._index_dir / "CURRENT").stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _move(self, stamp: tuple[int, int] | None) -> None:
        try:
            if stamp is None:
                raise SnapshotError(
                    f"nothing is published in {self._index_dir}; run 'python -m index build PEOPLE "
                    f"--index {self._index_dir}' first"
                )
            name = (self._index_dir / "CURRENT").read_text(encoding="utf-8").strip()
            if self._current is None or self._current.snapshot_id != name:
                encoder = self._encoder
                folder = self._index_dir / "snapshots" / name
                self._current = Snapshot.open(folder, encoder=encoder)
        except SnapshotError:
            if self._current is None:
                raise
        self._stamp = stamp
