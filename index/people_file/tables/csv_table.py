"""CSV as administrators have it: any of three separators, with or without BOM, whole or cut off."""

import codecs
import csv
import io
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from index.people_file.tables.header import WRONG_FILE, count_known, resolve_header
from index.people_file.tables.table import Table, unread
from recommender.errors import Problem

SEPARATORS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab"}

_BATCH = 20_000
"""Records held as Python lists at a time; a million people then never need gigabytes."""

_READ_BYTES = 1 << 20


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
    encoding, problems = _encoding(path)
    if not encoding:
        return unread(file, problems)
    garbled = encoding == "latin-1" or encoding.startswith("utf-16")
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        separator, skipped = _separator(stream.read(1 << 16), known)
        stream.seek(0)
        for _ in range(skipped):
            stream.readline()
        reader = csv.reader(stream, delimiter=separator, strict=True)
        found = _Records(file, problems)
        records = _walk(reader, found, skipped)
        first = next(records, None)
        if first is None:
            if not any(problem.severity == "error" for problem in problems):
                problems.append(
                    Problem(file, "empty_file", "the file is empty", "export the people again")
                )
            return unread(file, problems)
        _, row, header = first
        places, faults = resolve_header(file, row, header, known, required)
        problems += faults
        if any(fault.code == WRONG_FILE for fault in faults):
            return unread(file, problems)
        width = _width(header)
        chunks: dict[str, list[pa.Array]] = {name: [] for name in places}
        for batch in _batches(records, found, width):
            columns = list(zip(*batch, strict=True))
            for name, place in places.items():
                chunks[name].append(pa.array(columns[place], pa.string()))
    frame = pd.DataFrame(
        {name: pa.chunked_array(parts, pa.string()).to_pandas() for name, parts in chunks.items()}
    ).astype("str")
    rows, lines = np.array(found.rows, np.int64), np.array(found.lines, np.int64)
    torn = frozenset(found.torn)
    return Table(file, frame, rows, lines, problems, torn, found.whole, garbled)


def _walk(reader: _Reader, found: _Records, skipped: int) -> Iterator[tuple[int, int, list[str]]]:
    """Yield `(line, row, cells)` of each record that is not blank; stop at broken quoting."""
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
            yield line, row, cells
        line = reader.line_num + skipped + 1


def _batches(
    records: Iterator[tuple[int, int, list[str]]], found: _Records, width: int
) -> Iterator[list[list[str]]]:
    """Gather records of the right width; torn ones are noted, and padded or cut."""
    batch: list[list[str]] = []
    last_torn: tuple[int, int, int] | None = None
    for line, row, cells in records:
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
    hint = re.match(r"sep=(.)\r?\n", sample)
    if hint and hint[1] in SEPARATORS:
        return hint[1], 1
    best = (-1, -1, ",")
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        try:
            header = next((cells for cells in reader if any(map(str.strip, cells))), [])
        except csv.Error:
            continue
        rating = (count_known(header, known), len(header), separator)
        if rating[:2] > best[:2]:
            best = rating
    return best[2], 0


def _encoding(path: Path) -> tuple[str, list[Problem]]:
    """Find the encoding to go on with, "" where the file is no text; anything but UTF-8 is told."""
    file = path.name
    with path.open("rb") as stream:
        start = stream.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", [_not_utf8(file, "UTF-16 (Excel calls it 'Unicode Text')", "")]
        for order, offset in (("le", 1), ("be", 0)):
            if start[offset::2].count(0) > len(start) // 4 > start[1 - offset :: 2].count(0) * 4:
                return f"utf-16-{order}", [_not_utf8(file, "UTF-16 without a BOM", "")]
        if sum(byte < 9 or 13 < byte < 32 for byte in start) > len(start) // 50 + 1:
            return "", [Problem(
                file, "wrong_format", "this is a binary file, not text, Parquet or Excel",
                "export the people as CSV, Parquet or Excel",
            )]  # fmt: skip
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        nul = -1
        try:
            done = 0
            while block := stream.read(_READ_BYTES):
                if nul < 0 <= (place := block.find(0)):
                    nul = done + place
                decoder.decode(block)
                done += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1", [_bad_byte(file, path.read_bytes())]
    problems = []
    if nul >= 0:
        line = _line_of(path.read_bytes(), nul)
        problems.append(Problem(
            file, "nul_byte", f"a zero byte stands at byte {nul + 1:,}, line {line:,}",
            "the file is damaged: copy or export it again", line=line,
        ))  # fmt: skip
    return "utf-8-sig", problems


def _bad_byte(file: str, data: bytes) -> Problem:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as reason:
        place = reason.start
    else:
        place = 0
    line = _line_of(data, place)
    around = data[max(0, place - 12) : place + 12].split(b"\n")[0 if place < 12 else -1]
    read = around.decode("cp1252", "replace").strip()
    shown = "".join(letter if letter.isprintable() else " " for letter in read)
    where = (
        f": byte 0x{data[place]:02x} at place {place + 1:,}, line {line:,}, is no UTF-8 "
        f"(as Windows-1252 it would read '{shown}')"
    )
    return _not_utf8(file, "something other than UTF-8, probably Windows-1252", where, line)


def _not_utf8(file: str, what: str, where: str, line: int | None = None) -> Problem:
    return Problem(
        file, "wrong_encoding", f"the text is encoded as {what}{where}",
        "save it as UTF-8 (in Excel: Save as, 'CSV UTF-8')", line=line,
    )  # fmt: skip


def _line_of(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


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
