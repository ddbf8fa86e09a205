"""What the recommender asks of an index: `Retriever`, and the `Candidates` it answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.people import People
from recommender.profiles import Field


@dataclass(frozen=True, slots=True)
class Candidates:
    """Eligible people who may fit one of several lists, unranked, everybody once.

    What is said of their passages holds for all lists alike.
    """

    rows: NDArray[np.int64]
    """`(n,)` rows of `People`, ascending."""
    lists: tuple[NDArray[np.int64], ...]
    """For each list that was asked for, the places among `rows` of those who may stand in it,
    ascending."""
    starts: NDArray[np.int64]
    """`(n + 1,)`: candidate i owns the entries `starts[i]:starts[i + 1]` of the passage arrays."""
    passage: NDArray[np.int64]
    """`(m,)`: the passage's number in the snapshot."""
    field: NDArray[np.uint8]
    """`(m,)`: the passage's `Field`."""
    similarity: NDArray[np.float32]
    """`(n_vectors, m)`: cosine of the goal (row 0) and each of its parts with each passage, -1 to
    1, higher is closer."""
    own: NDArray[np.float32]
    """`(n_own, m)`: cosine of each of the seeker's own passages, the whole profile left out, with
    each passage."""
    lexical: NDArray[np.float32]
    """`(n,)`: BM25 of the goal with the whole profile, divided by the length of the goal's vector
    of inverse document frequencies, so that long and short goals compare; 0 or more, seldom over
    1, higher is closer."""
    grams: NDArray[np.float32]
    """`(n,)`: tf-idf cosine of the goal's and the whole profile's pieces of words, 0 to 1."""

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One list to find candidates for."""

    eligible: NDArray[np.bool_]
    """`(n_people,)`: nobody else is ever in it."""
    profile: float = 0.5
    """What the likeness of goal and whole profile counts when candidates are chosen."""
    words: float = 0.6
    """What BM25 counts, as `b / (b + 1)`."""


class Retriever(Protocol):
    """An opened snapshot: everything that ranking may know about the company."""

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""

    @property
    def people(self) -> People:
        """Everyone in the snapshot."""

    def goal_centroid(self, language: str) -> NDArray[np.float32]:
        """Return the common direction of goals in a language: `(dim,)` float32.

        It says nothing about content. A language of which nothing is known has that of English.
        """

    def language_of(self, text: str) -> str:
        """Return in which language a goal is written: two or three letters (ISO 639)."""

    def put_right(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Put right what are surely slips of the keyboard in a part of an English goal.

        Returns:
            The text; and for each changed word, as typed and as read.
        """

    def encode_parts(self, parts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of a goal, each as if it were alone.

        Returns:
            `(n_parts, dim)` float32, unit rows; and `(n_parts, width)` float32: how each part
            speaks, for `need_probabilities`.
        """

    def need_probabilities(
        self, manner: NDArray[np.float32], parts: Sequence[str]
    ) -> NDArray[np.float64]:
        """Predict how likely each of several parts is to be a need: `(n_parts,)`, 0 to 1."""

    def kind_logits(self, goal: str, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predict how much a goal asks for each kind: `(4,)` in the order of `Relationship`.

        Args:
            goal: the goal's text.
            vectors: of the goal and its parts; see `recommender.goals.with_whole`.
        """

    def candidates(
        self,
        goal: str,
        vectors: NDArray[np.float32],
        queries: Sequence[ListQuery],
        limit: int | None,
        own: NDArray[np.int64],
        language: str = "en",
    ) -> Candidates:
        """Find who fits best in each of several lists, and score all of their passages exactly.

        Who is found for a list does not depend on the other lists.

        Args:
            goal: the text to match by words.
            vectors: `(n_vectors, dim)` float32, unit rows: the goal, then its parts.
            queries: the lists.
            limit: about how many people to find for a list; None for every eligible person.
            own: `(k,)`: passages that every passage found is compared with: the seeker's own.
            language: of the text; its function words are no match.
        """

    def passages_of(self, row: int) -> NDArray[np.int64]:
        """Return the numbers of a person's passages, the whole profile last: `(k,)` int64."""

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the passages' embeddings: `(n, dim)` float32, unit rows."""

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the passages' `Field`s: `(n,)` uint8."""

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        """Return the passages' texts."""


QUOTABLE: tuple[Field, ...] = (
    Field.ABOUT,
    Field.CAN_HELP_WITH,
    Field.EXPERIENCE,
    Field.SKILLS,
    Field.ROLE,
)
"""The fields that an explanation may quote."""
