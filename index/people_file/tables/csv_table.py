"""CSV as administrators have it: any of four separators, with or without BOM, whole or cut off."""

import csv
import io
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from index.people_file.tables.encoding import text_encoding
from index.people_file.tables.grid import check_columns, refuse_long_texts
from index.people_file.tables.header import WRONG_FILE, count_known, resolve_header
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
    MAX_UNREAD_TEXT,
    TooHeavyError,
    too_heavy,
)
from index.people_file.tables.table import Table, unread
from recommender.errors import Problem

SEPARATORS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_BATCH = 20_000
"""Records held as Python lists at a time; a million people then never need gigabytes."""


class _Reader(Protocol):
    """What `csv.reader` returns."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


@dataclass(slots=True)
class _Records:
    """What is collected while the records go by."""

    file: str
    problems: list[Problem]
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    lines: "array[int]" = field(default_factory=lambda: array("q"))
    torn: list[int] = field(default_factory=list)
    whole: bool = True


def read_csv(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read a text table; see `index.people_file.tables.read_table.read_table`."""
    file = path.name
    encoding, problems = text_encoding(path)
    if not encoding:
        return unread(file, problems)
    limit = csv.field_size_limit(MAX_UNREAD_TEXT)
    try:
        return _read(path, encoding, problems, known, required)
    except TooHeavyError as reason:
        return unread(file, [too_heavy(file, reason)])
    finally:
        csv.field_size_limit(limit)


def _read(
    path: Path, encoding: str, problems: list[Problem], known: Sequence[str],
    required: Sequence[str],
) -> Table:  # fmt: skip
    file = path.name
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        separator, skipped = _separator(stream.read(1 << 16), known)
        stream.seek(0)
        for _ in range(skipped):
            stream.readline()
        reader = csv.reader(stream, delimiter=separator, strict=True)
        found = _Records(file, problems)
        records = _walk(reader, found, skipped)
        first = list(islice(records, SEARCHED))
        if not first:
            if not any(problem.severity == "error" for problem in problems):
                problems.append(
                    Problem(file, "empty_file", "the file is empty", "export the people again")
                )
            return unread(file, problems)
        at = header_place([record.cells for record in first], known)
        header = first[at].cells
        check_columns(header)
        places, faults = resolve_header(file, first[at].row, header, known, required)
        problems += faults
        if any(fault.code == WRONG_FILE for fault in faults):
            return unread(file, problems)
        problems += titles_told(file, first[:at], first[at].row)
        left_out: list[Record] = []
        below = before_totals(chain(first[at + 1 :], records), places, required, left_out)
        width = _width(header)
        chunks: dict[str, list[pa.Array]] = {name: [] for name in places}
        for batch in _batches(below, found, width):
            columns = list(zip(*batch, strict=True))
            for name, place in places.items():
                chunks[name].append(pa.array(columns[place], pa.string()))
    problems += totals_told(file, left_out)
    frame = pd.DataFrame(
        {name: pa.chunked_array(parts, pa.string()).to_pandas() for name, parts in chunks.items()}
    ).astype("str")
    rows, lines = np.array(found.rows, np.int64), np.array(found.lines, np.int64)
    torn = frozenset(found.torn)
    table = Table(
        file, frame, rows, lines, problems, torn, found.whole, garbled=encoding == "latin-1"
    )
    refuse_long_texts(table)
    return table


def _walk(reader: _Reader, found: _Records, skipped: int) -> Iterator[Record]:
    """Yield each record that is not blank; stop at broken quoting."""
    row, line = 0, skipped + 1
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as reason:
            found.whole = False
            found.problems.append(_broken(found.file, row, line, str(reason)))
            return
        if len(cells) > 1 or (cells and cells[0].strip()):
            yield Record(row, cells, line)
        line = reader.line_num + skipped + 1


def _batches(records: Iterator[Record], found: _Records, width: int) -> Iterator[list[list[str]]]:
    """Gather records of the right width; torn ones are noted, and padded or cut."""
    batch: list[list[str]] = []
    last_torn: tuple[int, int, int] | None = None
    for record in records:
        row, line, cells = record.row, record.line, list(record.cells)
        if last_torn:
            found.problems.append(_torn(found.file, *last_torn, width, is_last=False))
            last_torn = None
        if len(cells) != width:
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                found.torn.append(len(found.rows))
                last_torn = (row, line, len(cells))
            cells = (cells + [""] * width)[:width]
        elif not any(cells):
            continue
        found.rows.append(row)
        if len(found.rows) > MAX_ROWS:
            raise TooHeavyError(
                f"it has more than {MAX_ROWS:,} rows", "export only the people who work here now"
            )
        found.lines.append(line)
        batch.append(cells)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if last_torn:
        found.problems.append(_torn(found.file, *last_torn, width, is_last=found.whole))
    if batch:
        yield batch


def _width(header: Sequence[str]) -> int:
    """Count the header's cells without the blank ones at its end."""
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    return width


def _separator(sample: str, known: Sequence[str]) -> tuple[str, int]:
    """Find the separator, and how many lines stand before the header.

    The header decides, because its names are known; commas and semicolons in texts do not count.
    """
    hint = re.match(r'"?sep=(.)"?\r?\n', sample)
    if hint and hint[1] in SEPARATORS:
        return hint[1], 1
    best = (-1, -1, ",")
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        first: list[list[str]] = []
        try:
            first.extend(
                islice((cells for cells in reader if any(map(str.strip, cells))), SEARCHED)
            )
        except csv.Error:
            if not first:
                continue
        header = first[header_place(first, known)] if first else []
        rating = (count_known(header[:MAX_COLUMNS], known), len(header), separator)
        if rating[:2] > best[:2]:
            best = rating
    return best[2], 0


def _torn(file: str, row: int, line: int, cells: int, width: int, *, is_last: bool) -> Problem:
    shape = f"the row has {cells} cells, the header has {width}"
    at = line if line != row else None
    if cells > width:
        return Problem(
            file, "too_many_cells", shape,
            "put quotes around texts that hold the separator", row=row, line=at,
        )  # fmt: skip
    if is_last:
        return Problem(
            file, "cut_off", f"the file ends in the middle of its last row: {shape}",
            "copy or export the whole file again", row=row, line=at,
        )  # fmt: skip
    return Problem(
        file, "too_few_cells", shape,
        "give every row all cells, and put quotes around texts with line breaks", row=row, line=at,
    )  # fmt: skip


def _broken(file: str, row: int, line: int, reason: str) -> Problem:
    at = line if line != row else None
    if "unexpected end" in reason:
        return Problem(
            file, "cut_off", "the file ends inside a quoted text that begins in this row",
            "copy or export the whole file again, or close the quote", row=row, line=at,
        )  # fmt: skip
    if "field limit" in reason:
        limit = csv.field_size_limit()
        return Problem(
            file, "cell_too_long", f"a cell is longer than {limit:,} characters; "
            "mostly a quote is opened here and not closed. Reading stopped",
            "close the quote, or shorten the text", row=row, line=at,
        )  # fmt: skip
    return Problem(
        file, "broken_quoting", "a quoted text does not end where the cell ends. Reading stopped",
        'write quotes inside a text twice ("") and close every quote', row=row, line=at,
    )  # fmt: skip
