"""What the recommender asks of an index: `Retriever`, and the `Candidates` it answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.goals import Goal
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
    each passage; no rows without a seeker."""
    lexical: NDArray[np.float32]
    """`(n,)`: BM25 of the goal with the whole profile, divided by the length of the goal's vector
    of inverse document frequencies, so that long and short goals compare; 0 or more, seldom over
    1, higher is closer."""
    grams: NDArray[np.float32]
    """`(n,)`: tf-idf cosine of the goal's and the whole profile's pieces of words, 0 to 1."""

    def __len__(self) -> int:
        return len(self.rows)


class Retriever(Protocol):
    """An opened snapshot: everything that ranking may know about the company."""

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""

    @property
    def people(self) -> People:
        """Everyone in the snapshot."""

    def encode(self, goal: Goal) -> tuple[Goal, NDArray[np.float32]]:
        """Embed a goal by its parts, and tell its needs from its circumstances.

        Returns:
            The goal, its parts told apart; and `(n_vectors, dim)` float32, unit rows: the goal as a
            whole, then its parts where there are several; see `recommender.goals.with_whole`.
        """

    def kind_logits(self, goal: str, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Say how much a goal asks for each kind: `(4,)` in the order of `Relationship`.

        Args:
            goal: the goal's text.
            vectors: of the goal and its parts, as `encode` gives them.
        """

    def candidates(
        self,
        goal: str,
        vectors: NDArray[np.float32],
        eligible: Sequence[NDArray[np.bool_]],
        limit: int | None,
        seeker: int | None,
    ) -> Candidates:
        """Find who fits best in each of several lists, and score all of their passages exactly.

        Who is found for a list does not depend on the other lists.

        Args:
            goal: the text to match by words.
            vectors: `(n_vectors, dim)` float32, unit rows: the goal, then its parts.
            eligible: for each list `(n_people,)` bool; nobody else is ever in it.
            limit: about how many people to find for a list; None for every eligible person.
            seeker: the row of who asks; None where only texts are compared.
        """

    def passages_of(self, row: int) -> NDArray[np.int64]:
        """Number a person's passages in the snapshot, the whole profile last: `(k,)` int64."""

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the passages' embeddings: `(n, dim)` float32, unit rows."""

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Give the passages' `Field`s: `(n,)` uint8."""

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        """Give the passages' texts."""


QUOTABLE: tuple[Field, ...] = (
    Field.ABOUT,
    Field.CAN_HELP_WITH,
    Field.EXPERIENCE,
    Field.SKILLS,
    Field.ROLE,
)
"""The fields that an explanation may quote."""
