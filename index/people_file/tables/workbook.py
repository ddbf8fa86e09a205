"""Workbooks as text: .xlsx, .ods and the old .xls, weighed before they are opened."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, zip_longest
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from index.people_file.tables.grid import Grid, grid_table
from index.people_file.tables.header import count_known
from index.people_file.tables.heading import SEARCHED, Record
from index.people_file.tables.limits import (
    MAX_AREA,
    TooHeavyError,
    check_area,
    check_unpacked,
    too_heavy,
)
from index.people_file.tables.old_weight import weigh_old_workbook
from index.people_file.tables.sheet_weight import (
    ExcelWeight,
    OpenDocumentWeight,
    scan,
    text_lengths,
)
from index.people_file.tables.table import Table, shown, unread
from recommender.errors import Problem

_NAMED_PART = re.compile(r".*/worksheets/[^/]*\.xml|.*sharedstrings\.xml", re.IGNORECASE)
_LOOKED_AT = 8
"""The sheets among which the people are looked for."""


def read_workbook(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the sheet of a workbook that holds the people; see `read_table`."""
    file = path.name
    try:
        found = _weigh(path)
        if found.is_empty:
            return unread(file, [Problem(
                file, "wrong_format", "this is an OpenDocument spreadsheet without any sheet",
                "open it in LibreOffice, see that the people are there, and choose File, Save As",
            )])  # fmt: skip
        with CalamineWorkbook.from_path(path) as workbook:
            return _best_sheet(file, workbook, found, known, required)
    except TooHeavyError as reason:
        return unread(file, [too_heavy(file, reason)])
    except PasswordError:
        return unread(file, [Problem(
            file, "wrong_format", "this is a workbook with a password",
            "in Excel: File, Info, Protect Workbook, Encrypt with Password, empty the field, save",
        )])  # fmt: skip
    except CalamineError as reason:
        return unread(file, [damaged(file, "workbook", reason)])
    except Exception as reason:  # a damaged workbook raises whatever the XML underneath breaks
        return unread(file, [damaged(file, "workbook", reason)])


def damaged(file: str, what: str, reason: Exception) -> Problem:
    """Return the problem of a file that is not whole."""
    detail = str(reason).splitlines()[0] if str(reason) else type(reason).__name__
    return Problem(
        file, "cut_off", f"the {what} is damaged or not whole ({shown(detail)})",
        "copy or export the whole file again",
    )  # fmt: skip


def cell_text(cell: object) -> str:
    """Write a cell as a person would type it: 42.0 as 42, a date as 2026-11-23."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return number_text(cell)
    return str(cell)


def number_text(value: float) -> str:
    """Write a number without a point that says nothing."""
    return str(int(value)) if value.is_integer() else repr(value)


@dataclass(slots=True)
class _Found:
    """What the library does not tell, by the name of the sheet."""

    unsaved: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)
    merged: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = field(default_factory=dict)
    is_empty: bool = False
    """The workbook has no sheet at all."""


def _weigh(path: Path) -> _Found:
    """Read the sheets once without keeping them."""
    if not zipfile.is_zipfile(path):
        weigh_old_workbook(path)
        return _Found()
    with zipfile.ZipFile(path) as archive:
        check_unpacked(sum(part.file_size for part in archive.infolist()))
        names = set(archive.namelist())
        if "content.xml" in names:
            sheets = OpenDocumentWeight()
            with archive.open("content.xml") as stream:
                _walk(stream, sheets)
            return _Found(merged=sheets.merged, is_empty=not sheets.merged)
        titles, targets = _sheet_parts(archive)
        # The relations may give the parts any name
        parts = {name for name in names if name in targets or _NAMED_PART.fullmatch(name)}
        lengths: list[int] = []
        for name in sorted(parts):
            if name.lower().endswith("sharedstrings.xml") or targets.get(name) == "sharedStrings":
                with archive.open(name) as stream:
                    both = zip_longest(lengths, text_lengths(stream), fillvalue=0)
                    lengths = [max(pair) for pair in both]
        found = _Found()
        for name in sorted(parts):
            if "worksheets/" in name.lower() or targets.get(name) == "worksheet":
                weight = ExcelWeight(lengths)
                with archive.open(name) as stream:
                    _walk(stream, weight)
                found.unsaved[titles.get(name, name)] = weight.unsaved
        return found


def _walk(stream: IO[bytes], weight: ExcelWeight | OpenDocumentWeight) -> None:
    scan(stream, weight.start, weight.end, weight.text)


def _sheet_parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    """Map the part of each sheet of an .xlsx to the sheet's name, and each part to its kind."""
    parts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    titles: dict[str, str] = {}

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            target = given.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            parts[given.get("Id", "")] = part
            kinds[part] = given.get("Type", "").rpartition("/")[2]

    def sheet(name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            titles[given.get("id", "")] = given.get("name", "")

    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        with archive.open(part) as stream:
            scan(stream, start, lambda _: None, lambda _: None)
    return {parts.get(key, key): title for key, title in titles.items()}, kinds


def _best_sheet(
    file: str,
    workbook: CalamineWorkbook,
    found: "_Found",
    known: Sequence[str],
    required: Sequence[str],
) -> Table:
    """Read the first sheet that names the most known columns."""
    names = workbook.sheet_names
    best, best_count = None, -1
    for name in names[:_LOOKED_AT]:
        sheet = workbook.get_sheet_by_name(name)
        check_area(sheet.total_height, sheet.total_width)
        count = max(
            (count_known(record.cells, known) for record in islice(_records(sheet), SEARCHED)),
            default=0,
        )
        if best is None or (count > best_count >= 0 and count >= 2):
            best, best_count = sheet, count
    if best is None:
        return unread(file, [Problem(
            file, "empty_file", "the workbook has no sheet", "export the people again",
        )])  # fmt: skip
    merged = found.merged.get(best.name) or best.merged_cell_ranges or []
    grid = Grid(
        best.name, _records(best), _below_first(merged, best), found.unsaved.get(best.name, {})
    )
    table = grid_table(file, grid, known, required)
    if len(names) > 1 and not table.frame.empty:
        table.problems.append(Problem(
            file, "several_sheets",
            f"of {len(names)} sheets only {shown(best.name)!r} is read",
            "put all people on one sheet", severity="warning",
        ))  # fmt: skip
    return table


def _records(sheet: CalamineSheet) -> Iterator[Record]:
    if sheet.start is None:
        return
    top, left = sheet.start
    before: list[str] = [""] * left
    rows: Iterator[list[Any]] = sheet.iter_rows()
    for row, cells in enumerate(rows, top + 1):
        texts = [cell_text(cell) for cell in cells]
        if any(texts):
            yield Record(row, before + texts)


def _below_first(
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], sheet: CalamineSheet
) -> dict[tuple[int, int], tuple[int, int]]:
    """Map each cell below the first of a merged range to that first cell."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    last = sheet.end[0] if sheet.end else 0
    for (top, left), (bottom, _) in merged:
        for row in range(top + 1, min(bottom, last) + 1):
            found[row + 1, left] = (top + 1, left)
        if len(found) > MAX_AREA // 10:
            raise TooHeavyError("most of its cells are merged", "undo the merging of cells")
    return found
