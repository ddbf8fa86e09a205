"""A run of another dataset is refused, and a partial one told, by every command that measures."""

from pathlib import Path

import pytest

from eval.__main__ import main
from eval.datasets.dataset import read_dataset
from eval.systems.run_gaps import describe_gaps
from eval.systems.runs import read_run
from recommender.errors import DatasetError
from tests.eval.small_dataset import write_small_dataset

HEADER = "goal_id,relationship,person_id,score\n"
PARTIAL = HEADER + "G1,coach,P05,1\nG1,coach,P02,.5\nG1,coach,0P9,.4\n"


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEADER + "G1,coach,H05,1\nG1,coach,H02,.5\nG2,mentor,P02,1\n", "other_people"),
        # Ids that a spreadsheet robbed of their zeros
        (HEADER + "G1,coach,5,1\n", "other_people"),
        (HEADER + "G4,coach,P05,1\n", "no_judged_list"),
    ],
)
@pytest.mark.parametrize("command", ["measure", "compare", "report", "validate"])
def test_a_run_of_another_dataset_is_refused(
    text: str, code: str, command: str, small: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = write(tmp_path, text)
    with pytest.raises(DatasetError) as caught:
        read_run(path, read_dataset(small))
    assert [problem.code for problem in caught.value.problems] == [code]
    out = ["--out", str(tmp_path / "out")]
    asked = {
        "measure": ["measure", str(small), str(path), *out],
        "compare": ["compare", str(path), str(path), "--dataset", str(small)],
        "report": ["report", str(small), "--runs", str(path), *out],
        "validate": ["validate", str(small), str(path)],
    }[command]
    assert main(asked) == 1
    said = capsys.readouterr()
    assert "mine.csv" in said.out + said.err
    assert not (tmp_path / "out").exists()


def test_a_partial_run_is_told_wherever_a_figure_stands(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, PARTIAL)
    missing = len(read_dataset(small).good_lists) - 1
    partial = f"mine: partial: {missing} of {missing + 1} judged lists are not in the run"
    foreign = "mine: 1 of 3 rows name nobody of fourteen ('0P9')"
    for asked in (
        ["measure", str(small), str(path), "--out", str(tmp_path / "out")],
        ["compare", str(path), str(path), "--dataset", str(small)],
    ):
        assert main(asked) == 0
        said = capsys.readouterr().out
        assert partial in said
        assert foreign in said
    assert main(["validate", str(small), str(path)]) == 0
    assert partial in capsys.readouterr().out
    page = tmp_path / "report.html"
    assert main(["report", str(small), "--runs", str(path), "--out", str(page)]) == 0
    assert partial in page.read_text(encoding="utf-8")


def test_a_whole_run_has_no_gaps(small: Path, small_runs: Path) -> None:
    dataset = read_dataset(small)
    for system in ("recommender", "bm25", "random"):
        assert describe_gaps(read_run(small_runs / system, dataset).frame, dataset) == []


def test_many_problems_alike_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small_dataset(tmp_path / "d")
    rows = "".join(f"G1,coach,P{number},1\n" for number in range(100, 5100))
    with (folder / "qrels.csv").open("a", encoding="utf-8") as file:
        file.write(rows)
    assert main(["validate", str(folder)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("qrels.csv: 5,000 rows, person_id: this person_id is not in people")
