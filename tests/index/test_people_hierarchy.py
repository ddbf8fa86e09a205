"""Hierarchies that cannot be, managers named otherwise, and second managers are told or refused."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.people_file.people_file import inspect_people, read_people
from index.people_file.second_managers import looks_like_second_manager
from recommender.errors import PeopleFileError
from recommender.people import People

IMPLAUSIBLE = {
    "managers_below_reports", "levels_not_rising", "managers_apart", "managers_elsewhere",
}  # fmt: skip


def told(path: Path, severity: str) -> dict[str, int]:
    problems = [one.code for one in inspect_people(path).problems if one.severity == severity]
    return {code: problems.count(code) for code in problems}


def halden_with(halden: Path, tmp_path: Path, managers: pd.Series) -> Path:
    raw = pd.read_csv(halden / "people.csv", dtype=str, keep_default_na=False)
    path = tmp_path / "people.csv"
    raw.assign(manager_id=managers).to_csv(path, index=False)
    return path


@pytest.fixture
def managers(halden: Path) -> pd.Series:
    raw = pd.read_csv(halden / "people.csv", dtype=str, keep_default_na=False)
    return raw.set_index("person_id", drop=False)["manager_id"]


def test_a_true_hierarchy_is_believed(halden: Path) -> None:
    assert not IMPLAUSIBLE & set(told(halden / "people.csv", "warning"))


@pytest.mark.parametrize("rows", [1, -1])
def test_managers_a_row_too_low_or_too_high_are_told(
    halden: Path, tmp_path: Path, managers: pd.Series, rows: int
) -> None:
    shifted = managers.shift(rows, fill_value="").to_numpy()
    assert "levels_not_rising" in told(halden_with(halden, tmp_path, shifted), "warning")


def test_managers_from_another_list_are_told_in_every_way(
    halden: Path, tmp_path: Path, managers: pd.Series
) -> None:
    ids = managers.index.to_numpy()
    other = dict(zip(ids, np.random.default_rng(1).permutation(ids), strict=True))
    mapped = managers.map(other).fillna("").to_numpy()
    found = inspect_people(halden_with(halden, tmp_path, mapped))
    warned = {one.code: one for one in found.problems if one.code in IMPLAUSIBLE}
    assert set(warned) == IMPLAUSIBLE
    assert "18 of 34 managers are on their own" in warned["levels_not_rising"].message
    assert "same list" in warned["levels_not_rising"].remedy


TEAM = [
    # id, name, e-mail
    ("10021", "Rosa Kwon", "rosa.kwon@firm.example"),
    ("10022", "Teun Aalders", "teun@firm.example"),
    ("10023", "Mina Ferreira", "shared@firm.example"),
    ("10024", "Jo Osei", "shared@firm.example"),
]


def team(tmp_path: Path, manager: str, matrix: str = "", ids: str = "{}") -> Path:
    """Write the team, in which everyone but the first reports to `manager`."""
    path = tmp_path / "team.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["person_id", "display_name", "email", "job_title", "job_level",
                         "manager_id", "matrix_manager_id", "open_to"])  # fmt: skip
        for place, (person, name, email) in enumerate(TEAM):
            above = [manager if place else "", matrix if place == 3 else ""]
            writer.writerow([ids.format(person), name, email, "Planner", 9 - place, *above, "peer"])
    return path


@pytest.mark.parametrize(
    ("manager", "code"),
    [
        ("10021", ""),
        ("10021.0", "number_id"),
        ("Rosa.Kwon@firm.example", "manager_by_email"),
        ("Rosa <mailto:rosa.kwon@firm.example>", "manager_by_email"),
        ("Rosa Kwon (10021)", "manager_with_name"),
        ("Kwon, Rosa [10021]", "manager_with_name"),
    ],
)
def test_who_is_meant_for_certain_is_found_and_told(
    tmp_path: Path, manager: str, code: str
) -> None:
    found = read_people(team(tmp_path, manager))
    assert found.frame["manager_id"].tolist() == ["", "10021", "10021", "10021"]
    found_by = [one.code for one in found.warnings if one.column == "manager_id"]
    assert found_by == ([code] * 3 if code else [])


@pytest.mark.parametrize(
    ("manager", "code", "words"),
    [
        ("Rosa Kwon", "manager_by_name", "person_id or e-mail"),
        ("kwon, ROSA", "manager_by_name", "person_id or e-mail"),
        ("shared@firm.example", "unknown_manager", "no one person in the file"),
        ("nobody@firm.example", "unknown_manager", "no one person in the file"),
        ("Teun Aalders (10021)", "unknown_manager", "nobody in the file has this id"),
        ("NULL", "unknown_manager", "leave the cell empty at the top"),
        ("-", "unknown_manager", "leave the cell empty at the top"),
        ("10021; 10022", "several_managers", "matrix_manager_id"),
        ("10021.5", "unknown_manager", "nobody in the file has this id"),
    ],
)
def test_who_is_not_meant_for_certain_is_refused_with_the_remedy(
    tmp_path: Path, manager: str, code: str, words: str
) -> None:
    with pytest.raises(PeopleFileError) as caught:
        read_people(team(tmp_path, manager))
    errors = [one for one in caught.value.problems if one.severity == "error"]
    assert [one.code for one in errors] == [code] * 3
    assert words in f"{errors[0].message}; {errors[0].remedy}"


def test_ids_with_a_decimal_point_are_read_without_and_stay_different(tmp_path: Path) -> None:
    found = read_people(team(tmp_path, "10021", ids="{}.0"))
    assert found.frame["person_id"].tolist() == ["10021", "10022", "10023", "10024"]
    assert [one.code for one in found.warnings].count("number_id") == 4


@settings(max_examples=40, deadline=None)
@given(
    numbers=st.lists(st.integers(1, 10**8), min_size=2, max_size=8, unique=True),
    own=st.sampled_from(["{}", "{}.0"]), managers=st.sampled_from(["{}", "{}.0", "p{}@x.org"]),
)  # fmt: skip
def test_ids_are_the_same_however_a_spreadsheet_wrote_them(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int], own: str, managers: str
) -> None:
    path = tmp_path_factory.mktemp("ids") / "people.csv"
    rows = [
        f"{own.format(number)},A,p{number}@x.org,B,"
        f"{managers.format(numbers[place - 1]) if place else ''}"
        for place, number in enumerate(numbers)
    ]
    path.write_text("\n".join(["person_id,display_name,email,job_title,manager_id", *rows]))
    frame = read_people(path).frame
    assert frame["person_id"].tolist() == [str(number) for number in numbers]
    assert frame["manager_id"].tolist() == ["", *frame["person_id"][:-1]]


def test_a_second_manager_counts_as_power(tmp_path: Path) -> None:
    found = read_people(team(tmp_path, "10021", "10022"))
    people = People.from_frame(found.frame, found.as_of)
    assert people.second.tolist() == [[3, 1]]
    assert np.flatnonzero(people.org.chain(3)).tolist() == [0, 1]


@pytest.mark.parametrize("matrix", ["10022, 10023", "10022|10023.0", "teun@firm.example\n10023"])
def test_several_second_managers_may_stand_in_one_cell(tmp_path: Path, matrix: str) -> None:
    found = read_people(team(tmp_path, "10021", matrix))
    assert found.frame["matrix_manager_id"].iloc[3] == "10022;10023"


@pytest.mark.parametrize(
    ("matrix", "code"), [("99", "unknown_manager"), ("10024", "own_manager"),
                         ("N/A", "unknown_manager"), ("Rosa Kwon", "manager_by_name")],
)  # fmt: skip
def test_a_second_manager_who_is_nobody_is_refused(tmp_path: Path, matrix: str, code: str) -> None:
    assert told(team(tmp_path, "10021", matrix), "error") == {code: 1}


@pytest.mark.parametrize("column", [
    "Dotted Line Manager", "functional_manager_id", "Project Manager", "Second Manager",
    "manager_2", "2nd Supervisor", "Dotted-line to", "matrix manager", "MatrixManagerID",
    "Fachlicher Vorgesetzter", "responsable fonctionnel", "dotted_line", "Matrix Manager Email",
])  # fmt: skip
def test_a_column_like_a_second_manager_is_never_ignored(tmp_path: Path, column: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"person_id,display_name,job_title,{column}\n1,A,B,\n2,C,D,1\n")
    assert told(path, "error") == {"second_manager": 1}
    with pytest.raises(PeopleFileError, match="rename it to matrix_manager_id"):
        read_people(path)


@pytest.mark.parametrize("column", [
    "manager_name", "manager_email", "is_project_manager", "second_level_manager", "project",
    "functional_area", "second_name", "other", "management_chain_level_2", "direct_reports",
    "co_workers",
])  # fmt: skip
def test_other_columns_are_ignored_as_before(column: str) -> None:
    assert not looks_like_second_manager(column)


@pytest.mark.parametrize("column", ["Supervisor", "reports to", "manager_email", "Line Manager"])
def test_a_column_that_may_be_the_manager_is_pointed_to(tmp_path: Path, column: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"person_id,display_name,job_title,{column}\n1,A,B,\n2,C,D,1\n")
    (warned,) = [one for one in inspect_people(path).problems if one.code == "unknown_column"]
    assert "rename it to manager_id" in warned.remedy
    path.write_text(f"person_id,display_name,job_title,manager_id,{column}\n1,A,B,,\n2,C,D,1,1\n")
    (warned,) = [one for one in inspect_people(path).problems if one.code == "unknown_column"]
    assert "rename it to manager_id" not in warned.remedy
