"""What a run does to the company: rules kept, helpers reached, and how evenly it is spread."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset
from eval.metrics.rule_violations import RuleBook
from eval.systems.runs import Run
from eval.systems.systems import eligible_for
from recommender.inequality import gini
from recommender.policy import Policy
from recommender.relationships import Relationship

LENGTH = 5
"""How many suggestions of a list a seeker sees."""

MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a run treats the helpers."""

    violations: Counter[str]
    """Broken rules by name, over every row of the run and not just the first five."""
    eligible: int
    """Helpers who are eligible for at least one list."""
    coverage: float
    """The share of them in at least one top five, 0 to 1."""
    gini: float
    """Of exposure among them: 0 all alike, near 1 one person has it all."""
    catalogue_share: float
    """The share of all places in a top five that the ten most suggested people hold."""
    exposure: NDArray[np.float64]
    """`(eligible,)`: each eligible helper's exposure, ascending."""

    def to_json(self) -> dict[str, float | dict[str, int]]:
        """Return the figures."""
        return {
            "violations": sum(self.violations.values()),
            "violations_by_rule": dict(sorted(self.violations.items())),
            "eligible": self.eligible,
            "coverage": self.coverage,
            "gini": self.gini,
            "catalogue_share": self.catalogue_share,
        }


def measure_conduct(run: Run, dataset: Dataset, policy: Policy) -> Conduct:
    """Measure how a run treats the helpers, under a policy."""
    seekers = dict(zip(dataset.goals["goal_id"], dataset.goals["person_id"], strict=True))
    pairs = [
        (str(seekers[goal]), str(person), Relationship(kind))
        for goal, kind, person in run.frame[["goal_id", "relationship", "person_id"]].itertuples(
            index=False
        )
        if kind and seekers[goal]
    ]
    violations = RuleBook(dataset.people).count_violations(pairs, policy)
    mask = np.zeros(len(dataset.people), np.bool_)
    for ask in dataset.asks:
        mask |= eligible_for(ask, dataset, policy)
    helpers = [str(person) for person in dataset.people.ids[mask]]
    top = run.top(LENGTH)
    places = top["person_id"].value_counts().reindex(helpers, fill_value=0).to_numpy()
    exposure = np.sort(expose(top).reindex(helpers, fill_value=0.0).to_numpy(dtype=np.float64))
    return Conduct(
        violations=violations,
        eligible=len(helpers),
        coverage=float((places > 0).mean()) if len(places) else 0.0,
        gini=gini(exposure),
        catalogue_share=share_of_most(places, MOST_SUGGESTED),
        exposure=exposure,
    )


def expose(top: pd.DataFrame) -> pd.Series:
    """Add up each person's exposure: a place at rank r is seen with weight 1 / log2(r + 1).

    Source: Singh & Joachims, "Fairness of Exposure in Rankings", KDD 2018, section 3.1.
    """
    seen = 1 / np.log2(top["rank"].to_numpy(dtype=np.float64) + 1)
    return pd.Series(seen).groupby(top["person_id"].to_numpy()).sum()


def share_of_most(places: NDArray[np.integer], most: int) -> float:
    """Return the share of all places that the `most` people with most places hold, 0 to 1."""
    total = int(places.sum())
    return float(np.sort(places)[::-1][:most].sum() / total) if total else 0.0
