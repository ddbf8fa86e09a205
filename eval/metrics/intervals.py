"""How sure a figure is: bootstrap intervals, and tests of a difference between two runs.

Everything is seeded, so that the same command gives the same bytes. What is drawn again is a
*cluster*: a seeker with all of their goals, since goals of one person are not independent; a goal
without a seeker is a cluster by itself.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

REPEATS = 2000
"""Bootstrap samples; the ends of an interval then move by about 0.1 of its half-width."""

FLIPS = 10_000
"""Sign patterns of a randomisation test."""

SEED = 20250701
COVERAGE_PERCENT = 95.0


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % percentile interval; NaN throughout where nothing was measured."""

    value: float
    low: float
    high: float
    n: int
    """How many lists (or persons) it rests on."""

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "–"
        return f"{_short(self.value)} [{_short(self.low)}, {_short(self.high)}]"


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of A minus B over the same lists, with its interval and p-value."""

    value: float
    low: float
    high: float
    p_value: float
    """Two-sided, from flipping signs; the smallest possible is 1 / (FLIPS + 1)."""
    n: int


def estimate_ratio(
    numerator: NDArray[np.float64],
    denominator: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    seed: int = SEED,
) -> Interval:
    """Estimate `sum(numerator) / sum(denominator)` with a percentile bootstrap over clusters.

    A mean is the ratio with a denominator of ones.

    Args:
        numerator: `(n,)` float64.
        denominator: `(n,)` float64, 0 or more.
        clusters: `(n,)`: the number of each row's cluster, 0 and up without gaps.
        seed: of the samples.

    Source: Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3; resampling
    whole clusters: Davison & Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8.
    """
    total = float(denominator.sum())
    if not total:
        return Interval(np.nan, np.nan, np.nan, len(numerator))
    drawn = draw_clusters(int(clusters.max()) + 1, seed)
    tops = drawn @ np.bincount(clusters, numerator)
    bottoms = drawn @ np.bincount(clusters, denominator)
    low, high = percentiles(tops[bottoms > 0] / bottoms[bottoms > 0])
    return Interval(float(numerator.sum()) / total, low, high, len(numerator))


def estimate_mean(
    values: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int = SEED
) -> Interval:
    """Estimate a mean with a percentile bootstrap over clusters; see `estimate_ratio`."""
    return estimate_ratio(values, np.ones(len(values)), clusters, seed=seed)


def draw_clusters(n_clusters: int, seed: int = SEED) -> NDArray[np.float64]:
    """Return how often each cluster is drawn in each sample: `(REPEATS, n_clusters)` float64."""
    chances = np.full(n_clusters, 1.0 / n_clusters)
    draws = np.random.default_rng(seed).multinomial(n_clusters, chances, size=REPEATS)
    return draws.astype(np.float64)


def percentiles(samples: NDArray[np.float64]) -> tuple[float, float]:
    """Cut off the outer 2.5 % of samples on each side."""
    tail = (100.0 - COVERAGE_PERCENT) / 2
    low, high = np.percentile(samples, [tail, 100.0 - tail])
    return float(low), float(high)


def compare_pairs(
    differences: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int = SEED
) -> Difference:
    """Test whether paired differences have a mean of zero.

    The interval is the bootstrap's. The p-value is that of a randomisation test: were the two
    systems the same, each seeker's differences could as well have the other sign.

    Args:
        differences: `(n,)` float64, A minus B on the same list.
        clusters: `(n,)`: the number of each list's cluster.
        seed: of both.

    Source: Smucker, Allan & Carterette, "A comparison of statistical significance tests for
    information retrieval evaluation", CIKM 2007; the +1: Phipson & Smyth, 2010.
    """
    if not len(differences):
        return Difference(np.nan, np.nan, np.nan, np.nan, 0)
    interval = estimate_mean(differences, clusters, seed=seed)
    sums = np.bincount(clusters, differences)
    signs = np.random.default_rng(seed).choice(np.array([-1.0, 1.0]), size=(FLIPS, len(sums)))
    # A hair below the observed sum, so that rounding does not part equal sums
    as_far = np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9
    p_value = (1 + int(as_far.sum())) / (FLIPS + 1)
    return Difference(interval.value, interval.low, interval.high, p_value, interval.n)


def number_clusters(labels: pd.Series) -> NDArray[np.int64]:
    """Number cluster labels from 0 in the order in which they appear."""
    return np.asarray(pd.factorize(labels)[0], np.int64)


def _short(value: float) -> str:
    """Write three decimals, without the zero before the point."""
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
