"""An opened snapshot: searching the eligible, and scoring their passages exactly."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.encoder.load import load_encoder
from index.encoder.protocol import Encoder
from index.goal_models.goal_language import language_of, without_stop_words
from index.goal_models.kind_model import KindModel
from index.goal_models.need_model import NeedModel
from index.goal_models.reference import LANGUAGES
from index.goal_models.speller import put_right
from index.retrieval.bm25 import LexicalIndex
from index.retrieval.char_ngrams import GramIndex
from index.retrieval.dot_products import Stored
from index.retrieval.passages import Passages
from index.retrieval.shortlist import first_stage, top, union
from index.retrieval.vector_index import FETCHED, VectorIndex
from index.snapshot.identities import Identities
from index.snapshot.manifest import (
    CENTROIDS,
    COLUMNS,
    FIELDS,
    PASSAGES,
    PEOPLE,
    POLICY,
    STARTS,
    VECTORS,
    Manifest,
    check_snapshot,
    read_manifest,
)
from index.snapshot.tables import ParquetCells, open_people
from recommender.errors import SnapshotError
from recommender.languages import ENGLISH
from recommender.people import People
from recommender.retrieval import Candidates, ListQuery

EXACT_PEOPLE = 5_000
"""Of a large company, up to so many eligible people are scored exactly, without a search. Source:
among a million people 4,000 take 5 ms on one core, a search as long; 8,000 take four times that."""
PASSAGES_FETCHED = 4
"""Passages to find for each person wanted; people have several good ones."""
CHECKED_BYTES = 64_000_000
"""A snapshot up to this size is checked byte by byte when it is opened (0.1 s), a larger one by the
sizes of its files; 'verify' and 'publish' always check all of it."""


@dataclass(eq=False)
class Snapshot:
    """A `recommender.retrieval.Retriever` over one snapshot's folder."""

    folder: Path
    manifest: Manifest
    people: People
    lexical: LexicalIndex
    grams: GramIndex
    index: VectorIndex
    passage_vectors: Stored
    """`(n_passages, dim)`: centred unit rows as they are kept, mapped from the disk."""
    starts: NDArray[np.int64]
    """`(n_people + 1,)`: person i owns the passages `starts[i]:starts[i + 1]`."""
    passage_fields: NDArray[np.uint8]
    centroids: NDArray[np.float32]
    """`(2, dim)`: the common direction of goals, and of passages."""
    kinds: KindModel
    needs: NeedModel
    passage_cells: ParquetCells
    people_cells: ParquetCells
    policy_text: str
    """The policy file that this snapshot was built with."""
    _encoder: Encoder | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, folder: Path, *, encoder: Encoder | None = None, by_key: bool = False) -> Self:
        """Open a snapshot's folder.

        Args:
            folder: the snapshot's own folder, named by its id.
            encoder: what embeds goals; None loads the one named in the manifest when first needed.
            by_key: whether people go by the keys that stay theirs, not by the people file's
                numbers; see `index.snapshot.identities`.

        Raises:
            SnapshotError: it is missing, damaged, or of another version; or the encoder is not the
                one that made it.
        """
        folder = folder.resolve()
        manifest = read_manifest(folder)
        size = sum(record.size for record in manifest.files.values())
        check_snapshot(folder, manifest, sizes_only=size > CHECKED_BYTES)
        try:
            opened = cls._map(folder, manifest)
            if by_key and opened.identities is not None:
                opened.people = replace(opened.people, ids=opened.identities.keys)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise SnapshotError(
                f"the snapshot {folder.name} cannot be opened ({type(error).__name__}); "
                "'python -m index verify' says which file is bad"
            ) from error
        if encoder is not None:
            opened._use(encoder)
        return opened

    @classmethod
    def _map(cls, folder: Path, manifest: Manifest) -> Self:
        people_cells = ParquetCells(folder / PEOPLE)
        as_of = np.datetime64(manifest.as_of, "D")
        return cls(
            folder=folder,
            manifest=manifest,
            people=open_people(folder / COLUMNS, people_cells, as_of),
            lexical=LexicalIndex.open(folder, manifest.n_people),
            grams=GramIndex.open(folder),
            index=VectorIndex.open(folder, manifest.plan),
            passage_vectors=files.map_array(folder / VECTORS),
            starts=np.load(folder / STARTS),
            passage_fields=np.load(folder / FIELDS),
            centroids=np.load(folder / CENTROIDS),
            kinds=KindModel.open(folder),
            needs=NeedModel.open(folder),
            passage_cells=ParquetCells(folder / PASSAGES),
            people_cells=people_cells,
            policy_text=(folder / POLICY).read_text(encoding="utf-8"),
        )

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""
        return self.folder.name

    @cached_property
    def identities(self) -> Identities | None:
        """Who the people are, whatever their numbers; None where that is not on record."""
        return Identities.open(self.folder, self.manifest.n_people)

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

    def goal_centroid(self, language: str) -> NDArray[np.float32]:
        """Return the common direction of goals in a language; see `Retriever`."""
        # A snapshot made before languages were told apart has none but the first two rows
        known = LANGUAGES[: len(self.centroids) - 2]
        row = 2 + known.index(language) if language in known else 0
        return np.asarray(self.centroids[row], np.float32)

    def language_of(self, text: str) -> str:
        """Return in which language a goal is written; see `Retriever`."""
        return language_of(text)

    def put_right(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Put right what are surely slips in a part of a goal; see `Retriever`."""
        return put_right(text, self.lexical)

    def encode_parts(self, parts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of a goal; see `Retriever`."""
        return self.encoder.encode_parts(parts)

    def need_probabilities(
        self, manner: NDArray[np.float32], parts: Sequence[str]
    ) -> NDArray[np.float64]:
        """Predict how likely each part is a need; see `Retriever`."""
        return self.needs.probabilities(manner, parts)

    def kind_logits(self, goal: str, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict how much a goal asks for each kind; see `Retriever`."""
        return self.kinds.logits(goal, vectors[1:] if len(vectors) > 1 else vectors)

    def candidates(
        self,
        goal: str,
        vectors: NDArray[np.float32],
        queries: Sequence[ListQuery],
        limit: int | None,
        own: NDArray[np.int64],
        language: str = ENGLISH,
    ) -> Candidates:
        """Find who fits best among the eligible; see `Retriever`."""
        goal = without_stop_words(goal, language)
        words = self.lexical.scores(goal)
        lists = (
            [np.flatnonzero(query.eligible) for query in queries]
            if limit is None
            else self._choose(vectors[0], words, queries, limit)
        )
        rows = union(lists, len(self.people))
        starts, numbers = self.passages.of(rows)
        cosines = self.passages.similarity(np.vstack([vectors, self.vectors(own)]), numbers)
        return Candidates(
            rows=rows,
            lists=tuple(np.searchsorted(rows, one) for one in lists),
            starts=starts,
            passage=numbers,
            field=self.passage_fields[numbers],
            similarity=cosines[: len(vectors)],
            own=cosines[len(vectors) :],
            lexical=words[rows],
            grams=self.grams.similarity(goal, rows),
        )

    def _choose(
        self,
        vector: NDArray[np.float32],
        words: NDArray[np.float32],
        queries: Sequence[ListQuery],
        limit: int,
    ) -> list[NDArray[np.int64]]:
        """Choose up to `limit` rows of each list of eligible people."""
        lists = [self.find(vector, words, query.eligible, limit) for query in queries]
        compared = union([rows for rows in lists if len(rows) > limit], len(self.people))
        profile = np.zeros(len(self.people), np.float32)
        profile[compared] = self.passages.whole_profiles(vector, compared)
        return [
            rows
            if len(rows) <= limit
            else rows[np.sort(top(first_stage(query, profile[rows], words[rows]), limit))]
            for rows, query in zip(lists, queries, strict=True)
        ]

    def find(
        self,
        vector: NDArray[np.float32],
        words: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        limit: int,
    ) -> NDArray[np.int64]:
        """Find among whom of the eligible the candidates are chosen.

        Args:
            vector: `(dim,)` float32, unit length: the goal.
            words: `(n_people,)` float32: everyone's BM25.
            eligible: `(n_people,)` bool.
            limit: how many will be chosen.

        Returns:
            Rows, ascending: all of the eligible where they are few, or the company is small; else
            the people of the `FETCHED` nearest passages, and as many as will be chosen by words.
        """
        rows = np.flatnonzero(eligible)
        if self.index.plan.kind == "flat" or len(rows) <= EXACT_PEOPLE:
            return rows
        near = self.index.search(vector[None], eligible, max(FETCHED, PASSAGES_FETCHED * limit))
        found = np.union1d(near, rows[top(words[rows], limit)])
        # never trust a filter of the search library alone
        return found[eligible[found]]

    @cached_property
    def passages(self) -> Passages:
        """Whose the passages are, and how close they are to a goal."""
        return Passages(self.passage_vectors, self.starts)

    def passages_of(self, row: int) -> NDArray[np.int64]:
        """Return the numbers of a person's passages; see `Retriever`."""
        return np.arange(self.starts[row], self.starts[row + 1])

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the passages' embeddings; see `Retriever`."""
        return self.passages.vectors(passages)

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the passages' fields; see `Retriever`."""
        return self.passage_fields[passages]

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        """Return the passages' texts; see `Retriever`."""
        return [str(text) for text in self.passage_cells.cells(passages, "text")]
