"""Weights learnt from judgements, held near those of the current policy, and tested on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from eval.intervals import Difference, compare_pairs, number_clusters
from eval.judged import FOLDS, SEEDS, Floats, JudgedList, Weights, folds_of, ndcg
from recommender.policy import Policy
from recommender.relationships import Relationship

SHARPNESS = 0.04
"""The difference of scores that makes one suggestion e times likelier than another. Source: among
.03, .04 and .05 it made no difference on the sample company."""

PULL = 0.3
"""How strongly weights are held to the current ones. Source: .03 to 3 were alike on the sample
company; with a tenth of the judgements a weak pull does harm."""

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
    spread = np.sqrt(np.mean([part.signals.var(axis=0) for part in lists], axis=0)) / SHARPNESS

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for part in lists:
            gain = 2.0**part.grades - 1
            share = gain / gain.sum()
            scores = part.signals @ weights / SHARPNESS
            log_chance = scores - scores.max()
            log_chance -= np.log(np.exp(log_chance).sum())
            total -= float(share @ log_chance)
            slope += part.signals.T @ (np.exp(log_chance) - share) / SHARPNESS
        moved = (weights - start) * spread
        total = total / len(lists) + PULL * float(moved @ moved)
        return total, slope / len(lists) + 2 * PULL * moved * spread

    bounds = [(0, None) if weight >= 0 else (None, 0) for weight in start]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, np.float64)


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
