"""How good the order of a run is, through ir-measures and the pair loss of the reviewers' gold set.

The gain of grade g in nDCG is 2^g - 1. It reproduces the figures that the sample company came with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset
from eval.metrics.intervals import (
    Interval,
    estimate_mean,
    estimate_ratio,
    number_clusters,
)
from eval.systems.runs import Run

MEASURES: tuple[str, ...] = ("nDCG@5", "nDCG@10", "P@5", "RR", "R@50")
"""0 to 1, higher is better. P, RR and R count helpers of the good grade."""

PAIR_LOSS = "pair loss"
"""0 to 1, lower is better; 0.5 is chance."""

HEADLINE = "nDCG@5"
ALL_KINDS = "all"


@dataclass(frozen=True, slots=True)
class Quality:
    """A run's measures: each list's, and their means by kind."""

    run: str
    lists: pd.DataFrame
    """`goal_id, relationship, seeker` and a column for each of `MEASURES`: a row for each judged
    list with a good helper; 0 where the run misses the list. Empty for rated pairs."""
    means: dict[tuple[str, str], Interval]
    """By kind (`ALL_KINDS` for all) and measure."""


def measure_quality(run: Run, dataset: Dataset) -> Quality:
    """Measure a run against a dataset's judgements."""
    if dataset.rated:
        loss = {(ALL_KINDS, PAIR_LOSS): measure_pair_loss(run.frame, dataset.qrels)}
        return Quality(run.name, pd.DataFrame(), loss)
    lists = measure_lists(run.frame, dataset)
    means = {}
    kinds = [kind for kind in sorted(lists["relationship"].unique()) if kind]
    for kind in [ALL_KINDS, *kinds]:
        part = lists if kind == ALL_KINDS else lists[lists["relationship"] == kind]
        clusters = number_clusters(part["seeker"])
        for name in MEASURES:
            means[kind, name] = estimate_mean(part[name].to_numpy(dtype=np.float64), clusters)
    return Quality(run.name, lists, means)


def measure_lists(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Measure each judged list; see `Quality.lists`."""
    # Here, so that a night without judged goals does not hang on it
    import ir_measures

    lists = dataset.good_lists
    wanted = ir_measures_of(dataset)
    query = _query(lists)
    qrels = dataset.qrels.assign(query=_query(dataset.qrels))
    qrels = qrels[qrels["query"].isin(query)]
    run = frame.assign(query=_query(frame))
    run = run[run["query"].isin(query)]
    found = ir_measures.iter_calc(
        list(wanted.values()),
        pd.DataFrame(
            {
                "query_id": qrels["query"],
                "doc_id": qrels["person_id"],
                "relevance": qrels["grade"].astype("int64"),
            }
        ),
        # The place stands for the score: equal scores were parted when the run was read
        pd.DataFrame(
            {
                "query_id": run["query"],
                "doc_id": run["person_id"],
                "score": -run["rank"].astype(float),
            }
        ),
    )
    table = pd.DataFrame(0.0, index=pd.Index(query), columns=list(MEASURES))
    names = {measure: name for name, measure in wanted.items()}
    for metric in found:
        table.loc[metric.query_id, names[metric.measure]] = metric.value
    seekers = dataset.goals.set_index("goal_id")["person_id"].reindex(lists["goal_id"]).to_numpy()
    # A benchmark's goal has no seeker and stands for itself
    seeker = np.where(seekers == "", lists["goal_id"].to_numpy(), seekers)
    return pd.concat([lists.assign(seeker=seeker), table.reset_index(drop=True)], axis=1)


def ir_measures_of(dataset: Dataset) -> dict[str, Any]:
    """Return ir-measures' name for each of `MEASURES` on a dataset's grades."""
    from ir_measures import RR, P, R, nDCG

    grades = sorted({int(grade) for grade in dataset.qrels["grade"]} - {0})
    gains = {grade: 2**grade - 1 for grade in grades}
    good = dataset.good_grade
    return {
        "nDCG@5": nDCG(gains=gains) @ 5,
        "nDCG@10": nDCG(gains=gains) @ 10,
        "P@5": P(rel=good) @ 5,
        "RR": RR(rel=good),
        "R@50": R(rel=good) @ 50,
    }


def measure_pair_loss(frame: pd.DataFrame, ratings: pd.DataFrame) -> Interval:
    """Estimate the pair loss with an interval over the people who rated; see `count_pair_loss`."""
    losses = pair_losses(frame, ratings)
    wrong, total = losses.to_numpy(dtype=np.float64).T
    return estimate_ratio(wrong, total, np.arange(len(losses)))


def pair_losses(frame: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """Count each rating person's pairs: `wrong` and `total` by person id, sorted by it."""
    keys = ["goal_id", "relationship", "person_id"]
    rated = ratings.merge(frame[[*keys, "score"]], on=keys, how="left")
    # What a run misses is behind everything that it has
    rated["score"] = rated["score"].fillna(-np.inf)
    losses = {
        str(person): count_pair_loss(
            part["grade"].to_numpy(np.float64), part["score"].to_numpy(np.float64)
        )
        for person, part in rated.groupby("person_id", sort=True)
    }
    return pd.DataFrame.from_dict(losses, orient="index", columns=["wrong", "total"])


def count_pair_loss(
    grades: NDArray[np.float64], scores: NDArray[np.float64]
) -> tuple[float, float]:
    """Add up one person's wrongly ordered pairs of goals, weighted by how far their ratings differ.

    Args:
        grades: `(n,)` float64, the person's rating of each goal.
        scores: `(n,)` float64, the system's score of the person for each goal.

    Returns:
        The rating differences of the pairs that the scores put in the wrong order (a tie counts
        half), and those of all pairs rated differently; the loss is the first over the second.

    Source: Stelmakh, Wieting, Neubig & Shah, "A Gold Standard Dataset for the Reviewer Assignment
    Problem", 2023, section 4: a weighted Kendall tau.
    """
    differ = grades[:, None] - grades[None, :]
    higher = differ > 0
    first, second = np.nonzero(higher)
    behind = scores[first] < scores[second]
    tied = scores[first] == scores[second]
    weight = differ[first, second]
    return float((weight * (behind + 0.5 * tied)).sum()), float(weight.sum())


def _query(frame: pd.DataFrame) -> pd.Series:
    """Join goal and kind to one key; ids hold no tab."""
    return frame["goal_id"] + "\t" + frame["relationship"]
