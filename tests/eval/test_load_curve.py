"""The curve of load, on fourteen people: what a penalty must do."""

from pathlib import Path

import pytest

from eval.__main__ import main


def test_the_curve_begins_without_a_loss(
    small: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(small), "--work", str(work)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.strip().splitlines()[1:]]
    assert [float(line[0]) for line in lines] == [0, 0.05, 0.1, 0.15, 0.25, 0.5]
    assert float(lines[0][2]) == 0
    assert all(0 <= float(line[1]) <= 1 and 0 <= float(line[4]) <= 1 for line in lines)
    assert all(float(line[3]) <= float(lines[0][3]) for line in lines)
