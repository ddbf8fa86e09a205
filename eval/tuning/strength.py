"""Strong, fair and weak as probabilities: by logistic regression, checked on other seekers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.tuning.judged_lists import (
    FOLDS,
    Floats,
    JudgedList,
    Weights,
    folds_of,
)
from recommender.errors import DatasetError
from recommender.policy import Policy
from recommender.relationships import Relationship
from recommender.strength import margins

SHOWN = 5
"""Suggestions of each list that are shown, and so have a strength."""

GOOD = 2.0
"""The grade from which a suggestion is good."""

DEALS = 10
"""How often seekers are dealt into folds anew."""

STRONG_HOLDS, WEAK_HOLDS = 0.60, 0.15
"""Of those called strong at least, of those called weak at most so many are good."""

MARGIN = 0.01
"""Cuts are chosen so that both hold by this much on held-out seekers."""

STRONG_CUTS = np.arange(0.50, 0.81, 0.02)
FAIR_CUTS = np.arange(0.30, 0.05, -0.01)

RIDGE = 0.1
"""Holds coefficients back where there are few judgements; of no effect on hundreds."""

KINDS = tuple(Relationship)


@dataclass(frozen=True, slots=True)
class Shown:
    """All suggestions that would be shown."""

    kind: NDArray[np.int64]
    """`(n,)`: the number of the kind."""
    seeker: list[str]
    score: Floats
    """`(n,)`"""
    margin: Floats
    """`(n,)`: above the sixth."""
    good: NDArray[np.bool_]
    """`(n,)`"""


@dataclass(frozen=True, slots=True)
class Held:
    """One strength on held-out seekers."""

    word: str
    share: float
    """Of all shown suggestions, 0 to 1."""
    good: float
    """Share of these that are good, 0 to 1; NaN where there are none."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients for the policy, fitted on all seekers, and what held on others."""

    constants: Mapping[Relationship, float]
    score: float
    margin: float
    strong: float
    fair: float
    held: tuple[Held, ...]

    @property
    def holds(self) -> bool:
        """Whether strong and weak keep what they promise on held-out seekers."""
        return keeps_promise(self.held)

    def tables(self) -> dict[Relationship, dict[str, float]]:
        """Return the `strength` table of each kind."""
        shared = {
            "score": self.score, "margin": self.margin, "strong": self.strong, "fair": self.fair,
        }  # fmt: skip
        return {kind: {"constant": self.constants[kind], **shared} for kind in KINDS}


def shown_of(lists: Sequence[JudgedList], weights: Weights) -> Shown:
    """Order each list by its signals and take the first few.

    Raises:
        DatasetError: too few seekers, or none of those shown is good, or all are.
    """
    kinds, seekers, scores, above, grades = [], [], [], [], []
    for part in lists:
        score = part.signals @ np.array(list(weights[part.relationship].values()))
        order = np.argsort(-score, kind="stable")
        own = score[order]
        n_shown = min(SHOWN, len(order))
        kinds += [KINDS.index(part.relationship)] * n_shown
        seekers += [part.seeker] * n_shown
        scores.append(own[:n_shown])
        above.append(margins(own)[:n_shown])
        grades.append(part.grades[order[:n_shown]])
    good = np.concatenate(grades) >= GOOD
    if len(set(seekers)) < FOLDS or good.all() or not good.any():
        raise DatasetError(
            f"strength cannot be calibrated: {len(set(seekers))} seekers were judged, {good.sum()} "
            f"of {len(good)} suggestions shown are good; give at least {FOLDS} seekers, and "
            "judgements of both sorts"
        )
    return Shown(np.array(kinds), seekers, np.concatenate(scores), np.concatenate(above), good)


def calibrate(shown: Shown) -> Calibration:
    """Fit the probabilities and choose the cuts that hold on held-out seekers.

    The cuts are the lowest `strong` and the highest `fair` that hold; where none does, the last
    tried, and `Calibration.holds` is False.
    """
    probability = _held_out(shown)
    good = np.tile(shown.good, DEALS)
    strong = _first(
        STRONG_CUTS, lambda cut: _rate(good, probability >= cut) >= STRONG_HOLDS + MARGIN
    )
    fair = _first(FAIR_CUTS, lambda cut: _rate(good, probability < cut) <= WEAK_HOLDS - MARGIN)
    held = hold(
        good, probability, np.full(len(probability), strong), np.full(len(probability), fair)
    )
    fitted = fit_logistic(shown, np.ones(len(shown.good), np.bool_))
    score, margin, *constants = (round(float(value), 2) for value in fitted)
    by_kind = dict(zip(KINDS, constants, strict=True))
    return Calibration(by_kind, score, margin, strong, fair, held)


def check_policy(shown: Shown, policy: Policy) -> tuple[Held, ...]:
    """Measure a policy's own strengths on judged suggestions, none of them fitted here."""
    limits = [policy.of(kind).strength for kind in KINDS]
    at = shown.kind
    logit = (
        np.array([limit.constant for limit in limits])[at]
        + np.array([limit.score for limit in limits])[at] * shown.score
        + np.array([limit.margin for limit in limits])[at] * shown.margin
    )
    strong = np.array([limit.strong for limit in limits])[at]
    fair = np.array([limit.fair for limit in limits])[at]
    return hold(shown.good, _logistic(logit), strong, fair)


def hold(
    good: NDArray[np.bool_], probability: Floats, strong: Floats, fair: Floats
) -> tuple[Held, ...]:
    """Count how many of each strength are good."""
    masks = {
        "strong": probability >= strong,
        "fair": (probability < strong) & (probability >= fair),
        "weak": probability < np.minimum(fair, strong),
    }
    return tuple(Held(word, float(mask.mean()), _rate(good, mask)) for word, mask in masks.items())


def keeps_promise(held: Sequence[Held]) -> bool:
    """Whether strong is good often enough, and weak seldom enough; none of a word breaks none."""
    good = {part.word: part.good for part in held}
    return not (good["strong"] < STRONG_HOLDS or good["weak"] > WEAK_HOLDS)


def fit_logistic(shown: Shown, train: NDArray[np.bool_]) -> Floats:
    """Fit the logit of being good: `(2 + 4,)`: of score, of margin, and each kind's constant.

    A higher score or margin never makes a match less likely to be good.
    """
    kinds = np.eye(len(KINDS))[shown.kind[train]]
    table = np.column_stack([shown.score[train], shown.margin[train], kinds])
    good = shown.good[train].astype(np.float64)

    def loss(weights: Floats) -> tuple[float, Floats]:
        logit = table @ weights
        total = float((np.logaddexp(0, logit) - good * logit).sum())
        slope = table.T @ (_logistic(logit) - good)
        # the constants are held to one another, not to zero
        apart = weights[2:] - weights[2:].mean()
        slope[2:] += RIDGE * apart
        return total + RIDGE / 2 * float(apart @ apart), slope

    bounds = [(0, 100), (0, 100), *[(-100, 100)] * len(KINDS)]
    start = np.zeros(2 + len(KINDS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, np.float64)


def _held_out(shown: Shown) -> Floats:
    """Return each suggestion's probability by others' judgements, once for each deal."""
    kinds = np.eye(len(KINDS))[shown.kind]
    table = np.column_stack([shown.score, shown.margin, kinds])
    probability = np.zeros((DEALS, len(shown.good)))
    for seed in range(DEALS):
        folds = folds_of(shown.seeker, seed)
        for fold in range(FOLDS):
            weights = fit_logistic(shown, folds != fold)
            probability[seed, folds == fold] = _logistic(table[folds == fold] @ weights)
    return probability.ravel()


def _first(cuts: Floats, holds: Callable[[float], bool]) -> float:
    found = next((float(cut) for cut in cuts if holds(float(cut))), float(cuts[-1]))
    return round(found, 2)


def _rate(good: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    return float(good[mask].mean()) if mask.any() else float("nan")


def _logistic(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -700, 700))), np.float64)
