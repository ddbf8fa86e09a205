"""Weights learnt from judgements, held near those of the current policy, and tested on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from eval.metrics.intervals import Difference, compare_pairs, number_clusters
from eval.tuning.judged_lists import (
    FOLDS,
    SEEDS,
    Floats,
    JudgedList,
    Weights,
    folds_of,
    ndcg,
)
from recommender.policy import Policy
from recommender.relationships import Relationship

STEPS = np.geomspace(0.01, 1.0, 25)
"""Differences of scores tried as what makes one suggestion e times likelier than another; the one
that suits the current weights is taken, so that fitting changes their proportions, not their size.
"""

PULL = 0.3
"""How strongly weights are held to the current ones. Source: .03 to 3 were alike on the sample
company."""

FEWEST = 8
"""A kind with fewer lists that somebody fits keeps its weights."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of fitting."""

    now: Weights
    fitted: Weights
    """Fitted on all lists; three decimals."""
    gain: Difference
    """nDCG@5 of weights fitted on other seekers less that of the current ones, over all lists."""
    gains: dict[Relationship, Difference]
    """The same for each kind that was fitted."""

    @property
    def is_sure(self) -> bool:
        """Whether the gain is more than noise."""
        return self.gain.low > 0


def fit_weights(lists: Sequence[JudgedList], policy: Policy) -> Fit:
    """Fit each kind's weights, and measure what that gains for seekers it was not fitted on."""
    now = {kind: dict(policy.of(kind).weights) for kind in Relationship}
    fitted, rows = dict(now), []
    for kind in Relationship:
        usable = [part for part in lists if part.relationship is kind and part.grades.any()]
        seekers = [part.seeker for part in usable]
        if len(usable) < FEWEST or len(set(seekers)) < FOLDS:
            continue
        start = np.array(list(now[kind].values()))
        found = fit_kind(usable, start)
        fitted[kind] = {
            name: round(float(weight), 3) for name, weight in zip(now[kind], found, strict=True)
        }
        difference = _held_out(usable, start) - _measure(usable, start)
        rows += [
            (str(kind), seeker, value) for seeker, value in zip(seekers, difference, strict=True)
        ]
    table = pd.DataFrame(rows, columns=["kind", "seeker", "difference"])
    gains = {
        Relationship(str(kind)): _compare(part) for kind, part in table.groupby("kind", sort=False)
    }
    return Fit(now, fitted, _compare(table), gains)


def fit_kind(lists: Sequence[JudgedList], start: Floats) -> Floats:
    """Fit one kind's weights to its lists.

    Minimises the cross-entropy of each list's gains (2^grade - 1, as shares) and the soft maximum
    of its scores, plus the pull: the squares of what the weights change, each times its signal's
    spread within lists, so that all signals count alike. No weight changes its sign.

    Args:
        lists: with somebody graded above 0 in each.
        start: `(n_signals,)`: the current weights.

    Source: listwise loss: Cao et al., "Learning to rank: from pairwise approach to listwise
    approach", ICML 2007.
    """
    step = min(STEPS, key=lambda step: _list_loss(lists, start, float(step))[0])
    spread = np.sqrt(np.mean([part.signals.var(axis=0) for part in lists], axis=0)) / step

    def loss(weights: Floats) -> tuple[float, Floats]:
        own, slope = _list_loss(lists, weights, float(step))
        moved = (weights - start) * spread
        return own + PULL * float(moved @ moved), slope + 2 * PULL * moved * spread

    bounds = [(0, None) if weight >= 0 else (None, 0) for weight in start]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, np.float64)


def _list_loss(lists: Sequence[JudgedList], weights: Floats, step: float) -> tuple[float, Floats]:
    """Return the mean cross-entropy of the lists and its slope."""
    total, slope = 0.0, np.zeros_like(weights)
    for part in lists:
        gain = 2.0**part.grades - 1
        share = gain / gain.sum()
        scores = part.signals @ weights / step
        log_probability = scores - scores.max()
        log_probability -= np.log(np.exp(log_probability).sum())
        total -= float(share @ log_probability)
        slope += part.signals.T @ (np.exp(log_probability) - share) / step
    return total / len(lists), slope / len(lists)


def _held_out(lists: Sequence[JudgedList], start: Floats) -> Floats:
    """Measure each list with weights fitted on other seekers', mean over deals: `(n_lists,)`."""
    total = np.zeros(len(lists))
    for seed in range(SEEDS):
        folds = folds_of([part.seeker for part in lists], seed)
        for fold in range(FOLDS):
            others = [part for part, own in zip(lists, folds, strict=True) if own != fold]
            weights = fit_kind(others, start)
            for number in np.flatnonzero(folds == fold).tolist():
                total[number] += ndcg(lists[number].signals @ weights, lists[number].grades)
    return total / SEEDS


def _measure(lists: Sequence[JudgedList], weights: Floats) -> Floats:
    return np.array([ndcg(part.signals @ weights, part.grades) for part in lists])


def _compare(table: pd.DataFrame) -> Difference:
    values = table["difference"].to_numpy(np.float64)
    return compare_pairs(values, number_clusters(table["seeker"]))
