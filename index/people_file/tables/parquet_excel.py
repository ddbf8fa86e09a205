"""Parquet and Excel as text cells."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from index.people_file.tables.header import WRONG_FILE, resolve_header
from index.people_file.tables.table import Table, unread
from recommender.errors import Problem


def read_parquet(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read a Parquet file; see `read_table`. Its first record is row 2."""
    file = path.name
    try:
        with pq.ParquetFile(path) as parquet:
            header = list(parquet.schema_arrow.names)
            places, problems = resolve_header(file, 1, header, known, required)
            wanted = [header[place] for place in places.values()]
            table = parquet.read(columns=wanted)
        table.validate(full=True)
        columns = {
            name: _texts(table.column(header[place])).to_pandas() for name, place in places.items()
        }
        frame = pd.DataFrame(columns).astype("str")
    except Exception as reason:  # the library has no common base for what a damaged file raises
        return unread(file, [_damaged(file, "Parquet", reason)])
    if any(problem.code == WRONG_FILE for problem in problems):
        return unread(file, problems)
    return Table(file, frame, np.arange(2, 2 + len(frame)), None, problems)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write a column of any type as text, "" for null."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    if pa.types.is_floating(column.type):
        values = [
            "" if value is None or value != value else _number(value)
            for value in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(values, pa.string())])
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"), safe=False).cast(pa.date32(), safe=False)
    return pc.fill_null(column.cast(pa.string()), "")


def read_excel(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the first sheet of a workbook; see `read_table`."""
    file = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names:
                return unread(file, [Problem(
                    file, "wrong_format", "this is a zip archive, not a table", "unpack it first",
                )])  # fmt: skip
            has_formulas = any(_holds_formula(archive, name) for name in names)
        return _sheet(path, known, required, has_formulas=has_formulas)
    except Exception as reason:  # a damaged workbook raises whatever the XML underneath breaks
        return unread(file, [_damaged(file, "Excel", reason)])


def _sheet(
    path: Path, known: Sequence[str], required: Sequence[str], *, has_formulas: bool
) -> Table:
    import openpyxl

    file = path.name
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        records = _filled(sheet.iter_rows(values_only=True))
        first = next(records, None)
        if first is None:
            return unread(file, [Problem(
                file, "empty_file", f"the sheet {sheet.title!r} is empty",
 "export the people again",
            )])  # fmt: skip
        row, cells = first
        header = [_text(cell) for cell in cells]
        places, problems = resolve_header(file, row, header, known, required)
        if len(workbook.worksheets) > 1:
            problems.append(Problem(
                file, "several_sheets",
                f"only the first of {len(workbook.worksheets)} sheets is read: {sheet.title!r}",
                "put the people on the first sheet", severity="warning",
            ))  # fmt: skip
        rows: list[int] = []
        columns: dict[str, list[str]] = {name: [] for name in places}
        for row, cells in records:
            rows.append(row)
            for name, place in places.items():
                columns[name].append(_text(cells[place]) if place < len(cells) else "")
    finally:
        workbook.close()
    if any(problem.code == WRONG_FILE for problem in problems):
        return unread(file, problems)
    frame = pd.DataFrame({name: pa.array(cells, pa.string()).to_pandas()
                          for name, cells in columns.items()}).astype("str")  # fmt: skip
    if has_formulas:
        problems += _formulas_without_value(path, places, frame, rows)
    return Table(file, frame, np.array(rows, np.int64), None, problems)


def _filled(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[int, tuple[object, ...]]]:
    """Number the sheet's rows and leave out blank ones."""
    for number, cells in enumerate(rows, 1):
        if any(cell is not None and cell != "" for cell in cells):
            yield number, cells


def _formulas_without_value(
    path: Path, places: dict[str, int], frame: pd.DataFrame, rows: list[int]
) -> list[Problem]:
    """Find formulas whose result was never saved: they read as empty cells."""
    import openpyxl

    record_of = {row: record for record, row in enumerate(rows)}
    problems = []
    workbook = openpyxl.load_workbook(path, read_only=True)
    try:
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        for row, cells in enumerate(sheet.iter_rows(), 1):
            record = record_of.get(row)
            for name, place in places.items():
                is_formula = place < len(cells) and getattr(cells[place], "data_type", "") == "f"
                if is_formula and (record is None or frame[name].iloc[record] == ""):
                    problems.append(Problem(
                        path.name, "formula_without_value",
                        "the cell holds a formula whose result was not saved",
                        "open the workbook in Excel and save it, or paste the values",
                        row=row, column=name, value=str(cells[place].value)[:60],
                    ))  # fmt: skip
    finally:
        workbook.close()
    return problems


def _holds_formula(archive: zipfile.ZipFile, name: str) -> bool:
    if not name.startswith("xl/worksheets/sheet"):
        return False
    tail = b""
    with archive.open(name) as stream:
        while block := stream.read(1 << 20):
            if b"<f>" in tail + block or b"<f " in tail + block:
                return True
            tail = block[-2:]
    return False


def _text(cell: object) -> str:
    """Write a cell as a person would type it: 42.0 as 42, a date as 2026-11-23."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return _number(cell)
    return str(cell)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _damaged(file: str, what: str, reason: Exception) -> Problem:
    detail = str(reason).splitlines()[0][:120] if str(reason) else type(reason).__name__
    return Problem(
        file, "cut_off", f"the {what} file is damaged or not whole ({detail})",
        "copy or export the whole file again",
    )  # fmt: skip
