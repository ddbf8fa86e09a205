"""Judged lists with every signal of everybody in them: what weights and strengths are fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.datasets import csv_tables
from eval.datasets.dataset import Ask, Dataset
from recommender.errors import DatasetError, Problem
from recommender.live import LiveFacts
from recommender.policy import Policy
from recommender.rank_goal import rank_goal
from recommender.relationships import Relationship
from recommender.retrieval import Retriever
from recommender.signals import compute_signals

FOLDS = 5
SEEDS = 3

Floats = NDArray[np.float64]
Weights = Mapping[Relationship, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class JudgedList:
    """One list that was judged."""

    relationship: Relationship
    seeker: str
    signals: Floats
    """`(n, n_signals)`: every eligible person's signals, in the order of the kind's weights."""
    grades: Floats
    """`(n,)`: 0 for who is not listed in the judgements."""


def with_judgements(dataset: Dataset, path: Path) -> Dataset:
    """The dataset with other judgements: a file of feedback, say, in the form of `qrels.csv`.

    Raises:
        DatasetError: the file has problems.
    """
    problems: list[Problem] = []
    columns = ("goal_id", "person_id", "grade")
    judged = csv_tables.read(path, required=columns, optional=("relationship",), problems=problems)
    goals = csv_tables.read(
        dataset.folder / "goals.csv", required=("goal_id", "text"),
        optional=("person_id", "relationship"), problems=problems,
    )  # fmt: skip
    if judged is not None and goals is not None:
        problems += csv_tables.check_qrels(judged, goals, set(dataset.people.ids.tolist()))
    if judged is None or problems:
        raise DatasetError(str(path), problems)
    return replace(dataset, qrels=judged.frame.assign(grade=judged.frame["grade"].astype(float)))


def read_lists(dataset: Dataset, retriever: Retriever, policy: Policy) -> list[JudgedList]:
    """Compute the signals of all who may be suggested, for each list that has a judgement.

    Raises:
        DatasetError: no list of a seeker is judged.
    """
    grades = {
        key: dict(zip(part["person_id"], part["grade"], strict=True))
        for key, part in dataset.qrels.groupby(["goal_id", "relationship"], sort=False)
    }
    lists = [
        found
        for ask in dataset.asks
        if (ask.goal_id, ask.kind) in grades
        and (found := _read(ask, grades[ask.goal_id, ask.kind], retriever, policy)) is not None
    ]
    if not lists:
        raise DatasetError(f"{dataset.folder} has no judged list of a seeker; add judgements")
    return lists


def _read(
    ask: Ask, grades: Mapping[str, float], retriever: Retriever, policy: Policy
) -> JudgedList | None:
    kind, seeker, people = ask.relationship, ask.seeker, retriever.people
    if kind is None or seeker is None:
        return None
    ranked = rank_goal(retriever, ask.text, seeker, [kind], policy, LiveFacts.none(), limit=None)
    found = ranked.candidates
    if not len(found):
        return None
    signals = compute_signals(ranked.context, tuple(policy.of(kind).weights)).T
    own = np.array([grades.get(str(people.ids[row]), 0.0) for row in found.rows])
    return JudgedList(kind, str(people.ids[seeker]), signals, own)


def folds_of(seekers: Sequence[str], seed: int) -> NDArray[np.int64]:
    """Deal seekers into folds, all lists of one together: `(n,)`, 0 to `FOLDS` - 1."""
    unique, number = np.unique(np.array(seekers), return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(unique)) % FOLDS
    return np.asarray(dealt[number], np.int64)


def ndcg(scores: Floats, grades: Floats, depth: int = 5) -> float:
    """Measure nDCG with gain 2^grade - 1; people with equal scores stand as they are given."""
    discount = 1 / np.log2(np.arange(2, depth + 2))
    gain = 2.0**grades - 1
    best = np.sort(gain)[::-1][:depth]
    got = gain[np.argsort(-scores, kind="stable")[:depth]]
    ideal = float(best @ discount[: len(best)])
    return float(got @ discount[: len(got)]) / ideal if ideal else 0.0
