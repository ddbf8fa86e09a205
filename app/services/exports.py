"""Tables as CSV that a spreadsheet opens as text, never as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins with one of these may run as a formula.
Source: OWASP, "CSV Injection"."""


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV, UTF-8 with a byte order mark so that spreadsheets read it right.

    A text that could run as a formula is prefixed with an apostrophe; numbers stay numbers; None is
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
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text
