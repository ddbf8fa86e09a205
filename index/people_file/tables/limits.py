"""How much a table file may hold, whatever it claims: a small file can unpack to gigabytes."""

from recommender.errors import Problem

MAX_UNPACKED = 1 << 30
"""The most bytes a file may unpack to."""

MAX_ROWS = 1_000_000
MAX_COLUMNS = 2_000
MAX_AREA = 20_000_000
"""The most cells of the rectangle from the first to the last cell that holds something."""

MAX_CHARACTERS = 500_000_000
"""The most characters of all cells together; a text that stands once in a file may be repeated."""

MAX_TEXT = 131_072
"""The most characters of a cell that is read."""

MAX_UNREAD_TEXT = 1 << 24
"""The most characters of a cell that nobody reads, such as a photo."""

_REMEDY = (
    "delete the empty rows and columns and the sheets and columns that are not needed, or export "
    "the people as CSV"
)


class TooHeavyError(Exception):
    """The file holds more than is read."""

    def __init__(self, what: str, remedy: str = _REMEDY) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def too_heavy(file: str, reason: TooHeavyError) -> Problem:
    """Name the limit that a file passes."""
    return Problem(file, "too_heavy", f"the file is not read: {reason.what}", reason.remedy)


def check_area(rows: int, columns: int) -> None:
    """Refuse a sheet whose last row or column stands too far out.

    Raises:
        TooHeavyError: there are too many rows, columns or cells.
    """
    if rows > MAX_ROWS:
        raise TooHeavyError(f"a cell stands in row {rows:,}, and at most {MAX_ROWS:,} are read")
    if rows * columns > MAX_AREA:
        raise TooHeavyError(
            f"its cells reach to row {rows:,} and column {columns:,}, and at most {MAX_AREA:,} "
            "cells are read"
        )


def check_unpacked(size: int) -> None:
    """Refuse what unpacks to too many bytes.

    Raises:
        TooHeavyError: it does.
    """
    if size > MAX_UNPACKED:
        raise TooHeavyError(f"it unpacks to more than {MAX_UNPACKED >> 20:,} MiB")


def check_characters(count: int) -> None:
    """Refuse cells that hold too much text together.

    Raises:
        TooHeavyError: they do.
    """
    if count > MAX_CHARACTERS:
        raise TooHeavyError(
            f"its cells hold more than {MAX_CHARACTERS:,} characters, most of them repeated"
        )
