"""What it costs in quality to share the showing out, and what it brings: the curve of load."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset
from eval.tuning.judged_lists import Floats, ndcg
from recommender.inequality import gini
from recommender.live import LiveFacts
from recommender.policy import ListSettings, Policy
from recommender.rank_goal import rank_goal
from recommender.ranking import Ranking
from recommender.rerank import loads, rerank
from recommender.retrieval import Candidates, Retriever

PENALTIES: tuple[float, ...] = (0.0, 0.05, 0.1, 0.15, 0.25, 0.5)
ORDERS = 5
"""How often the goals are shuffled; what is shown first is a load for what comes later."""


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """One point of the curve, means over the orders of goals."""

    penalty: float
    ndcg: float
    """nDCG@5 over lists with a good helper."""
    most_shown: float
    """How often the one shown most is shown."""
    gini: float
    """Of how often each of those eligible for anything is shown: 0 all alike, 1 one only."""
    people_shown: float
    """How many people are shown at all."""


@dataclass(frozen=True, slots=True)
class _List:
    ranking: Ranking
    found: Candidates
    grades: Floats
    """`(n_people,)`"""


def measure_load(dataset: Dataset, retriever: Retriever, policy: Policy) -> list[LoadPoint]:
    """Answer all goals that name a kind one after another, each answer loading those it shows."""
    lists = list(_lists(dataset, retriever, policy))
    anybody = np.zeros(len(retriever.people), np.bool_)
    for part in lists:
        anybody[part.ranking.rows] = True
    points = []
    for penalty in PENALTIES:
        settings = policy.list.model_copy(update={"load_penalty": penalty})
        runs = [_answer(lists, retriever, settings, seed) for seed in range(ORDERS)]
        quality, counts = [run[0] for run in runs], [run[1] for run in runs]
        points.append(
            LoadPoint(
                penalty,
                float(np.mean(quality)),
                float(np.mean([count.max() for count in counts])),
                float(np.mean([gini(count[anybody]) for count in counts])),
                float(np.mean([(count > 0).sum() for count in counts])),
            )
        )
    return points


def _answer(
    lists: Sequence[_List], retriever: Retriever, settings: ListSettings, seed: int
) -> tuple[float, Floats]:
    """Answer in one order; gives the mean nDCG@5, and how often each person was shown."""
    people = retriever.people
    exposure, counts = np.zeros(len(people)), np.zeros(len(people))
    worth = 1 / np.log2(np.arange(2, settings.length + 2))
    quality = []
    for number in np.random.default_rng(seed).permutation(len(lists)):
        part = lists[number]
        seen = np.flatnonzero(exposure)
        live = replace(LiveFacts.none(), exposure_rows=seen, exposure=exposure[seen])
        load = loads(people, live, part.ranking.rows)
        made = rerank(part.ranking, retriever, part.found, load, settings, settings.length)
        top = made.rows[: settings.length]
        exposure[top] += worth[: len(top)]
        counts[top] += 1
        if (part.grades >= 2).any():
            quality.append(ndcg(made.scores, part.grades[made.rows]))
    return float(np.mean(quality)) if quality else float("nan"), counts


def _lists(dataset: Dataset, retriever: Retriever, policy: Policy) -> Iterator[_List]:
    people, judged = retriever.people, dict[tuple[str, str], NDArray[np.float64]]()
    for key, part in dataset.qrels.groupby(["goal_id", "relationship"], sort=False):
        grades = np.zeros(len(people))
        grades[people.rows(part["person_id"].tolist())] = part["grade"].to_numpy(np.float64)
        judged[str(key[0]), str(key[1])] = grades
    for ask in dataset.asks:
        if ask.relationship is None or ask.seeker is None or (ask.goal_id, ask.kind) not in judged:
            continue
        ranked = rank_goal(
            retriever, ask.text, ask.seeker, [ask.relationship], policy, LiveFacts.none(),
            limit=None,
        )  # fmt: skip
        ranking = ranked.by_signals[ask.relationship]
        yield _List(ranking, ranked.candidates, judged[ask.goal_id, ask.kind])
