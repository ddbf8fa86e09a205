"""Tables as CSV that a spreadsheet opens as text, never as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(
    r"""(\A | [,;|\t\r\n]) (?= [\s"'\0]* [=+\-@\uff1d\uff0b\uff0d\uff20] ) | \A (?=[\t\r\n])""",
    re.VERBOSE,
)
"""Where a cell begins that may run as a formula: at the start of a text and, where the program that
opens the file parts it by another sign than the comma, within it. The full-width signs count too.
Source: OWASP, "CSV Injection"."""


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV, UTF-8 with a byte order mark so that spreadsheets read it right.

    Where a formula could begin, an apostrophe stands before it; numbers stay numbers; None is
    an empty cell.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in (columns, *rows):
        writer.writerow([_safe(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig")


def _safe(cell: object) -> object:
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return cell
    return _FORMULA.sub(lambda found: f"{found[0]}'", str(cell))
