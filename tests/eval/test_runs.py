"""Runs are written to be read again, by us or by others, and the same command writes them twice."""

from pathlib import Path

import numpy as np
import pytest

from eval.__main__ import main
from eval.datasets.dataset import read_dataset
from eval.systems.runs import (
    RankedList,
    make_run,
    read_run,
    write_run,
)
from eval.systems.systems import eligible_for
from index.serving.reader import Snapshot
from recommender.answers import Request
from recommender.errors import DatasetError
from recommender.policy import default_policy
from recommender.recommend import recommend
from recommender.small_reader import SMALL_READER
from tests.eval.small_dataset import read_rows, write_small_dataset


def test_a_run_is_read_as_it_was_written(small: Path, tmp_path: Path) -> None:
    dataset = read_dataset(small)
    ask = dataset.asks[0]
    made = make_run("x", dataset, [RankedList(ask, np.array([4, 10]), np.array([0.5, 0.25]))])
    write_run(made, tmp_path, {"system": "x"}, {"seconds": 1.0})
    assert (tmp_path / "run.csv").read_text("utf-8") == (
        "goal_id,relationship,person_id,rank,score\nG1,coach,P05,1,0.5\nG1,coach,P11,2,0.25\n"
    )
    again = read_run(tmp_path, dataset)
    assert again.name == "x"
    assert again.frame.to_dict("list") == made.frame.to_dict("list")


def test_another_systems_run_is_ordered_by_score_then_rank_then_id(
    small: Path, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text(
        "person_id,goal_id,relationship,score,rank\n"
        "P11,G1,coach,1,2\nP05,G1,coach,2,9\nP04,G1,coach,1,1\nP14,G1,coach,0,\nP10,G1,coach,0,\n"
    )
    run = read_run(path, read_dataset(small))
    assert run.name == "theirs"
    assert run.frame["person_id"].tolist() == ["P05", "P04", "P11", "P10", "P14"]
    assert run.frame["rank"].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("G9,coach,P05,1,1", "unknown"),
        ("G1,coach,P05,1,often", "score"),
        ("G1,coach,P05,1,nan", "score"),
        ("G1,coach,P05,first,1", "rank"),
        ("G1,guru,P05,1,1", "kind"),
        ("G1,coach,P04,1,1", "twice"),
        ("G1,coach,,1,1", "empty"),
    ],
)
def test_a_runs_faults_are_named(row: str, code: str, small: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(f"goal_id,relationship,person_id,rank,score\nG1,coach,P04,1,2\n{row}\n")
    with pytest.raises(DatasetError) as caught:
        read_run(path, read_dataset(small))
    assert [(one.code, one.row) for one in caught.value.problems] == [(code, 3)]


def test_a_run_holds_every_eligible_person_of_every_list(small: Path, small_runs: Path) -> None:
    dataset, policy = read_dataset(small), default_policy()
    for system in ("recommender", "bm25", "random"):
        frame = read_run(small_runs / system, dataset).frame
        for ask in dataset.asks:
            mine = frame[(frame["goal_id"] == ask.goal_id) & (frame["relationship"] == ask.kind)]
            eligible = set(dataset.people.ids[eligible_for(ask, dataset, policy)].tolist())
            assert set(mine["person_id"]) == eligible
            assert mine["rank"].tolist() == list(range(1, len(eligible) + 1))


def test_the_recommenders_run_is_what_an_employee_is_shown(
    small: Path, small_runs: Path, work: Path
) -> None:
    dataset, policy = read_dataset(small), default_policy()
    snapshots = sorted(work.glob("indexes/fourteen-*/snapshots/*"))
    snapshot = Snapshot.open(snapshots[-1])
    frame = read_run(small_runs / "recommender", dataset).frame
    for ask in dataset.asks:
        assert ask.seeker is not None
        request = Request(str(dataset.people.ids[ask.seeker]), ask.text, ask.relationship)
        (part,) = recommend(snapshot, request, policy, reader=SMALL_READER).lists
        shown = part.suggestions
        mine = frame[(frame["goal_id"] == ask.goal_id) & (frame["relationship"] == ask.kind)]
        assert [one.person_id for one in shown] == mine["person_id"].tolist()[:5]
        assert [one.score for one in shown] == pytest.approx(mine["score"].tolist()[:5], abs=1e-6)


def test_the_same_command_writes_the_same_bytes_whatever_people_declare(
    small_runs: Path, work: Path, tmp_path: Path
) -> None:
    """Groups turned round, and groups taken away, change no byte of a run."""
    turned = "person_id,gender\n" + "".join(f"P{n:02},g{n % 3}\n" for n in range(1, 15))
    for number, groups in enumerate((turned, "")):
        folder = write_small_dataset(tmp_path / str(number) / "fourteen", demographics=groups)
        out = tmp_path / f"out{number}"
        assert main(["run", str(folder), "--out", str(out), "--work", str(work)]) == 0
        for name in ("run.csv", "run.json", "faithfulness.json"):
            assert (out / name).read_bytes() == (small_runs / "recommender" / name).read_bytes()


def test_reasons_of_a_run_are_true(small_runs: Path, small: Path) -> None:
    import json

    found = json.loads((small_runs / "recommender" / "faithfulness.json").read_text("utf-8"))
    assert found["quoting"] >= 3  # only what is likely to make the case is quoted
    assert found["quoting_lowered"] >= 0.9 * found["quoting"]
    assert found["largest_sum_error"] <= 1e-9


def test_an_unknown_system_is_refused(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(small), "--out", str(tmp_path), "--system", "magic"]) == 1
    assert "choose from recommender, random" in capsys.readouterr().err


def test_measure_writes_and_prints(
    small: Path, small_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [str(small_runs / "recommender"), str(small_runs / "bm25" / "run.csv")]
    assert main(["measure", str(small), *runs, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "3 lists with somebody good" in said
    assert "Everything here was made up for a test." in said
    rows = {
        (row["run"], row["kind"], row["measure"]): row
        for row in read_rows(tmp_path / "measures.csv")
    }
    assert rows["bm25", "all", "nDCG@5"]["n"] == "3"
    assert float(rows["recommender", "all", "violations"]["value"]) == 0
    assert float(rows["recommender", "all", "reasons lowered"]["value"]) > 0
    assert {row["run"] for row in read_rows(tmp_path / "lists.csv")} == {"recommender", "bm25"}
