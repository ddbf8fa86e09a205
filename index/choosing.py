"""Who of the eligible is ranked: the best by a goal's meaning and by its words."""

import numpy as np
from numpy.typing import NDArray


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
    chosen[top(best, limit)] = True
    by_words = top(lexical, limit // 2)
    chosen[by_words[lexical[by_words] > 0]] = True
    return rows[chosen]


def top(values: NDArray[np.float32], n: int) -> NDArray[np.int64]:
    """Give the places of the `n` highest values, in any order."""
    if n >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, n)[:n] if n else np.zeros(0, np.int64)


def union(lists: list[NDArray[np.int64]], n_people: int) -> NDArray[np.int64]:
    """Join lists of rows: ascending, each once."""
    if len(lists) == 1:
        return lists[0]
    inside = np.zeros(n_people, np.bool_)
    for rows in lists:
        inside[rows] = True
    return np.flatnonzero(inside)
