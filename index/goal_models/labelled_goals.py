"""The project's reference goals, labelled: what is learnt from them suits whatever encoder is used.

Their file's README says where they are from.
"""

from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from recommender.goals import Goal, split_goal
from recommender.relationships import Relationship

FILE = "labelled_goals.tsv"
NEED = "n"
"""The label of a part that is a need; others are circumstances (c) and terms of meeting (t)."""
_KINDS = [str(kind) for kind in Relationship]


@dataclass(frozen=True, slots=True)
class LabelledGoals:
    """Goals with the kind each was written for, and with their needs told from circumstances."""

    goals: tuple[Goal, ...]
    kinds: NDArray[np.int64]
    """`(n_goals,)`: the number of each goal's kind in `Relationship`'s order."""

    @property
    def parts(self) -> list[str]:
        """The parts of all goals, one goal after the other."""
        return [part for goal in self.goals for part in goal.parts]

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each goal's parts begin among `parts`: `(n_goals,)`."""
        counts = np.array([len(goal.parts) for goal in self.goals])
        return np.asarray(np.cumsum(counts) - counts, np.int64)


def read_labelled_goals() -> LabelledGoals:
    """Read the reference goals; a line is `kind`, a letter for each part, and the text."""
    source = resources.files(__package__).joinpath("data", FILE)
    rows = [line.split("\t", 2) for line in source.read_text(encoding="utf-8").splitlines()]
    return LabelledGoals(
        tuple(
            split_goal(text).with_needs([letter == NEED for letter in told])
            for _, told, text in rows
        ),
        np.array([_KINDS.index(kind) for kind, _, _ in rows]),
    )
