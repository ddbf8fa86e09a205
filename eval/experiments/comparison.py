"""Two runs of the same goals: whether one is better, how sure that is, and where they differ."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eval.datasets.dataset import Dataset
from eval.metrics.exposure import LENGTH
from eval.metrics.intervals import Difference, compare_pairs, number_clusters
from eval.metrics.quality import (
    ALL_KINDS,
    HEADLINE,
    MEASURES,
    PAIR_LOSS,
    measure_lists,
    pair_losses,
)
from eval.systems.run_gaps import describe_gaps
from eval.systems.runs import Run

SAME = 1e-9
"""Lists whose measures differ by less are called equal."""

MOST_CHANGED = 10


@dataclass(frozen=True, slots=True)
class Row:
    """The difference of A and B for one kind and measure."""

    kind: str
    measure: str
    a: float
    b: float
    difference: Difference
    wins: int
    """Lists (or persons, for the pair loss) on which A is better."""
    losses: int
    equal: int


@dataclass(frozen=True, slots=True)
class Change:
    """A list on which A and B differ much, with what each suggests."""

    goal_id: str
    relationship: str
    text: str
    a: float
    b: float
    suggested_by_a: tuple[tuple[str, float], ...]
    """Ids and grades, best first."""
    suggested_by_b: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that two runs differ in."""

    name_a: str
    name_b: str
    rows: tuple[Row, ...]
    gaps: tuple[str, ...]
    """What one of the runs does not cover, a sentence each; see `describe_gaps`."""
    changes: tuple[Change, ...]
    """The lists whose headline measure changed most, the largest change first."""


def compare_runs(a: Run, b: Run, dataset: Dataset) -> Comparison:
    """Compare two runs list by list; on rated pairs, person by person."""
    gaps = tuple(
        f"{run.name}: {gap}" for run in (a, b) for gap in describe_gaps(run.frame, dataset)
    )
    if dataset.rated:
        return Comparison(a.name, b.name, (_compare_pair_loss(a, b, dataset),), gaps, ())
    lists_a, lists_b = measure_lists(a.frame, dataset), measure_lists(b.frame, dataset)
    kinds = [kind for kind in sorted(lists_a["relationship"].unique()) if kind]
    rows = []
    for kind in [ALL_KINDS, *kinds]:
        part = np.full(len(lists_a), fill_value=True)
        if kind != ALL_KINDS:
            part = (lists_a["relationship"] == kind).to_numpy()
        clusters = number_clusters(lists_a["seeker"][part])
        for measure in MEASURES:
            values_a = lists_a[measure][part].to_numpy(dtype=np.float64)
            values_b = lists_b[measure][part].to_numpy(dtype=np.float64)
            difference = values_a - values_b
            rows.append(
                Row(
                    kind, measure, float(values_a.mean()), float(values_b.mean()),
                    compare_pairs(difference, clusters),
                    wins=int((difference > SAME).sum()),
                    losses=int((difference < -SAME).sum()),
                    equal=int((np.abs(difference) <= SAME).sum()),
                )
            )  # fmt: skip
    return Comparison(a.name, b.name, tuple(rows), gaps, _changes(a, b, dataset, lists_a, lists_b))


def suggestions_of(
    run: Run, dataset: Dataset, goal_id: str, relationship: str
) -> tuple[tuple[str, float], ...]:
    """Return a list's first suggestions with their grades, 0 where not judged."""
    frame, qrels = run.frame, dataset.qrels
    mine = frame[(frame["goal_id"] == goal_id) & (frame["relationship"] == relationship)]
    judged = qrels[(qrels["goal_id"] == goal_id) & (qrels["relationship"] == relationship)]
    grades = dict(zip(judged["person_id"], judged["grade"], strict=True))
    top = mine[mine["rank"] <= LENGTH].sort_values("rank")
    return tuple((str(person), float(grades.get(person, 0.0))) for person in top["person_id"])


def _compare_pair_loss(a: Run, b: Run, dataset: Dataset) -> Row:
    losses_a = pair_losses(a.frame, dataset.qrels)
    losses_b = pair_losses(b.frame, dataset.qrels)
    total = losses_a["total"].to_numpy(dtype=np.float64)
    wrong_a = losses_a["wrong"].to_numpy(dtype=np.float64)
    wrong_b = losses_b["wrong"].to_numpy(dtype=np.float64)
    # Scaled so that their mean is the difference of the two losses
    difference = (wrong_a - wrong_b) * len(total) / total.sum()
    return Row(
        ALL_KINDS, PAIR_LOSS, float(wrong_a.sum() / total.sum()),
        float(wrong_b.sum() / total.sum()),
        compare_pairs(difference, np.arange(len(total))),
        wins=int((difference < -SAME).sum()),
        losses=int((difference > SAME).sum()),
        equal=int((np.abs(difference) <= SAME).sum()),
    )  # fmt: skip


def _changes(
    a: Run, b: Run, dataset: Dataset, lists_a: pd.DataFrame, lists_b: pd.DataFrame
) -> tuple[Change, ...]:
    texts = dict(zip(dataset.goals["goal_id"], dataset.goals["text"], strict=True))
    table = lists_a[["goal_id", "relationship"]].assign(a=lists_a[HEADLINE], b=lists_b[HEADLINE])
    table["size"] = (table["a"] - table["b"]).abs()
    table = table[table["size"] > SAME].sort_values(
        ["size", "goal_id", "relationship"], ascending=[False, True, True]
    )
    return tuple(
        Change(
            str(goal), str(kind), str(texts[goal]), float(value_a), float(value_b),
            suggestions_of(a, dataset, goal, kind), suggestions_of(b, dataset, goal, kind),
        )
        for goal, kind, value_a, value_b, _ in table.head(MOST_CHANGED).itertuples(index=False)
    )  # fmt: skip
