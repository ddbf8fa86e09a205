"""Reading a shortlist: how well each person fits, and which of their passages say so.

Signals find the right people but do not read them. A reader looks at the first of an order once
more, with the goal, the kind and the passages; its word is one more signal of the sum, so that
contributions still add up exactly, and it alone says what may be quoted as a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.goals import Goal
from recommender.ranking import Ranking
from recommender.relationships import Relationship
from recommender.signals import SignalContext

READER = "reader"
"""The reader's word among the signals of a ranking."""

LABEL = "read closely"
"""What it is called on a card."""

GOOD_GRADE = 2
"""From this grade on a person is good: they would be introduced."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The first people of one order, to be read."""

    goal: Goal
    context: SignalContext
    ranking: Ranking
    """The whole order by signals."""
    vectors: NDArray[np.float32]
    """`(n_vectors, dim)`, unit rows: the goal, then its parts where there are several."""
    n: int
    """How many of the first are to be read."""

    @property
    def relationship(self) -> Relationship:
        """The kind asked for."""
        return self.context.relationship


@dataclass(frozen=True, slots=True)
class Case:
    """A passage that speaks to a need."""

    need: int
    """The number of the need among `Goal.needs`."""
    passage: int
    """The passage's number in the snapshot."""
    probability: float
    """How likely it is that whoever reads it sees why this person could help, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader thinks of one person."""

    fit: float
    """How well the person fits, 0 to 1: the value of the signal."""
    grades: NDArray[np.float64]
    """`(4,)`: the probability of each grade: 0 no, 1 would help somewhat, 2 good, 3 introduce them
    tomorrow; sums to 1."""
    cases: tuple[Case, ...] | None
    """The passages that may be quoted, the best first; empty where none makes the case; None where
    the reader judges people, not passages, and what is quoted is chosen as without it."""

    @property
    def good(self) -> float:
        """How likely the person is a good match, 0 to 1."""
        return float(self.grades[GOOD_GRADE:].sum())


class Reader(Protocol):
    """Reads the first people of an order."""

    @property
    def name(self) -> str:
        """What reads, for reports and for the page."""

    @property
    def reads(self) -> int:
        """How many people it can read of a list."""

    @property
    def weight(self) -> float:
        """What a fit of 1 adds to a score."""

    def read(self, shortlist: Shortlist) -> Sequence[Opinion] | None:
        """Read the shortlist.

        Returns:
            An opinion for each of the first `shortlist.n`, in their order; None where nothing could
            be read, and then the signals stand alone.
        """


Opinions = dict[int, Opinion]
"""By the row of the person."""


def reread(
    ranking: Ranking,
    context: SignalContext,
    goal: Goal,
    vectors: NDArray[np.float32],
    reader: Reader,
) -> tuple[Ranking, Opinions]:
    """Let a reader read the first of an order, and order anew with its word.

    Whoever is not read keeps their score, and so stays behind those who are.

    Returns:
        The order with one more signal; and what was thought of whom. The order itself and nothing
        where the reader could not read.
    """
    n = min(reader.reads, len(ranking.rows))
    opinions = reader.read(Shortlist(goal, context, ranking, vectors, n)) if n else None
    if not opinions:
        return ranking, {}
    fit, probability = np.zeros(len(ranking.rows)), ranking.probability.copy()
    fit[:n] = [opinion.fit for opinion in opinions]
    probability[:n] = [opinion.good for opinion in opinions]
    scores = ranking.scores + reader.weight * fit
    order = np.lexsort((ranking.rows, -scores))
    return replace(
        ranking,
        rows=ranking.rows[order],
        scores=scores[order],
        signals=(*ranking.signals, READER),
        weights=np.append(ranking.weights, reader.weight),
        values=np.vstack([ranking.values, fit])[:, order],
        index=ranking.index[order],
        probability=probability[order],
    ), dict(zip(ranking.rows[:n].tolist(), opinions, strict=True))
