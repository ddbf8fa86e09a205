"""What a sheet's XML really holds, found by reading it once and keeping nothing.

A workbook of a few kilobytes can claim a million rows, or repeat one long text in each of them.
"""

import re
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from index.people_file.tables.limits import (
    MAX_TEXT,
    TooHeavyError,
    check_area,
    check_characters,
    check_unpacked,
)

_BLOCK = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def scan(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Walk through XML, with names bare of their namespaces.

    Raises:
        TooHeavyError: it is longer than may be unpacked, or declares entities.
        expat.ExpatError: it is not well formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: start(
        name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in given.items()}
    )
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse_entities
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        check_unpacked(size)
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _refuse_entities(*_: object) -> None:
    raise TooHeavyError("it declares XML entities, which no export does")


def text_lengths(stream: IO[bytes]) -> list[int]:
    """Measure each shared text of a workbook."""
    lengths: list[int] = []
    inside = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal inside
        inside = name == "t"
        if name == "si":
            lengths.append(0)

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    def text(found: str) -> None:
        if inside and lengths:
            lengths[-1] += len(found)

    scan(stream, start, end, text)
    return lengths


class ExcelWeight:
    """The weight of an .xlsx sheet, and which formulas have no saved result."""

    def __init__(self, lengths: list[int]) -> None:
        self.unsaved: dict[tuple[int, int], str] = {}
        """`(row, place)` of each formula without a result, to the formula."""
        self._lengths = lengths
        self._row = self._column = self._rows = self._columns = self._characters = 0
        self._shared = self._has_value = False
        self._parts: list[str] = []
        self._formula: str | None = None

    def start(self, name: str, given: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self._parts.clear()
        if name == "row":
            self._row = _whole(given.get("r"), self._row + 1)
            self._column = 0
        elif name == "c":
            place = _REFERENCE.fullmatch(given.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._row = int(place[2]) if place else self._row
            self._shared = given.get("t") == "s"
            self._has_value, self._formula = False, None

    def end(self, name: str) -> None:
        """Take the end of an element."""
        text = "".join(self._parts)
        self._parts.clear()
        if name in ("v", "t") and text:
            self._has_value = True
            index = _whole(text, -1) if self._shared else -1
            shared = 0 <= index < len(self._lengths)
            self._characters += self._lengths[index] if shared else len(text)
            check_characters(self._characters)
        elif name == "f":
            self._formula = text[:MAX_TEXT]
        elif name == "c":
            self._close_cell()

    def text(self, found: str) -> None:
        """Take text."""
        self._parts.append(found)

    def _close_cell(self) -> None:
        if self._has_value:
            self._rows = max(self._rows, self._row)
            self._columns = max(self._columns, self._column)
            check_area(self._rows, self._columns)
        elif self._formula is not None:
            self.unsaved[self._row, self._column - 1] = f"={self._formula}"


class OpenDocumentWeight:
    """The weight of the sheets of an .ods file, whose rows and cells may say "a million more"."""

    def __init__(self) -> None:
        self.merged: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
        """The ranges of each sheet that are merged over several rows, counted from 0."""
        self._sheet = ""
        self._rows = self._columns = self._characters = self._width = self._column = 0
        self._empty_rows = 0
        self._row_repeats = self._cell_repeats = 1
        self._length = 0
        self._in_cell = False

    def start(self, name: str, given: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if name == "table":
            self._rows = self._columns = self._empty_rows = 0
            self._sheet = given.get("name", "")
            self.merged[self._sheet] = []
        elif name == "table-row":
            self._row_repeats = _whole(given.get("number-rows-repeated"), 1)
            self._width = self._column = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._cell_repeats = _whole(given.get("number-columns-repeated"), 1)
            self._length = len(given.get("value", given.get("date-value", "")))
            self._in_cell = True
            below = _whole(given.get("number-rows-spanned"), 1) - 1
            if below > 0 and self._sheet in self.merged:
                row, place = self._rows + self._empty_rows, self._column
                self.merged[self._sheet].append(((row, place), (row + below, place)))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in ("table-cell", "covered-table-cell"):
            self._in_cell = False
            self._column += self._cell_repeats
            if self._length:
                self._width = self._column
                self._characters += self._length * self._cell_repeats * self._row_repeats
                check_characters(self._characters)
        elif name == "table-row":
            if not self._width:
                self._empty_rows += self._row_repeats
                return
            self._rows += self._empty_rows + self._row_repeats
            self._columns = max(self._columns, self._width)
            self._empty_rows = 0
            check_area(self._rows, self._columns)

    def text(self, found: str) -> None:
        """Take text."""
        if self._in_cell:
            self._length += len(found)


def _whole(text: str | None, otherwise: int) -> int:
    if text is None or not re.fullmatch(r"\d{1,12}", text, re.ASCII):
        return otherwise
    return int(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
