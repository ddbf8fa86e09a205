"""Each file of tests/data/people has one kind of fault; this table says what is told about it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.people_file.people_file import Inspection, inspect_people, read_people
from index.people_file.report import _alike, render_json, render_text
from recommender.errors import PeopleFileError

# file: [(severity, row, line where it differs, column, value, code, words of message or remedy)]
FAULTS: dict[str, list[tuple[str, int | None, int | None, str, str, str, str]]] = {
    "good.csv": [],
    "duplicate_ids.csv": [
        ("error", 5, 6, "person_id", "P2", "duplicate_id", "3 rows have this id: 3, 5, 6"),
    ],
    "similar_ids.csv": [
        ("warning", 5, 6, "person_id", "42", "similar_ids", "0042, 42"),
        ("warning", 6, 7, "person_id", "p2", "similar_ids", "P2, p2"),
    ],
    "unknown_manager.csv": [
        ("error", 5, 6, "manager_id", "P99", "unknown_manager", "nobody in the file has this id"),
        ("error", 6, 7, "manager_id", "42", "unknown_manager", "write 0042"),
    ],
    "own_manager.csv": [("error", 5, 6, "manager_id", "P4", "own_manager", "their own manager")],
    "manager_cycle.csv": [
        ("error", 5, 6, "manager_id", "B", "manager_cycle", "circle: A → B → C → A"),
        ("error", 9, 10, "manager_id", "Y", "manager_cycle", "circle: X → Y → X"),
        ("warning", 5, 6, "manager_id", "A", "levels_not_rising", "of 6 managers are on their own"),
    ],
    "dates.csv": [
        ("warning", 2, None, "hire_date", "03/04/2024", "ambiguous_date", "not guessed"),
        ("warning", 3, None, "hire_date", "2024-02-30", "impossible_date", "no such day"),
        ("warning", 4, None, "hire_date", "45000", "excel_day_number", "2023-03-15 would be read"),
        ("warning", 5, None, "hire_date", "soon", "bad_date", "year-month-day"),
        ("warning", 9, None, "hire_date", "1024-01-01", "impossible_date", "1900"),
    ],
    "future_dates.csv": [
        ("warning", 4, None, "hire_date", "2191-01-01", "future_date", "check the date"),
        ("warning", 3, None, "updated_on", "2190-01-01", "future_date", "not used as the day"),
    ],
    "levels.csv": [
        ("error", 5, 6, "job_level", "Senior", "bad_level", "whole number from 1"),
        ("error", 6, 7, "job_level", "0", "level_out_of_range", "1 (lowest) to 99"),
        ("error", 8, 9, "job_level", "4.5", "bad_level", "leave the cell empty"),
        ("error", 9, 10, "job_level", "100", "level_out_of_range", "99"),
        ("error", 10, 11, "job_level", "-3", "level_out_of_range", "99"),
        ("error", 11, 12, "job_level", "٣", "bad_level", "not a level"),
    ],
    "words.csv": [
        ("error", 5, 6, "status", "sabbatical", "unknown_status", "write active or leave"),
        ("error", 6, 7, "status", "Left", "leaver", "leave the row out"),
        ("error", 7, 8, "worker_type", "robot", "unknown_worker_type", "employee or contractor"),
        ("error", 8, 9, "open_to", "coach;buddy", "unknown_kind", "mentor, coach, sponsor, peer"),
    ],
    "capacity.csv": [
        ("error", 5, 6, "capacity", "-1", "negative_capacity", "fewer than 0"),
        ("error", 6, 7, "capacity", "1.5", "bad_capacity", "not a whole number"),
        ("error", 7, 8, "capacity", "many", "bad_capacity", "an empty cell means 1"),
        ("error", 8, 9, "capacity", "1000", "capacity_out_of_range", "0 to 999"),
    ],
    "empty.csv": [("error", None, None, "", "", "empty_file", "export the people again")],
    "header_only.csv": [("error", None, None, "", "", "no_people", "a header and no people")],
    "cut_in_quote.csv": [("error", 4, None, "", "", "cut_off", "ends inside a quoted text")],
    "cut_in_row.csv": [("error", 4, None, "", "", "cut_off", "has 4 cells, the header has 13")],
    "cut_in_date.csv": [("error", 4, None, "updated_on", "2026-08", "bad_date", "not a date")],
    "too_few_cells.csv": [("error", 3, 4, "", "", "too_few_cells", "3 cells, the header has 13")],
    "too_many_cells.csv": [("error", 4, None, "", "", "too_many_cells", "quotes around texts")],
    "broken_quoting.csv": [("error", 3, None, "", "", "broken_quoting", "close every quote")],
    "latin1.csv": [
        ("error", None, 3, "", "", "wrong_encoding", "byte 0xf6 at place 243, line 3"),
        ("error", 4, None, "job_level", "x", "bad_level", "not a level"),
    ],
    "utf16.csv": [],
    "missing_columns.csv": [
        ("error", 1, None, "display_name", "", "missing_column", "display_name is missing"),
        ("error", 1, None, "job_title", "", "missing_column", "found: person_id"),
    ],
    "misspelt_columns.csv": [
        ("error", 1, None, "display_name", "", "missing_column", "rename display_nam"),
        ("warning", 1, None, "display_nam", "", "unknown_column", "rename it to display_name"),
        ("warning", 1, None, "job_levl", "", "unknown_column", "rename it to job_level"),
    ],
    "duplicate_columns.csv": [
        ("error", 1, None, "job_title", "Job Title", "duplicate_column", "two columns"),
    ],
    "protected_columns.csv": [
        ("warning", 1, None, "gender", "", "protected_column", "never read"),
        ("warning", 1, None, "age_band", "", "protected_column", "never read"),
        ("warning", 1, None, "favourite_colour", "", "unknown_column", "ignored"),
    ],
    "goals.csv": [("error", 1, None, "display_name", "", "wrong_file", "a file of goals")],
    "missing_values.csv": [
        ("error", 5, 6, "job_title", "", "missing_value", "fill it in"),
        ("error", 6, 7, "person_id", "", "missing_value", "fill it in"),
    ],
    "spreadsheet_error.csv": [
        ("error", 5, 6, "job_title", "#REF!", "spreadsheet_error", "repair the formula"),
        ("error", 6, 7, "manager_id", "#N/A", "spreadsheet_error", "leave the cell empty"),
    ],
    "nul.csv": [
        ("error", None, 3, "", "", "nul_byte", "byte 290, line 3"),
        ("warning", 3, None, "about", "", "hidden_characters", "removed"),
    ],
    "binary.csv": [("error", None, None, "", "", "wrong_format", "binary")],
    "page.csv": [("error", None, None, "", "", "wrong_format", "a web page")],
    "hidden.csv": [
        ("warning", 5, 6, "person_id", "", "hidden_characters", "invisible"),
        ("warning", 5, 6, "display_name", "", "hidden_characters", "invisible"),
    ],
    "garbled.csv": [("warning", 5, 6, "display_name", "", "garbled_text", "wrong encoding")],
    "several_tops.csv": [
        ("warning", 7, 8, "manager_id", "", "no_manager", "name the manager"),
        ("warning", 5, 6, "manager_id", "", "several_tops", "0042, T1"),
        ("warning", 7, 8, "job_level", "", "no_level", "fill it in"),
        ("warning", 7, 8, "about", "", "empty_profile", "only the role can match"),
        ("warning", 7, 8, "updated_on", "2021-10-01", "stale_profile", "two years"),
    ],
}  # fmt: skip


@pytest.fixture
def folder(repository: Path) -> Path:
    return repository / "tests" / "data" / "people"


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_told_with_its_place_and_remedy(folder: Path, name: str) -> None:
    told = [fault for fault in inspect_people(folder / name).problems
            if fault.code != "absent_column"]  # fmt: skip
    found = {(f.severity, f.row, f.line, f.column, f.value, f.code): f for f in told}
    assert len(found) == len(told)
    assert set(found) == {expected[:6] for expected in FAULTS[name]}
    for *place, words in FAULTS[name]:
        fault = found[tuple(place)]
        assert fault.file == name
        assert fault.message
        assert fault.remedy
        assert words in f"{fault.message}; {fault.remedy}"


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_is_refused_with_all_problems_or_read(folder: Path, name: str) -> None:
    if any(fault[0] == "error" for fault in FAULTS[name]):
        with pytest.raises(PeopleFileError, match=name) as caught:
            read_people(folder / name)
        assert list(caught.value.problems) == inspect_people(folder / name).problems
        assert "\n" not in str(caught.value)
    else:
        assert len(read_people(folder / name).frame) > 0


def test_every_file_of_the_folder_is_in_the_table(folder: Path) -> None:
    there = {path.name for path in folder.glob("[!.]*") if not path.name.startswith("good")}
    assert there == {name for name in FAULTS if not name.startswith("good")}


@pytest.mark.parametrize("shape", ["folder", "missing", "zip", "gzip", "xls", "json", "locked"])
def test_what_is_no_table_is_a_problem_not_a_traceback(tmp_path: Path, shape: str) -> None:
    import gzip
    import zipfile

    path = tmp_path / "people.csv"
    if shape == "folder":
        path.mkdir()
    elif shape == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("people.csv", "person_id\n")
            archive.writestr("leavers.csv", "person_id\n")
    elif shape == "gzip":
        path.write_bytes(gzip.compress(gzip.compress(b"person_id\n")))
    elif shape == "xls":
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    elif shape == "json":
        path.write_text('[{"person_id": "1"}]')
    elif shape == "locked":
        path.symlink_to(path)
    with pytest.raises(PeopleFileError) as caught:
        read_people(path)
    code = {"folder": "not_a_file", "missing": "no_file", "locked": "unreadable", "xls": "cut_off"}
    assert [fault.code for fault in caught.value.problems] == [code.get(shape, "wrong_format")]


def test_a_report_shows_no_profile_text(tmp_path: Path) -> None:
    secret = "I am looking for another job"
    path = tmp_path / "people.csv"
    path.write_text(
        "person_id,display_name,job_title,about,can_help_with,job_level,capacity\n"
        f"1,A,B,\u200b{secret},{secret} Ã¶,x,-2\n1,A,B,{secret},{secret},3,{'9' * 500}\n"
        f'2,A,B,{secret}\n3,A,B,"{secret}'
    )
    found = inspect_people(path)
    assert {"bad_level", "duplicate_id", "hidden_characters", "garbled_text", "cut_off"} <= {
        fault.code for fault in found.problems
    }
    for report in (render_text(found), render_json(found)):
        assert secret not in report
        assert "9" * 61 not in report


def test_a_value_cannot_command_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person_id,display_name,job_title,status\n1,A,B,\x1b[31mred\u202e\n")
    assert "\x1b" not in render_text(inspect_people(path))


@pytest.fixture
def many_levels(tmp_path: Path) -> Inspection:
    path = tmp_path / "people.csv"
    rows = "".join(f"{n},A,B,{n % 7}.5\n" for n in range(5000))
    path.write_text("person_id,display_name,job_title,job_level\n" + rows)
    return inspect_people(path)


def test_thousands_alike_are_one_line_with_a_count_an_example_and_the_first_row(
    many_levels: Inspection,
) -> None:
    (line,) = [line for line in render_text(many_levels).splitlines() if "not a level" in line]
    for words in ("error: 5,000 rows, job_level", "first is '0.5', all 5,000 end in '.5'",
                  "Rows 2, 3, 4, 5, 6 … and 4,995 more"):  # fmt: skip
        assert words in line
    (error,) = json.loads(render_json(many_levels))["errors"]
    assert (error["count"], error["row"], error["value"]) == (5000, 2, "0.5")
    assert error["alike"] == "all 5,000 end in '.5'"
    assert error["rows"] == list(range(2, 102))


def test_all_lists_each_one(many_levels: Inspection) -> None:
    assert render_text(many_levels, every=True).count("not a level") == 5000
    assert len(json.loads(render_json(many_levels, every=True))["errors"]) == 5000


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["1.0", "22.0"], "all 2 end in '.0'"),
        (["a", "a"], "as are all 2"),
        (["EMP-1", "EMP-2"], "all 2 begin with 'EMP-'"),
        (["1", "2"], ""),
        (["2023-04-17", "2024-01-01"], ""),
        (["1.0", ""], ""),
        (["10", "20"], ""),
    ],
)
def test_what_values_share_is_said(values: list[str], says: str) -> None:
    assert _alike(values) == says


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["validate", "good.csv"], 0, "3 rows, 0 errors, 1 warning"),
        (["validate", "several_tops.csv"], 0, "6 warnings"),
        (["validate", "levels.csv"], 1, "row 5 (line 6), job_level 'Senior'"),
        (["validate", "nowhere.csv"], 1, "no such file"),
        (["validate"], 2, "usage"),
        (["validate", "good.csv", "--loud"], 2, "usage"),
    ],
)
def test_the_command_exits_as_promised(
    folder: Path, arguments: list[str], code: int, words: str
) -> None:
    command = [sys.executable, "-m", "index", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_writes_json(folder: Path) -> None:
    command = [sys.executable, "-m", "index", "validate", "--json", "manager_cycle.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(report) == ["file", "rows", "errors", "warnings"]
    assert (report["file"], report["rows"]) == ("manager_cycle.csv", 9)
    warned = [warning["code"] for warning in report["warnings"]]
    assert warned == ["absent_column", "levels_not_rising"]
    assert report["errors"][0] | {"message": "", "remedy": ""} == {
        "file": "manager_cycle.csv", "code": "manager_cycle", "message": "", "remedy": "",
        "row": 5, "column": "manager_id", "value": "B", "severity": "error", "line": 6, "count": 1,
    }  # fmt: skip
