"""A sheet's rows become a table: header found, merged cells filled down, totals left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pandas as pd
import pyarrow as pa

from index.people_file.tables.header import WRONG_FILE, resolve_header
from index.people_file.tables.heading import (
    SEARCHED,
    Record,
    before_totals,
    header_place,
    titles_told,
    totals_told,
)
from index.people_file.tables.limits import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    TooHeavyError,
    check_characters,
)
from index.people_file.tables.table import Table, unread
from recommender.errors import Problem


@dataclass(slots=True)
class Grid:
    """The cells of one sheet as text."""

    title: str
    rows: Iterator[Record]
    """The rows that are not blank, in order."""
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """`(row, place)` of each cell below the first of a merged range, to that first cell."""
    unsaved: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """`(row, place)` of each formula whose result was not saved, to the formula."""


def grid_table(file: str, grid: Grid, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the known columns of a sheet.

    Raises:
        TooHeavyError: it holds more than is read.
    """
    first = list(islice(grid.rows, SEARCHED))
    if not first:
        return unread(file, [Problem(
            file, "empty_file", f"the sheet {grid.title!r} is empty", "export the people again",
        )])  # fmt: skip
    at = header_place([record.cells for record in first], known)
    header = first[at]
    check_columns(header.cells)
    places, problems = resolve_header(file, header.row, header.cells, known, required)
    if any(problem.code == WRONG_FILE for problem in problems):
        return unread(file, problems)
    problems += titles_told(file, first[:at], header.row)
    left_out: list[Record] = []
    below = _filled_down(chain(first[at + 1 :], grid.rows), grid.merged, set(places.values()))
    rows: list[int] = []
    columns: dict[str, list[str]] = {name: [] for name in places}
    characters = 0
    for record in before_totals(below, places, required, left_out):
        rows.append(record.row)
        if len(rows) > MAX_ROWS:
            raise TooHeavyError(f"it has more than {MAX_ROWS:,} rows")
        for name, place in places.items():
            text = record.cells[place] if place < len(record.cells) else ""
            characters += len(text)
            columns[name].append(text)
        check_characters(characters)
    frame = text_frame(columns)
    problems += totals_told(file, left_out)
    problems += _merged_told(file, grid.merged, set(rows), places)
    table = Table(file, frame, np.array(rows, np.int64), None, problems)
    _tell_unsaved(table, grid.unsaved, places)
    refuse_long_texts(table)
    return table


def check_columns(cells: Sequence[str]) -> None:
    """Refuse a header with too many columns.

    Raises:
        TooHeavyError: it has them.
    """
    if len(cells) > MAX_COLUMNS and sum(map(bool, cells)) > MAX_COLUMNS:
        raise TooHeavyError(f"it has {len(cells):,} columns, and at most {MAX_COLUMNS:,} are read")


def text_frame(columns: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Build a frame of text columns."""
    return pd.DataFrame(
        {name: pa.array(cells, pa.string()).to_pandas() for name, cells in columns.items()}
    ).astype("str")


def refuse_long_texts(table: Table) -> None:
    """Add a problem for each cell that is too long, and read it as empty."""
    for name in map(str, table.frame):
        too_long = np.flatnonzero(table.frame[name].str.len().to_numpy() > MAX_TEXT)
        for record in map(int, too_long):
            table.problems.append(table.problem(
                record, name, "cell_too_long",
                f"the cell is longer than {MAX_TEXT:,} characters",
                "shorten the text; a photo or a document does not belong in this column",
            ))  # fmt: skip
        if len(too_long):
            table.frame.loc[too_long, name] = ""


def _filled_down(
    records: Iterator[Record], merged: Mapping[tuple[int, int], tuple[int, int]], read: set[int]
) -> Iterator[Record]:
    """Fill each cell of a merged range with the text of its first cell."""
    firsts = set(merged.values())
    texts: dict[tuple[int, int], str] = {}
    for record in records:
        if not merged:
            yield record
            continue
        cells = list(record.cells)
        for place in read:
            here = (record.row, place)
            if here in firsts:
                texts[here] = cells[place] if place < len(cells) else ""
            elif here in merged:
                cells += [""] * (place + 1 - len(cells))
                cells[place] = texts.get(merged[here], cells[place])
        yield record._replace(cells=cells)


def _merged_told(
    file: str,
    merged: Mapping[tuple[int, int], tuple[int, int]],
    rows: set[int],
    places: Mapping[str, int],
) -> list[Problem]:
    names = {place: name for name, place in places.items()}
    return [
        Problem(
            file,
            "merged_cells",
            "the cell is merged with the one above and was read as its value",
            "nothing needs to be done where each of these people has that value; otherwise undo "
            "the merging and fill each cell",
            row=row,
            column=names[place],
            severity="warning",
        )
        for row, place in sorted(merged)
        if row in rows and place in names
    ]


def _tell_unsaved(
    table: Table, unsaved: Mapping[tuple[int, int], str], places: Mapping[str, int]
) -> None:
    names = {place: name for name, place in places.items()}
    record_of = {int(row): record for record, row in enumerate(table.rows)} if unsaved else {}
    for (row, place), formula in unsaved.items():
        if row in record_of and place in names:
            table.problems.append(table.problem(
                record_of[row], names[place], "formula_without_value",
                "the cell holds a formula whose result was not saved",
                "open the workbook in Excel and save it, or paste the values", value=formula,
            ))  # fmt: skip
