"""Datasets are read strictly, and every fault is named with file, row and column."""

from pathlib import Path

import pytest

from eval.__main__ import main
from eval.datasets.dataset import UNDISCLOSED, read_dataset, read_demographics
from recommender.errors import DatasetError, PeopleFileError, Problem
from recommender.relationships import Relationship
from tests.eval.small_dataset import GOALS, GROUPS, KINDS, PEOPLE, QRELS, write_small_dataset


def test_the_sample_company_has_what_its_readme_says(halden: Path) -> None:
    dataset = read_dataset(halden)
    assert len(dataset.people) == 233
    assert len(dataset.goals) == 192
    assert len(dataset.good_lists) == 143
    # 155 goals name a kind, the other 37 are asked for all four
    assert len(dataset.asks) == 155 + 4 * 37
    assert dataset.good_grade == 2
    assert not dataset.rated
    assert dataset.origin.startswith("The org chart was drawn by a seeded program")


def test_a_goal_without_a_kind_is_asked_for_all_four(small: Path) -> None:
    asks = [ask for ask in read_dataset(small).asks if ask.goal_id == "G4"]
    assert [ask.relationship for ask in asks] == list(Relationship)


def test_a_goal_without_a_seeker_is_asked_once_without_a_kind(tmp_path: Path) -> None:
    folder = write_small_dataset(
        tmp_path / "d",
        goals="goal_id,person_id,text,relationship\nG1,,Linux,\n",
        qrels="goal_id,relationship,person_id,grade\nG1,,P14,1\n",
        kinds="", demographics="",
    )  # fmt: skip
    dataset = read_dataset(folder)
    assert [(ask.seeker, ask.relationship, ask.kind) for ask in dataset.asks] == [(None, None, "")]
    assert dataset.good_grade == 1  # yes or no: 1 is all there is
    assert len(dataset.good_lists) == 1


def test_fractional_grades_are_ratings_of_pairs(tmp_path: Path) -> None:
    folder = write_small_dataset(tmp_path / "d", qrels=QRELS.replace("P11,2", "P11,2.5"))
    assert read_dataset(folder).rated


FAULTS = {
    "unknown seeker": ({"goals": GOALS.replace("G2,P07", "G2,P99")}, "goals.csv", 3, "person_id"),
    "unknown kind": ({"goals": GOALS.replace(",coach", ",guru")}, "goals.csv", 2, "relationship"),
    "goal twice": ({"goals": GOALS.replace("G2,P07", "G1,P07")}, "goals.csv", 3, "goal_id"),
    "empty text": ({"goals": GOALS + "G5,P07,,coach\n"}, "goals.csv", 6, "text"),
    "kind without a seeker": (
        {"goals": GOALS.replace("G2,P07", "G2,")}, "goals.csv", 3, "relationship",
    ),
    "unknown goal": ({"qrels": QRELS + "G9,coach,P05,1\n"}, "qrels.csv", 8, "goal_id"),
    "unknown person": ({"qrels": QRELS + "G1,coach,P99,1\n"}, "qrels.csv", 8, "person_id"),
    "grade in words": ({"qrels": QRELS.replace("P11,2", "P11,two")}, "qrels.csv", 3, "grade"),
    "negative grade": ({"qrels": QRELS.replace("P11,2", "P11,-1")}, "qrels.csv", 3, "grade"),
    "judged twice": ({"qrels": QRELS + "G1,coach,P05,2\n"}, "qrels.csv", 8, "person_id"),
    "another kind": ({"qrels": QRELS + "G1,peer,P05,2\n"}, "qrels.csv", 8, "relationship"),
    "unknown label": (
        {"needs": "goal_id,part,label\nG1,1,need\nG1,2,wish\n"}, "needs.csv", 3, "label",
    ),
    "part in words": ({"needs": "goal_id,part,label\nG1,one,need\n"}, "needs.csv", 2, "part"),
    "part left out": ({"needs": "goal_id,part,label\nG1,2,need\n"}, "needs.csv", 2, "part"),
    "part twice": (
        {"needs": "goal_id,part,label\nG1,1,need\nG1,1,terms\n"}, "needs.csv", 3, "part",
    ),
    "rank of a kind": ({"kinds": KINDS.replace("mentor,2", "mentor,0")}, "kinds.csv", 4, "rank"),
    "missing column": ({"qrels": QRELS.replace("grade", "score")}, "qrels.csv", 1, ""),
    "torn row": ({"qrels": QRELS + "G1,coach\n"}, "qrels.csv", 8, ""),
    "no rows": ({"goals": GOALS.splitlines()[0] + "\n"}, "goals.csv", None, ""),
    "no file": ({"qrels": ""}, "qrels.csv", None, ""),
    "open quote": ({"goals": GOALS + 'G5,P07,"half,coach\n'}, "goals.csv", 6, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_where_it_is(name: str, tmp_path: Path) -> None:
    changed, file, row, column = FAULTS[name]
    folder = write_small_dataset(tmp_path / "d", **changed)
    with pytest.raises(DatasetError) as caught:
        read_dataset(folder)
    found = [(one.file, one.row, one.column) for one in caught.value.problems]
    assert (file, row, column) in found


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    folder = write_small_dataset(
        tmp_path / "d", goals=GOALS.replace(",coach", ",guru"), qrels=QRELS + "G1,coach,P99,x\n"
    )
    with pytest.raises(DatasetError) as caught:
        read_dataset(folder)
    assert {problem.code for problem in caught.value.problems} >= {"kind", "unknown", "grade"}


def test_a_bad_people_file_is_the_people_files_error(tmp_path: Path) -> None:
    folder = write_small_dataset(tmp_path / "d", people=PEOPLE.replace("P02,Bo", "P01,Bo"))
    with pytest.raises(PeopleFileError):
        read_dataset(folder)


def test_the_command_says_one_line_and_validate_says_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small_dataset(tmp_path / "d", qrels=QRELS + "G1,coach,P99,x\n")
    assert main(["run", str(folder), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "qrels.csv, row 8" in said.err
    assert main(["validate", str(folder)]) == 1
    assert capsys.readouterr().out.count("\n") == 2


def test_a_whole_dataset_is_valid(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(small)]) == 0
    assert "14 people, 4 goals, 7 lists to make" in capsys.readouterr().out


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    folder = write_small_dataset(tmp_path / "d")
    text = "\ufeff" + GOALS.replace("\n", "\r\n")
    (folder / "goals.csv").write_text(text, encoding="utf-8", newline="")
    assert read_dataset(folder).goals["goal_id"].tolist() == ["G1", "G2", "G3", "G4"]


def test_who_declares_nothing_is_undisclosed(tmp_path: Path) -> None:
    groups = GROUPS.replace("P01,woman\n", "").replace("P02,man", "P02,")
    dataset = read_dataset(write_small_dataset(tmp_path / "d", demographics=groups))
    assert read_demographics(dataset)["gender"].tolist()[:3] == [UNDISCLOSED, UNDISCLOSED, "woman"]


@pytest.mark.parametrize("row", ["P99,woman", "P01,man"])
def test_faults_of_the_groups_are_named(row: str, tmp_path: Path) -> None:
    folder = write_small_dataset(tmp_path / "d", demographics=f"{GROUPS}{row}\n")
    with pytest.raises(DatasetError) as caught:
        read_demographics(read_dataset(folder))
    assert caught.value.problems[0].row == 16
    assert isinstance(caught.value.problems[0], Problem)
    assert main(["validate", str(folder)]) == 1
