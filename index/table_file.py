"""Any table file as text: CSV, Parquet and Excel become the same cells with the same row numbers.

The format is told by the first bytes, not by the name. What cannot be read is a `Problem`, never a
traceback.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.errors import Problem

_SHOWN = 60
"""The most characters of a value that a report shows."""


@dataclass(frozen=True, slots=True)
class Table:
    """The known columns of a table file as text, with where each row stands."""

    file: str
    frame: pd.DataFrame
    """Text, "" for an empty cell; only the known columns that the file has; index 0 to n - 1."""
    rows: NDArray[np.int64]
    """`(n,)`: each record's row as a spreadsheet shows it, the header being row 1."""
    lines: NDArray[np.int64] | None
    """`(n,)`: the line of a text file where each record begins; None for other formats."""
    problems: list[Problem]
    torn: frozenset[int] = field(default=frozenset())
    """Records with too few or too many cells; what their cells say is not to be judged."""
    whole: bool = True
    """False where reading stopped before the end, so people may be missing."""
    garbled: bool = False
    """True where the text was not UTF-8, so that letters may be wrong."""

    def line(self, record: int) -> int | None:
        """Give the line where a record begins, if that differs from its row."""
        if self.lines is None or self.lines[record] == self.rows[record]:
            return None
        return int(self.lines[record])

    def problem(
        self,
        record: int,
        column: str,
        code: str,
        message: str,
        remedy: str,
        *,
        value: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """Name a fault of one record."""
        return Problem(
            self.file, code, message, remedy, int(self.rows[record]), column, shown(value),
            severity, self.line(record),
        )  # fmt: skip


def shown(value: str) -> str:
    """Shorten a value, and spell out what a terminal would obey or hide."""
    cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in cut
    )


def unread(file: str, problems: Sequence[Problem]) -> Table:
    """Give the table of a file that could not be read at all."""
    return Table(file, pd.DataFrame(), np.zeros(0, np.int64), None, list(problems), whole=False)


def read_table(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the known columns of a CSV, Parquet or Excel file.

    Args:
        path: the file.
        known: every column to read; others are named in a warning and ignored.
        required: the columns that must be there.

    Returns:
        The table; `problems` says what is wrong with the file, its header and its rows' shape.
    """
    from index.table_binary import read_excel, read_parquet
    from index.table_csv import read_csv

    file = path.name or str(path)
    try:
        if path.is_dir():
            return unread(file, [_not_a_file(file)])
        with path.open("rb") as stream:
            start = stream.read(4096)
    except FileNotFoundError:
        return unread(file, [Problem(
            file, "no_file", "there is no such file", "check the path",
        )])  # fmt: skip
    except (OSError, ValueError) as reason:
        why = getattr(reason, "strerror", None) or str(reason)
        return unread(file, [Problem(
            file, "unreadable", f"the file cannot be opened ({why})",
            "check the path and the permission to read it",
        )])  # fmt: skip
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        return unread(file, [Problem(
            file, "empty_file", "the file is empty", "export the people again",
        )])  # fmt: skip
    if start.startswith(b"PAR1"):
        return read_parquet(path, known, required)
    if start.startswith(b"PK\x03\x04"):
        return read_excel(path, known, required)
    problem = _other_format(file, start)
    return unread(file, [problem]) if problem else read_csv(path, known, required)


def _not_a_file(file: str) -> Problem:
    return Problem(
        file, "not_a_file", "this is a folder", "name the file inside it, such as people.csv"
    )


def _other_format(file: str, start: bytes) -> Problem | None:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    found = None
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        found = "an old .xls workbook or one with a password", "save it as .xlsx without a password"
    elif start.startswith(b"\x1f\x8b"):
        found = "a gzip archive", "unpack it first"
    elif start.startswith(b"%PDF"):
        found = "a PDF", "export the people as CSV, Parquet or Excel"
    elif head.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<table")):
        found = (
            "a web page (often the sign-in page of the system that should have sent the export)",
            "open it in an editor to see, sign in, and export again",
        )
    elif head.startswith((b"{", b"[")):
        found = "JSON", "export the people as CSV, Parquet or Excel"
    if found is None:
        return None
    what, remedy = found
    return Problem(file, "wrong_format", f"this is {what}, not a table", remedy)
