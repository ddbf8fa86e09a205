"""An order becomes a good list: not two people alike, and no helper shown to everybody.

Both are taken off the score as contributions of their own, so that a list still stands in the order
of its scores and every score is still an exact sum.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import ListSettings
from recommender.profiles import Field
from recommender.ranking import Ranking
from recommender.retrieval import Candidates, Retriever

TOO_ALIKE = "too_alike"
LOAD = "load"

LABELS = {TOO_ALIKE: "much like one above", LOAD: "shown to many"}
"""What is taken off a score in a list, and what it is called on a card."""

ALIKE_FROM = 0.5
"""Two people whose profiles have this cosine or less are different backgrounds."""

FULL_LOAD = 10.0
"""Shown first to so many seekers, people are as loaded as counts."""

LOAD_STEPS = 4
"""Load comes in so many steps, so that nobody reads off how many others looked."""

COMPARED = 40
"""So many of an order are compared with one another first; more only where one could come in."""

Values = NDArray[np.float64]


def loads(people: People, live: LiveFacts, rows: NDArray[np.int64]) -> Values:
    """Return how much people have been shown: `(len(rows),)`, 0 to 1 in `LOAD_STEPS` steps.

    Exposure, one for a first place and `1 / log2(1 + rank)` for others, as a share of `FULL_LOAD`,
    rounded down. How many places somebody has or has left does not come in: a card shows this
    number, and whoever knows the exposure would divide by it.

    Source: the discount of a place is that of Järvelin & Kekäläinen, "Cumulated gain-based
    evaluation of IR techniques", 2002; exposure as what is to be shared out: Singh & Joachims,
    "Fairness of exposure in rankings", 2018.
    """
    if not len(live.exposure_rows):
        return np.zeros(len(rows))
    exposure = np.zeros(len(people))
    exposure[live.exposure_rows] = live.exposure
    steps: Values = np.floor(np.minimum(exposure[rows] / FULL_LOAD, 1.0) * LOAD_STEPS)
    return steps / LOAD_STEPS


def rerank(
    ranking: Ranking,
    retriever: Retriever,
    found: Candidates,
    load: Values,
    settings: ListSettings,
    length: int,
) -> Ranking:
    """Order anew, with what each loses for load and for being like somebody above.

    The first `length` are chosen one by one: each time the one with the highest score less load and
    less likeness to those chosen. All others lose what they are like those chosen; who could not
    come in anyway is not compared.

    Args:
        ranking: the order by all signals.
        retriever: where the profiles' vectors are.
        found: the candidates that were ranked.
        load: `(n,)`, 0 to 1, in the order of `ranking`.
        settings: the penalties.
        length: how many will be shown.

    Returns:
        `ranking` itself where nobody loses anything, else one with two more signals whose weights
        are below zero.

    Source: Carbonell & Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998.
    """
    lighter = ranking.scores - settings.load_penalty * load
    order = np.lexsort((ranking.rows, -lighter))
    alike = np.zeros(len(order))
    chosen = np.zeros(0, np.int64)
    if settings.alike_penalty and length > 1:
        chosen, alike = _choose(
            order, lighter, settings.alike_penalty, length, _Profiles(retriever, found, ranking)
        )
    if not load.any() and not alike.any():
        return ranking
    scores = lighter - settings.alike_penalty * alike
    left = np.ones(len(order), np.bool_)
    left[chosen] = False
    later = np.flatnonzero(left)
    later = later[np.lexsort((ranking.rows[later], -scores[later]))]
    order = np.concatenate((chosen, later))
    return replace(
        ranking,
        rows=ranking.rows[order],
        scores=scores[order],
        signals=(*ranking.signals, TOO_ALIKE, LOAD),
        weights=np.append(ranking.weights, [-settings.alike_penalty, -settings.load_penalty]),
        values=np.vstack([ranking.values, alike, load])[:, order],
        index=ranking.index[order],
        probability=ranking.probability[order],
    )


class _Profiles:
    """The whole profiles of ranked people as unit vectors; zeros for who has none."""

    def __init__(self, retriever: Retriever, found: Candidates, ranking: Ranking) -> None:
        self._retriever, self._found, self._index = retriever, found, ranking.index

    def vectors(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the profiles of the people at these places of the ranking: `(n, dim)`."""
        found, index = self._found, self._index[positions]
        # the whole profile stands last
        entries = found.starts[index + 1] - 1
        has = np.flatnonzero(entries >= found.starts[index])
        has = has[found.field[entries[has]] == Field.PROFILE]
        known = self._retriever.vectors(found.passage[entries[has]])
        vectors = np.zeros((len(positions), known.shape[1]), np.float32)
        vectors[has] = known
        return vectors


def _choose(
    order: NDArray[np.int64], scores: Values, penalty: float, length: int, profiles: _Profiles
) -> tuple[NDArray[np.int64], Values]:
    """Choose the first few; return their places, and everybody's likeness to them."""
    n_compared = max(COMPARED, 2 * length)
    while True:
        pool = order[:n_compared]
        chosen, alike, last = _choose_among(
            scores[pool], profiles.vectors(pool), penalty, min(length, len(pool))
        )
        if len(pool) == len(order) or scores[order[len(pool)]] <= last:
            break
        n_compared *= 2
    everyone = np.zeros(len(order))
    everyone[pool] = alike
    return pool[chosen], everyone


def _choose_among(
    scores: Values, vectors: NDArray[np.float32], penalty: float, length: int
) -> tuple[NDArray[np.int64], Values, float]:
    """Choose greedily; return the chosen, all likenesses (0 to 1), and the last chosen's score."""
    alike, left = np.zeros(len(scores)), np.ones(len(scores), np.bool_)
    chosen: list[int] = []
    last = -np.inf
    for _ in range(length):
        now = np.where(left, scores - penalty * alike, -np.inf)
        best = int(np.argmax(now))
        last, left[best] = float(now[best]), False
        chosen.append(best)
        cosine = (vectors @ vectors[best]).astype(np.float64)
        likeness = np.clip((cosine - ALIKE_FROM) / (1 - ALIKE_FROM), 0.0, 1.0)
        alike[left] = np.maximum(alike, likeness)[left]
    return np.array(chosen, np.int64), alike, last
