"""Tables of web pages, and of the XML that Excel 2003 wrote; both are often called .xls."""

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from xml.parsers import expat

from index.people_file.tables.encoding import text_encoding
from index.people_file.tables.grid import Grid, grid_table
from index.people_file.tables.header import count_known
from index.people_file.tables.heading import SEARCHED, Record
from index.people_file.tables.limits import (
    MAX_AREA,
    MAX_COLUMNS,
    TooHeavyError,
    check_area,
    check_unpacked,
    too_heavy,
)
from index.people_file.tables.sheet_weight import scan
from index.people_file.tables.table import Table, unread
from index.people_file.tables.workbook import damaged
from recommender.errors import Problem

_BLOCK = 1 << 20


class _Cells:
    """The cells of one table as they come, with what is merged."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[Record] = []
        self.merged: dict[tuple[int, int], tuple[int, int]] = {}
        self.row = 0
        self.place = 0
        self._cells: list[str] = []

    def start_row(self, number: int) -> None:
        self.end_row()
        self.row, self.place, self._cells = number, 0, []

    def end_row(self) -> None:
        if any(self._cells):
            self.rows.append(Record(self.row, self._cells))
        self._cells = []

    def add(self, text: str, *, across: int = 1, down: int = 1, place: int | None = None) -> None:
        """Add a cell that covers so many columns and rows."""
        at = self.place if place is None else place
        while place is None and (self.row, at) in self.merged:
            at += 1
        check_area(self.row + down - 1, at + across)
        if text:
            if at >= MAX_COLUMNS:
                raise TooHeavyError(f"a cell stands in column {at + 1:,}")
            self._cells += [""] * (at + 1 - len(self._cells))
            self._cells[at] = text
        if len(self.merged) + down * across > MAX_AREA // 10:
            raise TooHeavyError("most of its cells are merged", "undo the merging of cells")
        for below in range(1, down):
            for beside in range(across):
                self.merged[self.row + below, at + beside] = (self.row, at)
        self.place = at + across


class _Page(HTMLParser):
    """The tables of a web page; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Cells] = []
        self.asks_password = False
        self._open: list[_Cells] = []
        self._texts: list[list[str]] = []
        self._spans: list[tuple[int, int]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.tables.append(_Cells(f"table {len(self.tables) + 1}"))
            self._open.append(self.tables[-1])
            self._texts.append([])
            self._spans.append((0, 0))
        elif tag == "input" and given.get("type", "").lower() == "password":
            self.asks_password = True
        elif tag in ("script", "style"):
            self._silent += 1
        elif tag in ("br", "p", "li", "div") and self._texts:
            self._texts[-1].append("\n")
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].start_row(self._open[-1].row + 1)
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            self._spans[-1] = (_span(given, "colspan"), _span(given, "rowspan"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        if not self._open:
            return
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag in ("tr", "table"):
            self._open[-1].end_row()
        if tag == "table":
            self._open.pop()
            self._texts.pop()
            self._spans.pop()

    def handle_data(self, data: str) -> None:
        if self._texts and self._spans[-1][0] and not self._silent:
            self._texts[-1].append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self.handle_endtag("table")

    def _end_cell(self) -> None:
        across, down = self._spans[-1]
        if across:
            lines = "".join(self._texts[-1]).replace("\xa0", " ").split("\n")
            text = "\n".join(line.strip() for line in lines).strip()
            self._open[-1].add(text, across=across, down=down)
        self._spans[-1] = (0, 0)
        self._texts[-1].clear()


def read_html(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the table of a web page that names the most known columns; see `read_table`."""
    file = path.name
    encoding, problems = text_encoding(path)
    page = _Page()
    try:
        check_unpacked(path.stat().st_size)
        with path.open(encoding=encoding or "utf-8", errors="replace") as stream:
            while block := stream.read(_BLOCK):
                page.feed(block)
        page.close()
        best = max(page.tables, key=lambda table: _rating(table, known), default=None)
        if best is None or not best.rows or not _rating(best, known):
            return unread(file, [_no_table(file, page)])
        table = grid_table(file, Grid(best.title, iter(best.rows), best.merged), known, required)
    except TooHeavyError as reason:
        return unread(file, [too_heavy(file, reason)])
    except Exception as reason:  # the parser of the library fails on some broken declarations
        return unread(file, [damaged(file, "web page", reason)])
    table.problems[:0] = problems
    return table


def read_spreadsheet_xml(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read the sheet of an 'XML Spreadsheet 2003' that names the most known columns."""
    file = path.name
    try:
        found = _Spreadsheet()
        with path.open("rb") as stream:
            scan(stream, found.start, found.end, found.text)
        best = max(found.sheets, key=lambda sheet: _rating(sheet, known), default=None)
        if best is None:
            return unread(file, [no_known_xml(file)])
        return grid_table(file, Grid(best.title, iter(best.rows), best.merged), known, required)
    except TooHeavyError as reason:
        return unread(file, [too_heavy(file, reason)])
    except expat.ExpatError as reason:
        return unread(file, [damaged(file, "XML file", reason)])


def no_known_xml(file: str) -> Problem:
    """Return the problem of XML that is not read."""
    return Problem(
        file, "wrong_format", "this is XML that holds no worksheet, not a table",
        "choose CSV or Excel where the export asks for the format",
    )  # fmt: skip


class _Spreadsheet:
    """The worksheets of an XML Spreadsheet 2003."""

    def __init__(self) -> None:
        self.sheets: list[_Cells] = []
        self._parts: list[str] = []
        self._cell: dict[str, str] = {}
        self._in_data = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "Worksheet":
            self.sheets.append(_Cells(given.get("Name", "")))
        elif name == "Row" and self.sheets:
            self.sheets[-1].start_row(_span(given, "Index", self.sheets[-1].row + 1))
        elif name == "Cell":
            self._cell = given
            self._parts.clear()
        self._in_data = self._in_data or name == "Data"

    def end(self, name: str) -> None:
        if name == "Data":
            self._in_data = False
        elif name == "Cell" and self.sheets:
            place = _span(self._cell, "Index", 0) - 1
            self.sheets[-1].add(
                _day("".join(self._parts)).strip(),
                across=_span(self._cell, "MergeAcross", 0) + 1,
                down=_span(self._cell, "MergeDown", 0) + 1,
                place=place if place >= 0 else None,
            )
        elif name in ("Row", "Worksheet") and self.sheets:
            self.sheets[-1].end_row()

    def text(self, found: str) -> None:
        if self._in_data:
            self._parts.append(found)


def _day(text: str) -> str:
    return text.removesuffix("T00:00:00.000")


def _rating(table: _Cells, known: Sequence[str]) -> int:
    return max((count_known(record.cells, known) for record in table.rows[:SEARCHED]), default=0)


def _span(given: dict[str, str], name: str, otherwise: int = 1) -> int:
    text = given.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _no_table(file: str, page: _Page) -> Problem:
    if page.asks_password:
        return Problem(
            file, "wrong_format",
            "this is the sign-in page of the system that should have sent the export, not a table",
            "sign in there, or renew the password of the nightly export, and export again",
        )  # fmt: skip
    return Problem(
        file, "wrong_format", "this is a web page without a table of people",
        "open it in a browser to see what it says, and export the people as CSV or Excel",
    )  # fmt: skip
