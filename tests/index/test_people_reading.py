"""A people export is read the same from every format, and never as something it is not."""

import csv
import functools
import io
import re
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.people_file.absent_words import says_nothing
from index.people_file.cleaning import SPREADSHEET_ERRORS
from index.people_file.markup import MARKUP
from index.people_file.people_file import inspect_people, read_people
from index.people_file.reporting_lines import find_cycles
from recommender.errors import PeopleFileError
from recommender.people import PEOPLE_COLUMNS, People

MINIMAL = "person_id,display_name,job_title"


def as_text(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Write a people frame's cells as an export has them."""
    return {name: [
        "" if pd.isna(cell) else str(cell.date()) if isinstance(cell, pd.Timestamp) else str(cell)
        for cell in frame[name]
    ] for name in frame}  # fmt: skip


def test_the_sample_company_reads_as_it_stands(halden: Path) -> None:
    found = read_people(halden / "people.csv")
    with (halden / "people.csv").open(encoding="utf-8", newline="") as stream:
        records = list(csv.DictReader(stream))
    assert as_text(found.frame) == {
        name: [record.get(name, "") for record in records] for name in PEOPLE_COLUMNS
    }
    assert tuple(found.frame) == PEOPLE_COLUMNS
    assert found.as_of == np.datetime64("2026-11-18")
    assert {fault.code for fault in found.warnings} == {"stale_profile"}
    dtypes = found.frame.dtypes.astype(str)
    assert (dtypes["job_level"], dtypes["capacity"]) == ("Int16", "int16")
    assert dtypes["hire_date"] == dtypes["updated_on"] == "datetime64[s]"
    assert int(People.from_frame(found.frame, found.as_of).org.depth.max()) == 4


def test_parquet_and_excel_give_the_same_people_as_csv(halden: Path, tmp_path: Path) -> None:
    wanted = read_people(halden / "people.csv")
    raw = pd.read_csv(halden / "people.csv", dtype=str, keep_default_na=False)
    typed = wanted.frame.copy()
    typed["hire_date"] = typed["hire_date"].dt.date
    typed["skills"] = typed["skills"].str.split(";")
    typed["job_level"] = typed["job_level"].astype("float64")
    typed["team"] = typed["team"].astype("category")
    typed.to_parquet(tmp_path / "typed.parquet")
    raw.to_parquet(tmp_path / "raw.parquet")
    raw.assign(
        hire_date=pd.to_datetime(raw["hire_date"]), job_level=raw["job_level"].astype(float)
    ).to_excel(tmp_path / "people.xlsx", index=False)
    for name in ("typed.parquet", "raw.parquet", "people.xlsx"):
        pd.testing.assert_frame_equal(read_people(tmp_path / name).frame, wanted.frame)


def test_absence_means_what_the_columns_say(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{MINIMAL}\n0042, Ada ,Chief\n")
    found = read_people(path, as_of=date(2026, 1, 31))
    assert found.as_of == np.datetime64("2026-01-31")
    cells = as_text(found.frame)
    expected = {name: [""] for name in PEOPLE_COLUMNS} | {
        "person_id": ["0042"], "display_name": ["Ada"], "job_title": ["Chief"],
        "status": ["active"], "worker_type": ["employee"], "capacity": ["1"],
    }  # fmt: skip
    assert cells == expected
    told = {fault.column for fault in found.warnings if fault.code == "absent_column"}
    assert told == {"manager_id", "job_level", "open_to", "email"}


@pytest.mark.parametrize(
    ("column", "cell", "read"),
    [
        ("display_name", "  Zoe\u0308\u200b  ", "Zoë"),
        ("display_name", "=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"),
        ("display_name", 'O\'Neil, "Bo"', 'O\'Neil, "Bo"'),
        ("job_title", "Head\r\nof\tOps", "Head of Ops"),
        ("experience", "one\r\ntwo\n", "one\ntwo"),
        ("about", "क्‍ष 👩‍🚀", "क्‍ष 👩‍🚀"),
        ("about", "x" * 100_000, "x" * 100_000),
        ("skills", " a ;; b,c ; ", "a;b,c"),
        ("skills", "a, b", "a;b"),
        ("skills", "a | b\n• c\n- d", "a;b;c;d"),
        ("skills", "Excel (pivot, xlookup), 1,5 t", "Excel (pivot, xlookup);1,5 t"),
        ("languages", "english | DUTCH, de;en-GB", "English;Dutch;German"),
        ("languages", "English (C1)\nfrançais", "English;French"),
        ("open_to", "mentor | Coach\npeer", "mentor;coach;peer"),
        ("about", "<p>Tea &amp; cake,&nbsp;often.</p><p>Ask.</p>", "Tea & cake, often.\nAsk."),
        ("about", "one_x000D_\ntwo", "one\ntwo"),
        ("about", "std::vector<int> & a < b", "std::vector<int> & a < b"),
        ("skills", "P&amp;L;R&amp;amp;D", "P&L;R&D"),
        ("display_name", "Siobh&aacute;n O&#39;Neill", "Siobhán O'Neill"),
        ("display_name", "Null", "Null"),
        ("country", "NA", "NA"),
        ("country", "N/A", ""),
        ("about", "TBD", ""),
        ("skills", "none; SQL; n/a", "SQL"),
        ("job_level", "-", ""),
        ("team", "#REF!", ""),
        ("hire_date", "0000-00-00", ""),
        ("hire_date", "1900-01-00", ""),
        ("hire_date", "9999-12-31", ""),
        ("updated_on", "unknown", ""),
        ("timezone", "W. Europe Standard Time", "Europe/Berlin"),
        ("timezone", "(GMT+01:00) Amsterdam, Berlin, Bern", "Europe/Amsterdam"),
        ("timezone", "GMT+1", "Etc/GMT-1"),
        ("timezone", "IST", ""),
        ("timezone", "europe/amsterdam", "Europe/Amsterdam"),
        ("timezone", "(GMT+09:00) Amsterdam", ""),
        ("email", "Anna <a@x.org>", "a@x.org"),
        ("email", "mailto:a@x.org ", "a@x.org"),
        ("email", "a@x.org; b@x.org", "a@x.org; b@x.org"),
        ("open_to", "Peer, coach", "peer;coach"),
        ("status", "LEAVE", "leave"),
        ("job_level", "5.0", "5"),
        ("job_level", "007", "7"),
        ("capacity", "", "1"),
        ("hire_date", "20.3.2024", "2024-03-20"),
        ("hire_date", "2024/03/20", "2024-03-20"),
        ("hire_date", "20240320", "2024-03-20"),
        ("hire_date", "2024-03-20T23:30:00+02:00", "2024-03-20"),
        ("hire_date", "2024-03-20 00:00:00", "2024-03-20"),
    ],
)
def test_a_cell_is_read_as_it_is_meant(tmp_path: Path, column: str, cell: str, read: str) -> None:
    path = tmp_path / "people.csv"
    record = {"person_id": "1", "display_name": "A", "job_title": "B"} | {column: cell}
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([record.keys(), record.values()])
    assert as_text(read_people(path).frame)[column] == [read]


@pytest.mark.parametrize("header", [
    " Person ID ;DISPLAY-NAME;\u200bjob_title;about;;",
    "sep=;\nperson_id;display_name;job_title;about",
    "\n\nperson_id;display_name;job_title;about",
])  # fmt: skip
def test_headers_as_people_write_them(tmp_path: Path, header: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(header + "\n1;A;B;one, two, three, four, five\n\n2;C;D;six\n")
    frame = read_people(path).frame
    assert frame["about"].tolist() == ["one, two, three, four, five", "six"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_and_lines_are_counted_for_every_line_ending(tmp_path: Path, end: str) -> None:
    path = tmp_path / "people.csv"
    rows = [MINIMAL + ",capacity", f'1,A,"B{end}b",2', "", "2,A,B,-1"]
    path.write_bytes(end.join(rows).encode())
    (fault,) = [fault for fault in inspect_people(path).problems if fault.severity == "error"]
    assert (fault.row, fault.line, fault.value) == (4, 5, "-1")


def test_a_short_row_in_the_middle_hides_no_other_fault(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{MINIMAL},manager_id,job_level\nM,A\n1,A,B,M,x\n2,A,B,Z,1\n3,A,B,M,1\n")
    errors = [(f.row, f.code) for f in inspect_people(path).problems if f.severity == "error"]
    assert sorted(errors) == [(2, "too_few_cells"), (3, "bad_level"), (4, "unknown_manager")]


def workbook(path: Path, rows: list[list[object]], *, sheets: int = 1) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(path)
    return path


def test_excel_cells_keep_what_was_typed(tmp_path: Path) -> None:
    header = [*MINIMAL.split(","), "manager_id", "hire_date", "capacity"]
    path = workbook(tmp_path / "people.xlsx", [
        header,
        ["0042", "A", "B", None, datetime(2020, 1, 2, 9, 30), 2.0],
        [],
        [42, "C", "D", "0042", date(2021, 1, 2), None],
        [43.0, "E", "F", 42.0, "2022-01-02", "7"],
    ], sheets=2)  # fmt: skip
    found = read_people(path)
    cells = as_text(found.frame)
    assert cells["person_id"] == ["0042", "42", "43"]
    assert cells["manager_id"] == ["", "0042", "42"]
    assert cells["hire_date"] == ["2020-01-02", "2021-01-02", "2022-01-02"]
    assert cells["capacity"] == ["2", "1", "7"]
    assert {"several_sheets", "similar_ids"} <= {fault.code for fault in found.warnings}


def test_a_formula_whose_result_was_never_saved_is_an_error(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", [MINIMAL.split(","), ["1", "=A2&A2", "B"]])
    faults = {fault.code: fault for fault in inspect_people(path).problems}
    fault = faults["formula_without_value"]
    assert (fault.row, fault.column, fault.value) == (2, "display_name", "=A2&A2")


def test_an_empty_workbook_and_one_without_people(tmp_path: Path) -> None:
    empty = workbook(tmp_path / "empty.xlsx", [])
    header = workbook(tmp_path / "header.xlsx", [MINIMAL.split(",")])
    codes = [[f.code for f in inspect_people(path).problems if f.severity == "error"]
             for path in (empty, header)]  # fmt: skip
    assert codes == [["empty_file"], ["no_people"]]


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_told(halden: Path, tmp_path: Path, form: str, kept: float) -> None:
    path = tmp_path / f"people.{form}"
    raw = pd.read_csv(halden / "people.csv", dtype=str, keep_default_na=False)
    raw.to_parquet(path) if form == "parquet" else raw.to_excel(path, index=False)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(PeopleFileError) as caught:
        read_people(path)
    assert [fault.code for fault in caught.value.problems] == ["cut_off"]


PARTING = set(";|,•‣▪·*–—-")
WORDS = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30)
    .map(lambda text: text.strip())
    .filter(lambda text: not set(text.split(";")) & set(SPREADSHEET_ERRORS))
    .filter(lambda text: not re.search(MARKUP, text))
    .filter(lambda text: not any(says_nothing(part, "about") for part in re.split(r"[;|,]", text)))
)
PARTS = WORDS.map(lambda text: ("".join(set(text) & PARTING) and "plain") or text).filter(bool)
ZONES = ["", "Asia/Kolkata", "America/New_York", "UTC"]
LANGUAGES = st.lists(st.sampled_from(["English", "Dutch", "Kannada", "Elvish"]), unique=True)
TEXTS = st.lists(WORDS, max_size=3).map("\n".join).map(str.strip)
KINDS = st.lists(st.sampled_from(["mentor", "coach", "sponsor", "peer"]), unique=True)
DAYS = st.one_of(st.just(""), st.dates(date(1960, 1, 1), date(2026, 1, 1)).map(str))


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, str]]:
    """People without a fault, each reporting to an earlier one or to nobody."""
    ids = draw(st.lists(st.from_regex(r"[0-9A-Z]{1,6}", fullmatch=True), min_size=1, max_size=6,
                        unique=True))  # fmt: skip
    people = []
    for place, person_id in enumerate(ids):
        people.append({
            "person_id": person_id,
            "display_name": draw(WORDS) or "A",
            "email": draw(st.sampled_from(["", f"{place}@x.org", "same@x.org"])),
            "status": draw(st.sampled_from(["active", "leave"])),
            "job_title": draw(WORDS) or "B",
            "job_level": draw(st.one_of(st.just(""), st.integers(1, 99).map(str))),
            "department": draw(WORDS), "team": draw(WORDS), "location": draw(WORDS),
            "country": draw(WORDS), "timezone": draw(st.sampled_from(ZONES)),
            "languages": ";".join(draw(LANGUAGES)),
            "worker_type": draw(st.sampled_from(["employee", "contractor"])),
            "manager_id": draw(st.sampled_from(["", *ids[:place]])),
            "matrix_manager_id": ";".join(draw(st.lists(
                st.sampled_from([*ids[:place], *ids[place + 1:], ""]), unique=True, max_size=2,
            ).map(lambda found: list(filter(None, found))))),
            "hire_date": draw(DAYS),
            "about": draw(TEXTS), "experience": draw(TEXTS),
            "skills": ";".join(draw(st.lists(PARTS))),
            "can_help_with": draw(TEXTS),
            "open_to": ";".join(draw(KINDS)),
            "capacity": str(draw(st.integers(0, 999))),
            "updated_on": draw(DAYS),
        })  # fmt: skip
    return people


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=records(), separator=st.sampled_from(",;\t"), bom=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)  # fmt: skip
def test_valid_people_read_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    people: list[dict[str, str]], separator: str, bom: bool, end: str, quoting: int,
) -> None:  # fmt: skip
    from unicodedata import normalize

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(PEOPLE_COLUMNS)
    writer.writerows([[person[name] for name in PEOPLE_COLUMNS] for person in people])
    path = tmp_path_factory.mktemp("round") / "people.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8-sig" if bom else "utf-8"))
    assert as_text(read_people(path).frame) == {
        name: [normalize("NFC", person[name]) for person in people] for name in PEOPLE_COLUMNS
    }


@functools.cache
def valid_bytes(repository: Path, form: str) -> bytes:
    source = repository / "tests" / "data" / "people" / "good.csv"
    frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    buffer = io.BytesIO()
    if form == "parquet":
        frame.to_parquet(buffer)
    elif form == "xlsx":
        frame.to_excel(buffer, index=False)
    return source.read_bytes() if form == "csv" else buffer.getvalue()


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_bytes_raise_nothing_but_a_people_file_error(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, form: str, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"people.{form}"
    damaged = bytearray(valid_bytes(repository, form))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255)), max_size=8)
    ):
        damaged[place] = byte
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    try:
        read_people(path)
    except PeopleFileError as error:
        assert error.problems
        assert all(fault.message and fault.remedy for fault in error.problems)


@given(st.lists(st.integers(-1, 11), min_size=12, max_size=12))
def test_each_cycle_is_found_once(manager: list[int]) -> None:
    on_cycle = set()
    for start in range(12):
        row = start
        for _ in range(12):
            row = manager[row] if row >= 0 else row
            if row == start:
                on_cycle.add(start)
    cycles = find_cycles(np.array(manager, np.int64))
    assert sorted(row for cycle in cycles for row in cycle) == sorted(on_cycle)
    for cycle in cycles:
        assert cycle[0] == min(cycle)
        assert [manager[row] for row in cycle] == [*cycle[1:], cycle[0]]


@pytest.mark.bench
def test_200_000_people_are_read_within_seconds(halden: Path, tmp_path: Path) -> None:
    from time import process_time

    path = tmp_path / "people.csv"
    with (halden / "people.csv").open(encoding="utf-8", newline="") as stream:
        header, *people = csv.reader(stream)
    own, manager = header.index("person_id"), header.index("manager_id")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for copy in range(200_000 // len(people) + 1):
            for person in people:
                cells = person.copy()
                cells[own] += f"-{copy}"
                cells[manager] += f"-{copy}" if cells[manager] else ""
                writer.writerow(cells)
    start = process_time()
    found = read_people(path)
    assert len(found.frame) >= 200_000
    assert process_time() - start < 30
