"""Words that a goal shares with passages, each weighed by how few of a shortlist use it."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

STEM = 6
"""Words alike in their first letters count as one: a stemmer for any language."""

_WORD = re.compile(r"[^\W\d_]{3,}")


@lru_cache(maxsize=1 << 14)
def stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's words of three letters and more."""
    return frozenset(word[:STEM] for word in _WORD.findall(text.lower()))


def word_overlap(
    goal: str, needs: Sequence[str], passages: Sequence[Sequence[str]]
) -> NDArray[np.float64]:
    """Sum the weights of the words that each person's passages share with a goal.

    A word weighs `log((n + 1) / (k + 1/2))` where k of the n people use it.

    Args:
        goal: the goal's text.
        needs: its needs, one at least.
        passages: each person's.

    Returns:
        `(n, 6)` float64, 0 or more: the best passage for one need, the best for each need on
        average, the best for the whole goal; all passages for the whole goal, for its needs; and
        how many of the goal's words are there at all.
    """
    read = [[stems(text) for text in own] for own in passages]
    profiles = [frozenset[str]().union(*own) for own in read]
    used = Counter(word for profile in profiles for word in profile)
    weight = {word: float(np.log((len(read) + 1) / (n + 0.5))) for word, n in used.items()}
    wanted, all_words = [stems(need) for need in needs], stems(goal)

    def weigh(words: frozenset[str], text: frozenset[str]) -> float:
        return sum(weight[word] for word in words & text)

    rows = []
    for own, profile in zip(read, profiles, strict=True):
        best = [max((weigh(need, text) for text in own), default=0.0) for need in wanted]
        rows.append(
            (
                max(best), sum(best) / len(best),
                max((weigh(all_words, text) for text in own), default=0.0),
                weigh(all_words, profile), sum(weigh(need, profile) for need in wanted),
                float(len(all_words & profile)),
            )
        )  # fmt: skip
    return np.array(rows, np.float64).reshape(len(rows), 6)
