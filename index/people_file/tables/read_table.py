"""Any table file as text: the same cells with the same row numbers, whatever the format.

The format is told by the first bytes, not by the name. What cannot be read is a `Problem`, never a
traceback.
"""

import codecs
import zipfile
from collections.abc import Sequence
from pathlib import Path

from index.people_file.tables.archive import UnreadableArchiveError, unpacked
from index.people_file.tables.csv_table import read_csv
from index.people_file.tables.limits import TooHeavyError, too_heavy
from index.people_file.tables.other_formats import other_format, other_package
from index.people_file.tables.parquet import read_parquet
from index.people_file.tables.table import Table, unread
from index.people_file.tables.web_table import no_known_xml, read_html, read_spreadsheet_xml
from index.people_file.tables.workbook import read_workbook
from recommender.errors import Problem

_START_BYTES = 4096
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_table(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the known columns of a table file.

    CSV, Parquet, workbooks (.xlsx, .ods, .xls), tables of web pages and XML Spreadsheet 2003, each
    also packed by gzip or zip.

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
            start = stream.read(_START_BYTES)
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
    try:
        if start.startswith(_GZIP) or (start.startswith(_ZIP) and not _is_package(path)):
            with unpacked(path) as inside:
                return _read_unpacked(inside, known, required)
        return _read(path, start, known, required)
    except UnreadableArchiveError as reason:
        return unread(file, [reason.problem])
    except TooHeavyError as reason:
        return unread(file, [too_heavy(file, reason)])


def _read_unpacked(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    with path.open("rb") as stream:
        start = stream.read(_START_BYTES)
    if start.startswith(_GZIP) or (start.startswith(_ZIP) and not _is_package(path)):
        return unread(path.name, [Problem(
            path.name, "wrong_format", "this is an archive inside an archive, not a table",
            "unpack it and name the file that holds the people",
        )])  # fmt: skip
    return _read(path, start, known, required)


def _read(path: Path, start: bytes, known: Sequence[str], required: Sequence[str]) -> Table:
    file = path.name
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        return unread(file, [Problem(
            file, "empty_file", "the file is empty", "export the people again",
        )])  # fmt: skip
    if start.startswith(b"PAR1"):
        return read_parquet(path, known, required)
    if start.startswith(_ZIP):
        problem = other_package(path)
        return unread(file, [problem]) if problem else read_workbook(path, known, required)
    if start.startswith(_OLD_OFFICE):
        return read_workbook(path, known, required)
    problem = other_format(file, start)
    if problem:
        return unread(file, [problem])
    head = _ascii(start).lstrip()[:2000].lower()
    if head.startswith("<?xml") and "<html" not in head:
        if "urn:schemas-microsoft-com:office:spreadsheet" in head:
            return read_spreadsheet_xml(path, known, required)
        return unread(file, [no_known_xml(file)])
    if head.startswith(("<!doctype", "<?xml", "<html", "<head", "<meta", "<body", "<table",
                        "<style", "<div", "<!--")):  # fmt: skip
        return read_html(path, known, required)
    return read_csv(path, known, required)


def _ascii(start: bytes) -> str:
    """Spell out the first bytes, whatever their encoding, as far as they are ASCII."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "ignore")
    return start.decode("ascii", "ignore")


def _is_package(path: Path) -> bool:
    """Whether a zip file is a document of an office program; a damaged one counts as such."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return True
    return bool(names & {"[content_types].xml", "content.xml", "mimetype", "index/document.iwa"})


def _not_a_file(file: str) -> Problem:
    return Problem(
        file, "not_a_file", "this is a folder", "name the file inside it, such as people.csv"
    )
