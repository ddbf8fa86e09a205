"""The same small company reads to the same cells from every format, and noise to no traceback."""

import io
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.people_file.people_file import inspect_people
from index.people_file.report import render_text
from index.people_file.tables.read_table import read_table
from index.people_file.tables.table import Table
from tests.index.table_files import (
    FORMATS,
    csv_bytes,
    html_bytes,
    ods_bytes,
    ods_sheet,
    write,
    xlsx_bytes,
    zip_bytes,
)

KNOWN = ("person_id", "display_name", "job_title", "about", "manager_id")
REQUIRED = KNOWN[:3]
WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="_"),
    min_size=1, max_size=12,
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
PEOPLE = st.lists(
    st.tuples(st.integers(1, 10**6).map(str), WORDS, WORDS, TEXTS, st.sampled_from(["", "7"])),
    min_size=1, max_size=8,
)  # fmt: skip
COMPANY = [["1", "Ada", "Chief", "I; read, | much.", ""], ["2", "Bo", "Clerk", "“ü” 'x'", "1"]]


@cache
def company_bytes(form: str) -> bytes:
    """Return the company in a format, the same bytes each time: zip files hold the time of day."""
    return FORMATS[form]([KNOWN, *COMPANY])


def read(path: Path) -> Table:
    return read_table(path, KNOWN, REQUIRED)


def codes(table: Table) -> list[str]:
    return [problem.code for problem in table.problems]


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None)
@given(people=PEOPLE)
def test_every_format_gives_the_same_cells_and_rows(
    tmp_path_factory: pytest.TempPathFactory, form: str, people: list[tuple[str, ...]]
) -> None:
    path = write(tmp_path_factory.mktemp("any"), FORMATS[form]([KNOWN, *people]))
    table = read(path)
    first = 3 if form == "type line" else 2
    assert table.problems == []
    assert [tuple(row) for row in table.frame.itertuples(index=False)] == people
    assert table.rows.tolist() == list(range(first, first + len(people)))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([
        b"", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe",
        b"<html><table><tr><td>", b"<!DOCTYPE html><table><tr><td colspan=3 rowspan=2>",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        b"person_id,display_name,job_title\n",
    ]),
    st.binary(max_size=400),
)  # fmt: skip
def test_random_bytes_raise_nothing(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, noise: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("noise"), start + noise)
    found = inspect_people(path)
    assert found.problems
    assert all(problem.message and problem.remedy for problem in found.problems)


@pytest.mark.parametrize("form", ["xlsx", "ods", "html", "spreadsheet xml"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_sheets_raise_nothing(
    tmp_path_factory: pytest.TempPathFactory, form: str, data: st.DataObject
) -> None:
    damaged = bytearray(company_bytes(form))
    places = st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255))
    for place, byte in data.draw(st.lists(places, max_size=8)):
        damaged[place] = byte
    kept = data.draw(st.integers(0, len(damaged)))
    table = read(write(tmp_path_factory.mktemp("cut"), bytes(damaged[:kept])))
    assert all(problem.message and problem.remedy for problem in table.problems)


@pytest.mark.parametrize("form", ["comma", "semicolon", "xlsx", "ods", "html", "spreadsheet xml"])
def test_titles_above_and_totals_below_are_left_out_and_told(tmp_path: Path, form: str) -> None:
    rows = [
        ["Employee listing"], ["Run by hr.admin on 30.11.2026 06:00"], [], KNOWN, *COMPANY, [],
        ["Total: 2"], ["Applied filters:\nStatus is active"],
    ]  # fmt: skip
    table = read(write(tmp_path, FORMATS[form](rows)))
    assert table.frame["display_name"].tolist() == ["Ada", "Bo"]
    assert table.rows.tolist() == [5, 6]
    told = {problem.code: problem for problem in table.problems}
    assert set(told) == {"title_rows", "total_rows"}
    assert "row 4" in told["title_rows"].message
    assert "2 rows below the people (8, 9)" in told["total_rows"].message
    assert {problem.severity for problem in table.problems} == {"warning"}


@pytest.mark.parametrize("row", [
    ["3", "", ""], ["Total Rewards", "Cy", "Clerk"], ["Sum", "Cy"], ["P 3"],
])  # fmt: skip
def test_nobody_is_taken_for_a_total(tmp_path: Path, row: list[str]) -> None:
    table = read(write(tmp_path, csv_bytes([KNOWN[:3], ["1", "Ada", "Chief"], row])))
    assert len(table.frame) == 2
    assert "total_rows" not in codes(table)


def test_a_total_in_the_middle_is_a_row_like_any_other(tmp_path: Path) -> None:
    table = read(write(tmp_path, xlsx_bytes([KNOWN, COMPANY[0], ["Total: 1"], COMPANY[1]])))
    assert table.frame["person_id"].tolist() == ["1", "Total: 1", "2"]


def test_the_sheet_with_the_people_is_read_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["About this report"])
    sheet = book.create_sheet("Staff")
    for row in [KNOWN, *COMPANY]:
        sheet.append(row)
    book.save(tmp_path / "p.xlsx")
    table = read(tmp_path / "p.xlsx")
    assert len(table.frame) == 2
    assert [(p.code, "'Staff'" in p.message) for p in table.problems] == [("several_sheets", True)]


def merged_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in [KNOWN, ["1", "A", "Chief", "", ""], ["2", "B", "Clerk", "", "1"],
                ["3", "C", None, "", None]]:  # fmt: skip
        book.active.append(row)
    book.active.merge_cells("C3:C4")
    book.active.merge_cells("E3:E4")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def merged_ods() -> bytes:
    rows = ods_sheet([KNOWN, ["1", "A", "Chief"]])
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    over = ' table:number-rows-spanned="2"'
    covered = "<table:covered-table-cell/>"
    third = [cell.format("", "2"), cell.format("", "B"), cell.format(over, "Clerk"),
             "<table:table-cell/>", cell.format(over, "1")]  # fmt: skip
    fourth = [cell.format("", "3"), cell.format("", "C"), covered, "<table:table-cell/>", covered]
    return ods_bytes(rows + "".join(
        f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in (third, fourth)
    ))  # fmt: skip


def merged_html() -> bytes:
    return (
        "<table><tr>" + "".join(f"<th>{name}" for name in KNOWN) + "</tr>"
        "<tr><td>1<td>A<td>Chief<td><td></tr>"
        "<tr><td>2<td>B<td rowspan=2>Clerk<td><td rowspan=2>1</tr><tr><td>3<td>C<td></tr></table>"
    ).encode()


@pytest.mark.parametrize("make", [merged_xlsx, merged_ods, merged_html])
def test_merged_cells_are_filled_down_and_told(tmp_path: Path, make: type[bytes]) -> None:
    table = read(write(tmp_path, make()))
    assert table.frame["job_title"].tolist() == ["Chief", "Clerk", "Clerk"]
    assert table.frame["manager_id"].tolist() == ["", "1", "1"]
    told = [(p.code, p.severity, p.row, p.column) for p in table.problems]
    assert told == [("merged_cells", "warning", 4, "job_title"),
                    ("merged_cells", "warning", 4, "manager_id")]  # fmt: skip


def test_marks_of_excel_are_decoded(tmp_path: Path) -> None:
    about = "one_x000D_\ntwo _x0041_ _x005F_x0042_"
    data = xlsx_bytes([KNOWN, ["1", "A", "B", about, ""]])
    cell = read(write(tmp_path, data)).frame["about"][0]
    assert cell.replace("\r", "") == "one\ntwo A _x0042_"


PHOTO = "/9j/" + "A" * 400_000


@pytest.mark.parametrize("form", ["comma", "xlsx", "parquet", "html"])
@pytest.mark.parametrize("noise", ["#REF!", "#N/A", PHOTO])
def test_a_cell_that_nobody_reads_stops_nothing(tmp_path: Path, form: str, noise: str) -> None:
    if form == "xlsx" and noise is PHOTO:
        noise = PHOTO[:30_000]  # the longest cell that Excel writes
    rows = [[*KNOWN, "photo"], ["1", "A", "B", "c", "", noise]]
    table = read(write(tmp_path, FORMATS[form](rows)))
    assert table.frame["about"].tolist() == ["c"]
    assert [p.severity for p in table.problems] == ["warning"]


def test_a_photo_in_a_column_that_is_read_is_one_error(tmp_path: Path) -> None:
    table = read(write(tmp_path, csv_bytes([KNOWN, ["1", "A", "B", PHOTO, ""]])))
    assert [(p.code, p.row, p.column) for p in table.problems] == [("cell_too_long", 2, "about")]
    assert table.frame["about"].tolist() == [""]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1", "RTF"),
        (b'{"url":"https://docs.example/1","doc_id":"1"}', "File, Download, Microsoft Excel"),
        (b"<html><form><input type=password></form></html>", "sign-in page"),
        (b"<!doctype html><p>The report is being prepared</p>", "web page without a table"),
        (b'<?xml version="1.0"?><wd:Report xmlns:wd="urn:x"/>', "XML that holds no worksheet"),
        (zip_bytes(("[Content_Types].xml", b""), ("xl/workbook.bin", b"")), "Save As, Excel Work"),
        (zip_bytes(("[Content_Types].xml", b""), ("word/document.xml", b"")), "a Word document"),
        (zip_bytes(("Index/Document.iwa", b"")), "in Numbers: File, Export To"),
        (zip_bytes(("a.csv", b"1"), ("b.csv", b"2")), "a zip archive with 2 files"),
        (zip_bytes(("a.zip", zip_bytes(("a.csv", b"1")))), "an archive inside an archive"),
        (b"SQLite format 3\0", "a database"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named_with_the_way_to_one(
    tmp_path: Path, data: bytes, words: str
) -> None:
    (problem,) = read(write(tmp_path, data)).problems
    assert words in f"{problem.message}; {problem.remedy}"


def test_an_html_table_beside_others_is_found(tmp_path: Path) -> None:
    page = b"<table><tr><td>Menu</td></tr></table>" + html_bytes([KNOWN, *COMPANY])
    table = read(write(tmp_path, page))
    assert table.frame["about"].tolist() == [COMPANY[0][3], COMPANY[1][3]]


COMMAND = "\x1b]0;owned\x07\u202e"


@pytest.mark.parametrize("form", ["parquet", "html"])
def test_a_header_cannot_command_the_terminal(tmp_path: Path, form: str) -> None:
    header = ["person_id", "display_nam" + COMMAND, "about", "ABOUT" + COMMAND, COMMAND + "x"]
    found = inspect_people(write(tmp_path, FORMATS[form]([header, ["1", "A", "b", "c", "d"]])))
    report = render_text(found)
    assert "owned" in report
    assert not any(letter in report for letter in "\x1b\x07\u202e")


def test_a_bar_in_a_text_is_no_separator(tmp_path: Path) -> None:
    table = read(write(tmp_path, b"person_id;display_name;job_title;about\n1;A;B;a|b|c|d,e,f,g\n"))
    assert table.frame["about"].tolist() == ["a|b|c|d,e,f,g"]


@pytest.mark.parametrize("name", ["matrix_manager_id", "dotted_line_manager", "functional_manager"])
def test_a_column_that_looks_like_a_second_manager_is_handed_on(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, csv_bytes([[*KNOWN, name], [*COMPANY[0], "2"]]))
    (problem,) = read(path).problems
    assert (problem.code, problem.column) == ("unknown_column", name)
    known = read_table(path, (*KNOWN, name), REQUIRED)
    assert known.frame[name].tolist() == ["2"]


def test_an_old_workbook_is_read_with_its_merged_cells(repository: Path) -> None:
    table = read(repository / "tests" / "data" / "tables" / "old.xls")
    assert table.frame["person_id"].tolist() == ["0042", "43", "44"]
    assert table.frame["manager_id"].tolist() == ["", "0042", "0042"]
    assert table.rows.tolist() == [4, 5, 6]
    told = {code for code in codes(table) if code != "unknown_column"}
    assert told == {"title_rows", "total_rows", "merged_cells"}


def test_a_workbook_with_a_password_is_told_as_that(repository: Path) -> None:
    (problem,) = read(repository / "tests" / "data" / "tables" / "locked.xlsx").problems
    assert (problem.code, "password" in problem.message) == ("wrong_format", True)
    assert "Encrypt with Password" in problem.remedy
