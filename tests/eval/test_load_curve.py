"""The curve of load, on fourteen people: hand-worked inequality, and what a penalty must do."""

from pathlib import Path

import numpy as np
import pytest

from eval.__main__ import main
from eval.tuning.load_curve import gini


def test_gini_by_hand() -> None:
    assert gini(np.array([2.0, 2, 2])) == pytest.approx(0)
    assert gini(np.array([0.0, 0, 3])) == pytest.approx(2 / 3)
    # mean difference of 1 and 3 is 1, twice the mean is 4
    assert gini(np.array([1.0, 3])) == pytest.approx(0.25)
    assert gini(np.zeros(3)) == 0


def test_the_curve_begins_without_a_loss(
    small: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(small), "--work", str(work)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.strip().splitlines()[1:]]
    assert [float(line[0]) for line in lines] == [0, 0.05, 0.1, 0.15, 0.25, 0.5]
    assert float(lines[0][2]) == 0
    assert all(0 <= float(line[1]) <= 1 and 0 <= float(line[4]) <= 1 for line in lines)
    assert all(float(line[3]) <= float(lines[0][3]) for line in lines)
