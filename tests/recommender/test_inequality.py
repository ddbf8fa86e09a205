"""Inequality by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.inequality import gini


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([1, 1, 1, 1], 0),
        ([0, 0, 0, 8], 3 / 4),
        ([0, 0, 3], 2 / 3),
        ([0, 1, 2, 3], 5 / 12),
        ([1, 3], 1 / 4),  # mean difference of 1 and 3 is 1, twice the mean is 4
        ([0, 0], 0),
        ([], 0),
    ],
)
def test_gini_by_hand(shares: list[float], expected: float) -> None:
    assert gini(np.array(shares, np.float64)) == pytest.approx(expected)
    assert gini(np.array(shares, np.int64)) == pytest.approx(expected)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0.1, 10))
def test_gini_is_a_share_and_knows_no_unit(shares: list[float], scale: float) -> None:
    found = gini(np.array(shares))
    assert -1e-9 <= found < 1
    assert gini(np.array(shares) * scale) == pytest.approx(found, abs=1e-6)
