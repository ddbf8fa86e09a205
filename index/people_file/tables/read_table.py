"""Any table file as text: CSV, Parquet and Excel become the same cells with the same row numbers.

The format is told by the first bytes, not by the name. What cannot be read is a `Problem`, never a
traceback.
"""

from collections.abc import Sequence
from pathlib import Path

from index.people_file.tables.csv_table import read_csv
from index.people_file.tables.parquet_excel import read_excel, read_parquet
from index.people_file.tables.table import Table, unread
from recommender.errors import Problem


def read_table(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the known columns of a CSV, Parquet or Excel file.

    Args:
        path: the file.
        known: every column to read; others are named in a warning and ignored.
        required: the columns that must be there.

    Returns:
        The table; `problems` says what is wrong with the file, its header and its rows' shape.
    """
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
