"""Whether a kind that suits a goal is named first, for goals that name none and for all."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eval.datasets.dataset import Dataset
from eval.metrics.intervals import Interval, estimate_mean, number_clusters
from recommender.errors import DatasetError
from recommender.kinds import predict_kinds
from recommender.rank_goal import encode_goal, understand
from recommender.retrieval import Retriever


@dataclass(frozen=True, slots=True)
class KindMeasure:
    """How often the first kind suits, over one group of goals."""

    group: str
    n_goals: int
    suits: Interval
    """Share of goals whose first kind is one that suits, whatever its rank; 0 to 1."""
    best: Interval
    """Share of goals whose first kind is the one that suits best; 0 to 1."""


def measure_kinds(dataset: Dataset, retriever: Retriever) -> list[KindMeasure]:
    """Compare the first kind of each goal's reading with the kinds that suit it.

    Nothing is fitted on the dataset: the kinds are learnt from the project's reference goals.

    Raises:
        DatasetError: the dataset does not say which kinds suit.
    """
    if dataset.kinds is None:
        raise DatasetError(f"{dataset.folder} has no kinds.csv; add it, with goal_id, kind, rank")
    rank = dataset.kinds.set_index(["goal_id", "kind"])["rank"].astype(int)
    known = dataset.goals[dataset.goals["goal_id"].isin(dataset.kinds["goal_id"])]
    rows = []
    for goal in known.itertuples(index=False):
        read, vectors = encode_goal(retriever, understand(retriever, str(goal.text)))
        first = str(predict_kinds(retriever.kind_logits(read.text, vectors)).best)
        found = rank.get((goal.goal_id, first))
        seeker = goal.person_id or goal.goal_id
        rows.append((bool(goal.relationship), found is not None, found == 1, seeker))
    table = pd.DataFrame(rows, columns=["named", "suits", "best", "seeker"])
    groups = {
        "all goals": table,
        "goals that name a kind": table[table["named"]],
        "goals that name none": table[~table["named"]],
    }
    return [_measure(name, group) for name, group in groups.items() if len(group)]


def _measure(name: str, group: pd.DataFrame) -> KindMeasure:
    clusters = number_clusters(group["seeker"])
    suits, best = (group[column].to_numpy(np.float64) for column in ("suits", "best"))
    return KindMeasure(
        name, len(group), estimate_mean(suits, clusters), estimate_mean(best, clusters)
    )
