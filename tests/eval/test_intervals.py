"""Intervals and tests against what theory says of them."""

import numpy as np
import pytest

from eval.metrics.intervals import (
    Interval,
    compare_pairs,
    draw_clusters,
    estimate_mean,
    estimate_ratio,
)


def test_a_mean_has_the_interval_of_the_normal_law() -> None:
    values = np.random.default_rng(1).normal(10, 2, 400)
    found = estimate_mean(values, np.arange(400))
    error = 1.96 * values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - error, abs=0.03)
    assert found.high == pytest.approx(values.mean() + error, abs=0.03)


def test_goals_of_one_seeker_do_not_count_as_many() -> None:
    """Four times the same goal is one goal: the interval must be that of 50, not of 200."""
    once = np.random.default_rng(2).normal(0, 1, 50)
    four_times, seeker = np.repeat(once, 4), np.repeat(np.arange(50), 4)
    alone, together = estimate_mean(once, np.arange(50)), estimate_mean(four_times, seeker)
    assert together.low == pytest.approx(alone.low)
    assert together.high == pytest.approx(alone.high)
    blind = estimate_mean(four_times, np.arange(200))
    assert blind.high - blind.low < 0.6 * (together.high - together.low)


def test_a_ratio_is_one_of_sums() -> None:
    found = estimate_ratio(np.array([4.0, 0.0]), np.array([4.0, 1.0]), np.arange(2))
    assert found.value == pytest.approx(4 / 5)
    assert (found.low, found.high) == (0, 1)  # a sample may hold either row twice


def test_what_was_not_measured_has_no_figure() -> None:
    found = estimate_ratio(np.zeros(2), np.zeros(2), np.arange(2))
    assert np.isnan(found.value)
    assert str(found) == "–"


def test_draws_hold_as_many_clusters_as_there_are() -> None:
    assert (draw_clusters(7).sum(axis=1) == 7).all()
    assert (draw_clusters(7) == draw_clusters(7)).all()


def test_the_same_twice_differs_by_nothing() -> None:
    found = compare_pairs(np.zeros(20), np.arange(20))
    assert (found.value, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_three_wins_of_three_prove_little() -> None:
    """Of the 8 patterns of sign just 2 are as far from zero: p is 1/4."""
    found = compare_pairs(np.array([1.0, 2.0, 3.0]), np.arange(3))
    assert found.p_value == pytest.approx(0.25, abs=0.02)


def test_a_clear_difference_has_the_smallest_p_value() -> None:
    found = compare_pairs(np.full(40, 0.1), np.arange(40))
    assert found.p_value == pytest.approx(1 / 10_001)
    assert found.low == pytest.approx(0.1)


def test_signs_flip_for_a_seeker_at_once() -> None:
    """Ten goals of one seeker are one coin, so nothing can be shown."""
    assert compare_pairs(np.full(10, 0.5), np.zeros(10, np.int64)).p_value == 1


def test_an_interval_is_written_short() -> None:
    assert str(Interval(0.4256, 0.3, 0.5, 9)) == ".426 [.300, .500]"
    assert str(Interval(1.0, -0.25, 1.5, 9)) == "1.000 [-.250, 1.500]"
