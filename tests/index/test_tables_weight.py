"""Small files that unpack to gigabytes or claim millions of rows are refused before they do."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from index.people_file.tables import limits
from index.people_file.tables.read_table import read_table
from tests.index.table_files import csv_bytes, ods_bytes, ods_sheet, write, zip_bytes

KNOWN = ("person_id", "display_name", "job_title", "about")
HEADER = list(KNOWN)
PERSON = ["1", "A", "B", "c"]


def far_cell(reference: str) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, PERSON):
        book.active.append(row)
    book.active[reference] = "x"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SHARED = (
    b'<Relationship Id="rIdTexts" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/sharedStrings"/>'
)


def with_sheet(sheet: str, shared: str = "") -> bytes:
    """Replace the sheet, and the shared texts, of a workbook."""
    stream = io.BytesIO()
    name = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with (
        zipfile.ZipFile(io.BytesIO(far_cell("A3"))) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            data = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                data = f"<worksheet {name}><sheetData>{sheet}</sheetData></worksheet>".encode()
            elif part == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"</Relationships>", SHARED + b"</Relationships>")
            target.writestr(part, data)
        target.writestr("xl/sharedStrings.xml", f"<sst {name}>{shared}</sst>")
    return stream.getvalue()


def repeated_text() -> bytes:
    row = "<row>" + '<c t="s"><v>0</v></c>' * 4 + "</row>"
    return with_sheet(row * 10_000, f"<si><t>{'x' * 32_000}</t></si>")


def entities() -> bytes:
    data = with_sheet("<row><c t='inlineStr'><is><t>&a;</t></is></c></row>")
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w") as target,
    ):
        for part in source.namelist():
            text = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            target.writestr(part, text)
    return stream.getvalue()


def big_zip_part() -> bytes:
    return zip_bytes(("people.csv", b" " * (limits.MAX_UNPACKED + 1)))


def ods_repeats(rows: int, cells: int) -> bytes:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="{}">'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell.format(cells)}'
    return ods_bytes(
        ods_sheet([HEADER]) + row + "<text:p>x</text:p></table:table-cell></table:table-row>"
    )


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd", use_dictionary=True)
    return stream.getvalue()


def parquet_repeats(rows: int, text: str) -> bytes:
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), [text])
    table = pa.table(dict.fromkeys(KNOWN, cells))
    return parquet(table)


def parquet_columns() -> bytes:
    return parquet(pa.table({f"c{place}": ["x"] for place in range(limits.MAX_COLUMNS + 1)}))


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "last row of Excel": (lambda: far_cell("A1048576"), "stands in row 1,048,576"),
    "last cell of Excel": (lambda: far_cell("XFD900000"), "row 900,000 and column 16,384"),
    "repeated shared text": (repeated_text, "characters, most of them repeated"),
    "entities": (entities, "XML entities"),
    "zip bomb": (big_zip_part, "unpacks to more than 1,024 MiB"),
    "rows of .ods": (lambda: ods_repeats(10**8, 1), "stands in row 100,000,001"),
    "cells of .ods": (lambda: ods_repeats(9_000, 10_000), "row 9,001 and column 10,000"),
    "html spans": (
        lambda: b"<table><tr><td rowspan=999999 colspan=999999>person_id", "column 999,999",
    ),
    "parquet text": (lambda: parquet_repeats(100_000, "x" * 30_000), "most of them repeated"),
    "parquet rows": (lambda: parquet_repeats(limits.MAX_ROWS + 1, "x"), "it has 1,000,001 rows"),
    "parquet columns": (parquet_columns, "it has 2,001 columns"),
    "a million empty names": (
        lambda: csv_bytes([[*HEADER, *(f"c{n}" for n in range(10**6))]]), "1,000,004 columns",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_weighs_too_much_is_refused_in_seconds(tmp_path: Path, bomb: str) -> None:
    make, words = BOMBS[bomb]
    path = write(tmp_path, make())
    assert path.stat().st_size < 16_000_000
    start = time.process_time()
    tracemalloc.start()
    try:
        table = read_table(path, KNOWN, KNOWN[:3])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [problem.code for problem in table.problems] == ["too_heavy"]
    assert words in table.problems[0].message
    assert table.problems[0].remedy
    assert most < 300_000_000
    assert time.process_time() - start < 20


@pytest.mark.parametrize("make", [
    lambda: csv_bytes([[*HEADER, *[""] * 100_000], PERSON]),
    lambda: ods_bytes(
        ods_sheet([HEADER, PERSON])
        + '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    ),
    lambda: with_sheet(
        "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row)
                + "</row>" for row in (HEADER, PERSON))
        + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    ),
], ids=["csv", "ods", "xlsx"])  # fmt: skip
def test_emptiness_weighs_nothing(tmp_path: Path, make: Callable[[], bytes]) -> None:
    table = read_table(write(tmp_path, make()), KNOWN, KNOWN[:3])
    assert table.problems == []
    assert table.frame.to_numpy().tolist() == [PERSON]


def test_a_binary_parquet_column_is_named_where_it_is_read_and_no_matter_elsewhere(
    tmp_path: Path,
) -> None:
    photo = pa.array([b"\xff\xd8\xff"], pa.binary())
    base = {name: pa.array(["x"]) for name in KNOWN[:3]}
    unread = read_table(write(tmp_path, parquet(pa.table({**base, "photo": photo}))), KNOWN, KNOWN)
    assert next(problem.code for problem in unread.problems) == "unknown_column"
    read = read_table(write(tmp_path, parquet(pa.table({**base, "about": photo}))), KNOWN, KNOWN)
    assert [(p.code, p.column) for p in read.problems] == [("bad_column_type", "about")]


def test_an_old_workbook_that_repeats_a_long_text_is_refused(repository: Path) -> None:
    packed = repository / "tests" / "data" / "tables" / "repeated_text.xls.gz"
    (problem,) = read_table(packed, KNOWN, KNOWN[:3]).problems
    assert (problem.code, problem.file) == ("too_heavy", packed.name)
    assert "old workbook" in problem.message
