"""Comparing runs: differences, wins and losses, and the goals that changed most."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.datasets.dataset import read_dataset
from eval.experiments.comparison import compare_runs
from eval.systems.runs import read_run
from tests.eval.small_dataset import write_small_dataset

HEADER = "goal_id,relationship,person_id,score\n"


@pytest.fixture
def two_runs(tmp_path: Path) -> tuple[Path, Path]:
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text(f"{HEADER}G1,coach,P11,2\nG1,coach,P05,1\nG2,mentor,P02,1\nG3,peer,P14,1\n")
    b.write_text(f"{HEADER}G1,coach,P05,2\nG1,coach,P11,1\nG2,mentor,P02,1\n")
    return a, b


def test_differences_wins_and_changes(small: Path, two_runs: tuple[Path, Path]) -> None:
    dataset = read_dataset(small)
    a, b = (read_run(path, dataset) for path in two_runs)
    found = compare_runs(a, b, dataset)
    row = next(row for row in found.rows if (row.kind, row.measure) == ("all", "RR"))
    assert (row.a, row.b) == (1, pytest.approx((1 / 2 + 1 + 0) / 3))
    assert row.difference.value == pytest.approx(1 / 2)
    assert (row.wins, row.losses, row.equal) == (2, 0, 1)
    assert row.difference.p_value == pytest.approx(0.5, abs=0.02)  # of four patterns, two
    assert [change.goal_id for change in found.changes] == ["G3", "G1"]
    first = found.changes[0]
    assert (first.a, first.b) == (1, 0)
    assert (first.suggested_by_a, first.suggested_by_b) == ((("P14", 3.0),), ())
    assert found.changes[1].suggested_by_b == (("P05", 1.0), ("P11", 2.0))


def test_turned_round_the_signs_turn(small: Path, two_runs: tuple[Path, Path]) -> None:
    dataset = read_dataset(small)
    a, b = (read_run(path, dataset) for path in two_runs)
    there, back = compare_runs(a, b, dataset), compare_runs(b, a, dataset)
    for one, other in zip(there.rows, back.rows, strict=True):
        assert one.difference.value == pytest.approx(-other.difference.value)
        assert one.difference.p_value == other.difference.p_value
        assert (one.wins, one.losses) == (other.losses, other.wins)


def test_the_pair_loss_is_compared_person_by_person(tmp_path: Path) -> None:
    goals = "goal_id,text\nA,a\nB,b\n"
    qrels = "goal_id,person_id,grade\nA,P01,5\nB,P01,1\nA,P02,1.5\nB,P02,2.5\n"
    folder = write_small_dataset(
        tmp_path / "d", goals=goals, qrels=qrels, kinds="", demographics=""
    )
    dataset = read_dataset(folder)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    header = "goal_id,person_id,score\n"
    good.write_text(f"{header}A,P01,2\nB,P01,1\nA,P02,1\nB,P02,2\n")
    bad.write_text(f"{header}A,P01,1\nB,P01,2\nA,P02,1\nB,P02,2\n")
    row = compare_runs(read_run(good, dataset), read_run(bad, dataset), dataset).rows[0]
    assert (row.a, row.b) == (0, pytest.approx(4 / 5))
    assert row.difference.value == pytest.approx(-4 / 5)
    assert (row.wins, row.losses, row.equal) == (1, 0, 1)  # less loss is a win


def test_the_command_shows_goals_and_titles(
    small: Path, two_runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = map(str, two_runs)
    assert main(["compare", a, b, "--dataset", str(small)]) == 0
    said = capsys.readouterr().out
    assert "I would like to swap ideas about Linux" in said
    assert "P14 Engineer (3)" in said
    assert main(["compare", a, b, "--dataset", str(small), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["measure"] == "nDCG@5"
