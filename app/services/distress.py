"""Knowing a goal that tells of somebody who is treated badly, and is nothing to be coached in.

`distress.toml` holds sentences of that kind, and sentences close to them that are about learning.
"""

import re
import threading
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from recommender.goals import read_goal
from recommender.retrieval import Retriever

ALIKE_FROM = 0.5
"""A part with this cosine to a sentence of distress, and a lower one to all about learning, tells
of distress. Source: of 192 goals of the sample company none, of fifteen told for the test nine."""

ALIKE_WITH_A_WORD = 0.35
"""The same where one of the words stands in the part: then three more of the fifteen, still none
of the sample company's."""

NEARLY = 0.05
"""With a word, a sentence about learning may be so much nearer."""

_DATA = Path(__file__).with_name("distress.toml")


@dataclass(frozen=True)
class _Examples:
    """The sentences as the snapshot's encoder sees them: unit rows."""

    distress: NDArray[np.float32]
    learning: NDArray[np.float32]


def sounds_like_distress(retriever: Retriever, goal: str) -> bool:
    """Return whether a part of a goal is nearer to being treated badly than to learning.

    Args:
        retriever: the snapshot, whose encoder embeds.
        goal: its text.

    Raises:
        GoalError: the goal cannot be read.
    """
    parts = read_goal(goal).parts
    vectors, _ = retriever.encode_parts(parts)
    examples = _examples_of(retriever)
    distress = (vectors @ examples.distress.T).max(axis=1)
    learning = (vectors @ examples.learning.T).max(axis=1)
    worded = np.array([_words().search(part) is not None for part in parts])
    alike = (distress >= ALIKE_FROM) & (distress > learning)
    with_word = worded & (distress >= ALIKE_WITH_A_WORD) & (distress > learning - NEARLY)
    return bool((alike | with_word).any())


_kept: "WeakKeyDictionary[Retriever, _Examples]" = WeakKeyDictionary()
_lock = threading.Lock()


def _examples_of(retriever: Retriever) -> _Examples:
    with _lock:
        found = _kept.get(retriever)
        if found is None:
            found = _Examples(
                *(retriever.encode_parts(_data()[name])[0] for name in ("distress", "learning"))
            )
            _kept[retriever] = found
        return found


@cache
def _words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _data()['words']))})", re.IGNORECASE)


@cache
def _data() -> dict[str, Sequence[str]]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))
