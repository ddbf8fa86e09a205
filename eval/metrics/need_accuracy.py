"""Whether the parts of goals that are read as circumstances are none of their needs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eval.datasets.csv_tables import NEED
from eval.datasets.dataset import Dataset
from eval.metrics.intervals import Interval, estimate_ratio, number_clusters
from recommender.errors import DatasetError
from recommender.goals import Goal, split_goal
from recommender.rank_goal import encode_goal
from recommender.retrieval import Retriever


@dataclass(frozen=True, slots=True)
class NeedMeasure:
    """How parts are read, against labels; over the goals that have several."""

    n_goals: int
    n_parts: int
    n_needs: int
    """Parts that are labelled as needs."""
    right: Interval
    """Of the parts read as circumstances, the share that is labelled no need, 0 to 1."""
    found: Interval
    """Of the parts labelled no need, the share that is read as circumstances, 0 to 1."""


def measure_needs(dataset: Dataset, retriever: Retriever) -> NeedMeasure:
    """Compare the reading of each labelled goal with its labels; nothing is fitted on them.

    Raises:
        DatasetError: the dataset has no labels, or not one for each part of a goal.
    """
    if dataset.needs is None:
        raise DatasetError(
            f"{dataset.folder} has no needs.csv; add it, with goal_id, part (1, 2, …) and label "
            "(need, circumstance or terms)"
        )
    labels = dataset.needs.sort_values(["goal_id", "part"])
    by_goal = {str(goal): part["label"].tolist() for goal, part in labels.groupby("goal_id")}
    counts, seekers = [], []
    for row in dataset.goals.itertuples(index=False):
        goal = split_goal(str(row.text))
        if str(row.goal_id) not in by_goal or len(goal.parts) == 1:
            continue
        goal, _ = encode_goal(retriever, goal)
        counts.append(_count(str(row.goal_id), goal, by_goal[str(row.goal_id)]))
        seekers.append(str(row.person_id or row.goal_id))
    n_parts, n_needs, n_read, n_right = np.array(counts, np.float64).T
    clusters = number_clusters(pd.Series(seekers))
    return NeedMeasure(
        len(counts), int(n_parts.sum()), int(n_needs.sum()),
        estimate_ratio(n_right, n_read, clusters),
        estimate_ratio(n_right, n_parts - n_needs, clusters),
    )  # fmt: skip


def _count(goal_id: str, goal: Goal, labels: list[str]) -> tuple[int, int, int, int]:
    """Count parts, labelled needs, parts read as circumstances, and how many of those are none."""
    if len(labels) != len(goal.parts):
        raise DatasetError(
            f"needs.csv has {len(labels)} parts of {goal_id}, which is read as {len(goal.parts)}; "
            "label each part as 'python -m app' shows them"
        )
    told = [label != NEED for label, need in zip(labels, goal.is_need, strict=True) if not need]
    return len(labels), labels.count(NEED), len(told), sum(told)
