"""A column made plain: what is certain is cleaned, and what was cleaned is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from index.people_file.absent_words import says_nothing
from index.people_file.cells import LIST_COLUMNS, clean_texts
from index.people_file.emails import bare_address
from index.people_file.languages import language_name
from index.people_file.lists import parts_of
from index.people_file.markup import MARKUP, first_mark, without_markup
from index.people_file.tables.table import Table
from index.people_file.time_zones import AMBIGUOUS, time_zone
from recommender.errors import Problem

SPREADSHEET_ERRORS: tuple[str, ...] = (
    "#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!",
)  # fmt: skip

NEEDED: frozenset[str] = frozenset(
    ("person_id", "display_name", "job_title", "status", "worker_type", "job_level", "manager_id",
     "matrix_manager_id", "open_to", "capacity")
)  # fmt: skip
"""Columns that decide who is suggested: a spreadsheet's error there stops the file."""

CHANGES: dict[str, tuple[str, str]] = {
    "escaped_text": (
        "the text was escaped for the web or by Excel; its marks and tags were taken out",
        "export plain text",
    ),
    "absent_word": (
        "this word stands for nothing, and the cell counts as empty",
        "leave the cell empty",
    ),
    "spreadsheet_error": (
        "the cell holds a spreadsheet's error, and counts as empty",
        "repair the formula, or leave the cell empty",
    ),
    "language_spelling": ("this language has another name", "check that {read} is meant"),
    "decorated_email": (
        "there is more than the e-mail address in the cell",
        "write the address alone: {read} was read",
    ),
    "timezone_spelling": ("this time zone has another name", "check that {read} is meant"),
    "offset_timezone": (
        "a distance from Greenwich knows no summer time, so hours can be wrong by one",
        "write the place, such as Europe/Amsterdam",
    ),
    "ambiguous_timezone": (
        f"this short name is used in several parts of the world ({AMBIGUOUS['ist']}, …), so the "
        "time zone counts as unknown",
        "write the place, such as Asia/Kolkata",
    ),
    "unknown_timezone": (
        "this time zone is not known, and counts as absent",
        "write the place, such as Europe/Amsterdam",
    ),
}
"""Each change: what is said of it, and what to do. `{read}` is what the cell was read as."""


@dataclass(slots=True)
class Plain:
    """A column as it is read, and what was changed in it."""

    cells: pd.Series
    changed: dict[str, dict[int, str]] = field(default_factory=dict)
    """By change and record: the cell as it came, or the mark that was found in it."""

    def note(self, code: str, came: pd.Series) -> None:
        """Keep what was changed, where there is anything."""
        if len(came):
            self.changed[code] = dict(zip(came.index.to_numpy().tolist(), came, strict=True))


def plain_column(texts: pd.Series, column: str) -> Plain:
    """Clean a column of a people file.

    Args:
        texts: the cells as they came, index 0 to n - 1.
        column: the column's name.
    """
    plain = Plain(texts)
    _take_out_markup(plain)
    plain.cells = clean_texts(plain.cells, column)
    if column in LIST_COLUMNS:
        _change(plain, lambda cell: ";".join(parts_of(cell, column)))
    if column not in NEEDED:
        _change(plain, _no_spreadsheet_error, "spreadsheet_error")
    _change(plain, lambda cell: _no_absent_words(cell, column), "absent_word")
    if column == "languages":
        _change(plain, _by_name, "language_spelling")
    elif column == "email":
        _change(plain, bare_address, "decorated_email")
    elif column == "timezone":
        _read_time_zones(plain)
    return plain


def changes_told(table: Table, column: str, plain: Plain) -> list[Problem]:
    """Warn about what was changed in a column."""
    problems = []
    cells = plain.cells.tolist()
    for code, came in plain.changed.items():
        message, remedy = CHANGES[code]
        problems += [
            table.problem(
                record, column, code, message,
                remedy.format(read=cells[record] or "nothing"),
                value=cell, severity="warning",
            )
            for record, cell in came.items() if record not in table.torn
        ]  # fmt: skip
    return problems


def _change(plain: Plain, read: Callable[[str], str], code: str = "") -> None:
    """Read each distinct cell once; without a code, what changes is not told."""
    codes, distinct = pd.factorize(plain.cells)
    now = pd.Series([read(str(cell)) for cell in distinct], dtype="str")
    cells = now.take(codes).reset_index(drop=True) if len(now) else plain.cells
    if code:
        plain.note(code, plain.cells[(cells != plain.cells).to_numpy()])
    plain.cells = cells


def _take_out_markup(plain: Plain) -> None:
    # A glance in Arrow first: most columns have none
    marked = pc.match_substring_regex(pa.array(plain.cells, pa.string()), MARKUP)
    if not pc.any(marked).as_py():
        return
    came = plain.cells
    _change(plain, without_markup)
    plain.note("escaped_text", came[(came != plain.cells).to_numpy()].map(first_mark))


def _no_absent_words(cell: str, column: str) -> str:
    if column in LIST_COLUMNS:
        return ";".join(part for part in cell.split(";") if not says_nothing(part, column))
    return "" if says_nothing(cell, column) else cell


def _no_spreadsheet_error(cell: str) -> str:
    return "" if cell in SPREADSHEET_ERRORS else cell


def _by_name(cell: str) -> str:
    return ";".join(dict.fromkeys(map(language_name, cell.split(";")))) if cell else ""


def _read_time_zones(plain: Plain) -> None:
    came = plain.cells
    faults = came.map({cell: time_zone(cell)[1] for cell in came.unique()})
    _change(plain, lambda cell: time_zone(cell)[0])
    renamed = (faults == "") & (came != plain.cells)
    faults = faults.mask(renamed, "timezone_spelling")
    for code in faults[faults != ""].unique():
        plain.note(str(code), came[(faults == code).to_numpy()])
