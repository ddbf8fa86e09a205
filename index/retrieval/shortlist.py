"""Who of the eligible is ranked: those whose whole profile is closest, by meaning and by words."""

import numpy as np
from numpy.typing import NDArray

from recommender.retrieval import ListQuery
from recommender.signals import words_fit


def first_stage(
    query: ListQuery, profile: NDArray[np.float32], bm25: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Weigh meaning and words of whole profiles into one number, as the list will rank by them.

    Both are known of everybody for the price of a vector and a look at the goal's words. Source: of
    the first five by all signals of the sample company's lists, .93 are among the 10 best of about
    100 by this, and .85 among as many chosen by their best passage; of 10,000 drawn people .99
    among the 150 best, against .95.

    Args:
        query: the list, with the two weights.
        profile: `(n,)`: similarity of the goal with each whole profile, -1 to 1.
        bm25: `(n,)`: BM25 of the goal with each whole profile, normalised, 0 or more.

    Returns:
        `(n,)` float64; higher is closer.
    """
    return np.asarray(query.profile * profile + query.words * words_fit(bm25), np.float64)


def top(values: NDArray[np.floating], n: int) -> NDArray[np.int64]:
    """Return the places of the `n` highest values, in any order."""
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
