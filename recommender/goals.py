"""A goal and the several needs in it."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.errors import GoalError

MAX_GOAL_CHARACTERS = 4000
"""A goal is a few sentences; the encoder reads about the first 1,200 characters."""

MAX_NEEDS = 4
"""More parts than this are a story, not a goal; the last ones stay joined."""

WHOLE_GOAL_WEIGHT = 0.5
"""How much the goal as one text counts beside its needs, where there are several."""

_SENTENCE_END = re.compile(r"(?<=[.!?…。？！])\s+|[;；\n]+|\s[-–—•*]\s")
_MIN_NEED_WORDS = 3


@dataclass(frozen=True, slots=True)
class Goal:
    """A learning goal as it is matched."""

    text: str
    """The goal, white space folded."""
    needs: tuple[str, ...]
    """One to `MAX_NEEDS` parts of the goal; a simple goal is its own only need."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What is embedded and matched: the whole goal, then its needs where there are several."""
        return (self.text, *self.needs) if len(self.needs) > 1 else (self.text,)

    @property
    def weights(self) -> NDArray[np.float64]:
        """How much each of `texts` counts: `(len(texts),)` float64, sums to 1."""
        if len(self.needs) == 1:
            return np.ones(1)
        share = (1 - WHOLE_GOAL_WEIGHT) / len(self.needs)
        return np.array([WHOLE_GOAL_WEIGHT, *[share] * len(self.needs)])

    def row_of_need(self, number: int) -> int:
        """Find the row of `texts` that holds need `number`."""
        return number + 1 if len(self.needs) > 1 else 0


def read_goal(text: str) -> Goal:
    """Fold the white space of a goal and split it into its needs.

    Raises:
        GoalError: the goal is empty, holds no letters, or is longer than `MAX_GOAL_CHARACTERS`.
    """
    folded = " ".join(text.split())
    if not any(character.isalpha() for character in folded):
        raise GoalError("the goal has no words; say in a sentence what you would like to learn")
    if len(folded) > MAX_GOAL_CHARACTERS:
        raise GoalError(
            f"the goal has {len(folded):,} characters, more than {MAX_GOAL_CHARACTERS:,}; "
            "say in a few sentences what you would like to learn"
        )
    return Goal(folded, _split(text))


def whole_goal(text: str) -> Goal:
    """Take a text of any length as one need: for benchmarks, whose goals are abstracts."""
    return Goal(" ".join(text.split()), (" ".join(text.split()),))


def _split(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    for piece in _SENTENCE_END.split(text):
        part = " ".join(piece.split())
        if not part:
            continue
        if parts and (len(part.split()) < _MIN_NEED_WORDS or len(parts) == MAX_NEEDS):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    if len(parts) > 1 and len(parts[0].split()) < _MIN_NEED_WORDS:
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    return tuple(parts)
