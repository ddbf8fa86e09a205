"""Files that are no table: what each is by its first bytes, and which menu entry gives a table."""

import zipfile
import zlib
from pathlib import Path

from recommender.errors import Problem

_EXPORT = "export the people as CSV, Parquet or Excel"
_WORD = "put the table into a spreadsheet and save it as .xlsx"

_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "where the report is run choose Excel or CSV in place of PDF"),
    (b"{\\rtf", "a text document (RTF)", _WORD),
    (b"SQLite format 3\0", "a database (SQLite)", "export its table of people as CSV"),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet: DataFrame.to_parquet"),
    (b"ORC", "an ORC file", "write it as Parquet"),
    (b"Obj\x01", "an Avro file", "write it as Parquet"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and name the file inside it"),
    (b"Rar!", "a RAR archive", "unpack it and name the file inside it"),
    (b"BZh", "a bzip2 archive", "unpack it: bunzip2 FILE"),
    (b"\xfd7zXZ\0", "an xz archive", "unpack it: unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it: unzstd FILE"),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"-----BEGIN PGP", "an encrypted file (PGP)", "decrypt it: gpg --decrypt FILE"),
    (b"BEGIN:VCARD", "a list of contacts (vCard)", _EXPORT),
)  # fmt: skip

_PARTS: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)",
     "in Excel: File, Save As, Excel Workbook (.xlsx)"),
    ("word/document.xml", "a Word document", _WORD),
    ("ppt/presentation.xml", "a presentation", _WORD),
    ("index/document.iwa", "a Numbers, Pages or Keynote file",
     "in Numbers: File, Export To, CSV or Excel"),
    ("index.xml", "a Numbers, Pages or Keynote file",
     "in Numbers: File, Export To, CSV or Excel"),
)  # fmt: skip
"""A part that a package of this kind has, what that is, and the remedy."""


def other_format(file: str, start: bytes) -> Problem | None:
    """Name a file that is no table by its first bytes; None where it may be one."""
    for mark, what, remedy in _STARTS:
        if start.startswith(mark):
            return Problem(file, "wrong_format", f"this is {what}, not a table", remedy)
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"{", b"[")):
        if b"doc_id" in head and b"url" in head:
            return Problem(
                file, "wrong_format", "this is only a link to a Google sheet",
                "in Google Sheets: File, Download, Microsoft Excel (.xlsx)",
            )  # fmt: skip
        return Problem(
            file, "wrong_format", "this is JSON, not a table",
            "choose CSV or Excel where the export asks for the format",
        )  # fmt: skip
    return None


def other_package(path: Path) -> Problem | None:
    """Name a package of an office program that is no workbook; None for any other zip file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
            kind = b""
            if "mimetype" in names:
                with archive.open("mimetype") as stream:
                    kind = stream.read(200)
    except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return None  # damaged, which reading it as a workbook tells
    for part, what, remedy in _PARTS:
        if part in names:
            return Problem(path.name, "wrong_format", f"this is {what}, not a table", remedy)
    if kind.startswith(b"application/vnd.oasis.opendocument") and b"spreadsheet" not in kind:
        return Problem(
            path.name, "wrong_format", "this is an OpenDocument file that is no spreadsheet", _WORD
        )
    return None
