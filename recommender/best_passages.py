"""From the passages of candidates to the candidates: whose is which, and the best of each."""

import numpy as np
from numpy.typing import NDArray

from recommender.profiles import Field
from recommender.retrieval import Candidates


def owners(candidates: Candidates) -> NDArray[np.int64]:
    """Return to which candidate each passage entry belongs: `(m,)` int64."""
    return np.repeat(np.arange(len(candidates)), np.diff(candidates.starts))


def best_passages(candidates: Candidates, best: int) -> NDArray[np.float64]:
    """Average each candidate's `best` passages most similar to the goal.

    Returns:
        `(n,)` float64, -1 to 1, whole profiles left out. A passage that is not there counts as 0,
        one about something else: a single fitting line proves less than three. -1 for a candidate
        without passages.
    """
    n_candidates = len(candidates)
    pieces = candidates.field != Field.PROFILE
    owner = owners(candidates)[pieces]
    counts = np.bincount(owner, minlength=n_candidates)
    width = max(int(counts.max(initial=0)), best)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.full((n_candidates, width), -np.inf, np.float32)
    table[owner, place] = candidates.similarity[0, pieces]
    top = np.partition(table, width - best, axis=1)[:, width - best :].astype(np.float64)
    mean = np.where(np.isfinite(top), top, 0.0).mean(axis=1)
    return np.clip(np.where(counts > 0, mean, -1.0), -1.0, 1.0)
