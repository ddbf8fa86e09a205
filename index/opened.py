"""An opened snapshot: searching the eligible, and scoring their passages exactly."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index import files
from index import snapshot as layout
from index.columns import ParquetCells, open_people
from index.encoder import Encoder, load_encoder
from index.grams import GramIndex
from index.kinds import KindModel
from index.lexical import LexicalIndex
from index.reference import centred
from index.vectors import FETCHED, Stored, VectorIndex, floats, inner_products
from recommender.errors import SnapshotError
from recommender.goals import with_whole
from recommender.people import People
from recommender.retrieval import Candidates

FEW = 0.05
"""Of a small company, up to this share of eligible people only they are scored; above it everyone
is, once for all kinds of the goal."""
EXACT_PEOPLE = 8_000
"""Of a large company, up to so many eligible people are scored exactly, without a search."""
PASSAGES_FETCHED = 4
"""Passages to find for each person wanted; people have several good ones."""
CHUNK = 200_000
"""Passages scored at once."""
CHECKED_BYTES = 64_000_000
"""A snapshot up to this size is checked byte by byte when it is opened (0.1 s), a larger one by the
sizes of its files; 'verify' and 'publish' always check all of it."""
KEPT_GOALS = 4
"""How many goals' similarities are kept at once."""


@dataclass(slots=True)
class _Similarities:
    """One goal against the whole company."""

    best: NDArray[np.float32]
    """`(n_people,)`: similarity of each person's best passage."""
    lexical: NDArray[np.float32]
    """`(n_people,)`: normalised BM25."""


@dataclass(eq=False)
class Snapshot:
    """A `recommender.retrieval.Retriever` over one snapshot's folder."""

    folder: Path
    manifest: layout.Manifest
    people: People
    lexical: LexicalIndex
    grams: GramIndex
    index: VectorIndex
    passage_vectors: Stored
    """`(n_passages, dim)`: centred unit rows as they are kept, mapped from the disk."""
    starts: NDArray[np.int64]
    """`(n_people + 1,)`: person i owns the passages `starts[i]:starts[i + 1]`."""
    passage_fields: NDArray[np.uint8]
    reference: NDArray[np.float32]
    """`(2, n_passages)`: mean and standard deviation of each passage's cosine with the reference
    goals; a high mean marks a passage that is close to everything."""
    centroids: NDArray[np.float32]
    """`(2, dim)`: the common direction of goals, and of passages."""
    kinds: KindModel
    passage_cells: ParquetCells
    people_cells: ParquetCells
    policy_text: str
    """The policy file that this snapshot was built with."""
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
        size = sum(record.size for record in manifest.files.values())
        layout.check_snapshot(folder, manifest, sizes_only=size > CHECKED_BYTES)
        try:
            opened = cls._map(folder, manifest)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise SnapshotError(
                f"the snapshot {folder.name} cannot be opened ({type(error).__name__}); "
                "'python -m index verify' says which file is bad"
            ) from error
        if encoder is not None:
            opened._use(encoder)
        return opened

    @classmethod
    def _map(cls, folder: Path, manifest: layout.Manifest) -> Self:
        people_cells = ParquetCells(folder / layout.PEOPLE)
        as_of = np.datetime64(manifest.as_of, "D")
        return cls(
            folder=folder,
            manifest=manifest,
            people=open_people(folder / layout.COLUMNS, people_cells, as_of),
            lexical=LexicalIndex.open(folder, manifest.n_people),
            grams=GramIndex.open(folder),
            index=VectorIndex.open(folder, manifest.plan),
            passage_vectors=files.map_array(folder / layout.VECTORS),
            starts=np.load(folder / layout.STARTS),
            passage_fields=np.load(folder / layout.FIELDS),
            reference=files.map_array(folder / layout.REFERENCE),
            centroids=np.load(folder / layout.CENTROIDS),
            kinds=KindModel.open(folder),
            passage_cells=ParquetCells(folder / layout.PASSAGES),
            people_cells=people_cells,
            policy_text=(folder / layout.POLICY).read_text(encoding="utf-8"),
        )

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""
        return self.folder.name

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

    def share_encoder(self, other: "Snapshot") -> None:
        """Take over the encoder that another snapshot has loaded, where it is the same one."""
        loaded = other._encoder
        if loaded is not None and loaded.revision == self.manifest.model.revision:
            self._encoder = loaded

    @property
    def encoder(self) -> Encoder:
        """What embeds goals for this snapshot."""
        with self._lock:
            return self._encoder or self._use(load_encoder(self.manifest.model.settings))

    def encode(self, needs: Sequence[str]) -> NDArray[np.float32]:
        """Embed a goal by its needs; see `Retriever`."""
        encoded = with_whole(needs, self.encoder.encode_queries(needs))
        return centred(encoded, self.centroids[0])

    def kind_logits(self, goal: str, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        """Say how much a goal asks for each kind; see `Retriever`."""
        return self.kinds.logits(goal, vector)

    def candidates(
        self,
        goal: str,
        vectors: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        limit: int | None,
    ) -> Candidates:
        """Find who fits best among the eligible; see `Retriever`."""
        rows = np.flatnonzero(eligible)
        if limit is not None and len(rows) > limit:
            rows = self._choose(goal, vectors[:1], eligible, rows, limit)
        starts, passages = self._passages_of_all(rows)
        return Candidates(
            rows=rows,
            starts=starts,
            passage=passages,
            field=self.passage_fields[passages],
            similarity=self._similarity(vectors, passages),
            lexical=self.lexical.scores_of(goal, rows),
            grams=self.grams.similarity(goal, rows),
        )

    def _choose(
        self,
        goal: str,
        vector: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        rows: NDArray[np.int64],
        limit: int,
    ) -> NDArray[np.int64]:
        """Choose about `limit` of the eligible rows by the cheapest way there is."""
        is_flat = self.index.plan.kind == "flat"
        if len(rows) <= (FEW * len(self.people) if is_flat else EXACT_PEOPLE):
            starts, passages = self._passages_of_all(rows)
            best = np.maximum.reduceat(self._similarity(vector, passages)[0], starts[:-1])
            return choose(best, self.lexical.scores_of(goal, rows), rows, limit)
        if is_flat:
            known = self._whole(goal, vector)
            return choose(known.best[rows], known.lexical[rows], rows, limit)
        found = self.index.search(vector, eligible, max(FETCHED, PASSAGES_FETCHED * limit))
        if len(found) > limit:
            starts, passages = self._passages_of_all(found)
            best = np.maximum.reduceat(self._similarity(vector, passages)[0], starts[:-1])
            found = found[_top(best, limit)]
        chosen = np.union1d(found, self.lexical.best(goal, eligible, limit // 2))
        # never trust a filter of the search library alone
        return chosen[eligible[chosen]]

    def _passages_of_all(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """List the passages of all `rows`, and where each row's begin."""
        counts = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        return starts, np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], counts)

    def _similarity(
        self, vectors: NDArray[np.float32], passages: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        similarity = np.empty((len(vectors), len(passages)), np.float32)
        for start in range(0, len(passages), CHUNK):
            span = slice(start, start + CHUNK)
            similarity[:, span] = inner_products(vectors, self.vectors(passages[span]))
        return similarity

    def _whole(self, goal: str, vector: NDArray[np.float32]) -> _Similarities:
        """Score everyone once for a goal; its other kinds find the answer kept."""
        key = (goal, vector.tobytes())
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        similarity = inner_products(vector, floats(self.passage_vectors))[0]
        best = np.maximum.reduceat(similarity, self.starts[:-1])
        found = _Similarities(best, self.lexical.scores(goal))
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
        return floats(self.passage_vectors[passages])

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Give the passages' fields; see `Retriever`."""
        return self.passage_fields[passages]

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        """Give the passages' texts; see `Retriever`."""
        return [str(text) for text in self.passage_cells.cells(passages, "text")]


def choose(
    best: NDArray[np.float32], lexical: NDArray[np.float32], rows: NDArray[np.int64], limit: int
) -> NDArray[np.int64]:
    """Take the best of `rows` by the goal's meaning, and half as many by its words.

    Args:
        best: `(len(rows),)`: similarity of each person's best passage, higher is closer.
        lexical: `(len(rows),)`: BM25, 0 or more.
        rows: rows of people, ascending.
        limit: how many to take by meaning.

    Returns:
        Rows, ascending.
    """
    chosen = np.zeros(len(rows), np.bool_)
    chosen[_top(best, limit)] = True
    by_words = _top(lexical, limit // 2)
    chosen[by_words[lexical[by_words] > 0]] = True
    return rows[chosen]


def _top(values: NDArray[np.float32], n: int) -> NDArray[np.int64]:
    if n >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, n)[:n] if n else np.zeros(0, np.int64)
