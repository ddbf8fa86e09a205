"""The cells of a people file, checked by one pandera schema that reports every fault at once."""

import re
from typing import cast

import pandas as pd
import pandera.pandas as pa

from index.people_file.cells import (
    CAPACITY_RANGE,
    DATE_COLUMNS,
    KINDS,
    LEVEL_RANGE,
    PARSERS,
    PROFILE_COLUMNS,
    STATUSES,
    WORKER_TYPES,
    by_distinct,
    day_of_excel,
)
from index.people_file.cleaning import SPREADSHEET_ERRORS
from index.people_file.tables.table import Table
from recommender.errors import Problem
from recommender.people import PEOPLE_COLUMNS

_DATE_REMEDY = (
    "write it as year-month-day, such as 2024-03-25, or leave the cell empty; it counts as empty"
)
_LEVEL_REMEDY = (
    f"write a whole number from {LEVEL_RANGE[0]} (lowest) to {LEVEL_RANGE[1]}, "
    "or leave the cell empty"
)
_CAPACITY_REMEDY = (
    f"write a whole number from {CAPACITY_RANGE[0]} to {CAPACITY_RANGE[1]}; an empty cell means 1"
)

_BEGUN_DATE = re.compile(r"\d{1,4}|\d{4}-\d{0,2}|\d{4}-\d\d-\d?")
"""How a date looks whose end was cut off."""

FAULTS: dict[str, tuple[str, str]] = {
    "missing_value": ("the cell is empty, and everyone needs one", "fill it in"),
    "spreadsheet_error": (
        "the cell holds a spreadsheet's error in place of a value",
        "repair the formula, or leave the cell empty",
    ),
    "ambiguous_date": ("a date with slashes or a two-digit year is not guessed", _DATE_REMEDY),
    "excel_day_number": ("this is a spreadsheet's day number, not a date", _DATE_REMEDY),
    "bad_date": ("this is not a date", _DATE_REMEDY),
    "impossible_date": ("there is no such day between 1900 and 2199", _DATE_REMEDY),
    "bad_level": ("this is not a level", _LEVEL_REMEDY),
    "level_out_of_range": ("this level is out of range", _LEVEL_REMEDY),
    "bad_capacity": ("this is not a whole number of people", _CAPACITY_REMEDY),
    "negative_capacity": ("nobody can take on fewer than 0 people", _CAPACITY_REMEDY),
    "capacity_out_of_range": ("nobody can take on so many people", _CAPACITY_REMEDY),
    "leaver": (
        "people who have left are not listed",
        "leave the row out of the export, and give their reports their new manager",
    ),
    "unknown_status": (
        "this status is not known",
        f"write {' or '.join(STATUSES)}; an empty cell means active",
    ),
    "unknown_worker_type": (
        "this worker type is not known",
        f"write {' or '.join(WORKER_TYPES)}; an empty cell means employee",
    ),
    "unknown_kind": (
        "this names a kind of relationship that is not known",
        f"write any of {', '.join(KINDS)}, separated by ';'; an empty cell means none",
    ),
}
"""Each fault of a cell: what is wrong, and what to do."""


def _has_value(texts: pd.Series) -> pd.Series:
    return cast("pd.Series", texts != "")


def _is_no_spreadsheet_error(texts: pd.Series) -> pd.Series:
    return ~texts.isin(SPREADSHEET_ERRORS)


def _is_readable(texts: pd.Series) -> pd.Series:
    """Return for each cell whether its column's parser takes it."""
    _, faults, codes = by_distinct(texts, PARSERS[str(texts.name)])
    good = pd.Series([not fault for fault in faults], dtype=bool).to_numpy()
    return pd.Series(good[codes], index=texts.index)


def _column(name: str, required: tuple[str, ...]) -> pa.Column:
    if name in PARSERS:
        return pa.Column(str, pa.Check(_is_readable, error="parser"), required=False)
    checks = [pa.Check(_is_no_spreadsheet_error, error="spreadsheet_error")]
    if name in required:
        checks.append(pa.Check(_has_value, error="missing_value"))
    return pa.Column(str, checks, required=False)


def people_schema(required: tuple[str, ...]) -> pa.DataFrameSchema:
    """Build the schema of a cleaned people frame in which every cell is still text.

    Args:
        required: the columns in which no cell may be empty.
    """
    return pa.DataFrameSchema(
        {name: _column(name, required) for name in PEOPLE_COLUMNS}, strict=True
    )


def find_cell_problems(
    table: Table, texts: pd.DataFrame, required: tuple[str, ...]
) -> list[Problem]:
    """List every cell that does not fit its column.

    Args:
        table: where each record stands in the file.
        texts: the cleaned columns, all text.
        required: the columns in which no cell may be empty.
    """
    try:
        people_schema(required).validate(texts, lazy=True)
    except pa.errors.SchemaErrors as reason:
        cases = reason.failure_cases
    else:
        return []
    problems = []
    for column, check, value, record in zip(
        cases["column"], cases["check"], cases["failure_case"], cases["index"], strict=True
    ):
        cell = str(value)
        if int(record) in table.torn:
            continue
        code = PARSERS[column](cell)[1] if check == "parser" else str(check)
        if cell in SPREADSHEET_ERRORS:
            code = "spreadsheet_error"
        message, remedy = FAULTS[code]
        if code == "excel_day_number":
            remedy = f"format the column as a date: {day_of_excel(cell).isoformat()} would be read"
        # No rule needs a date; but half of one in the last cell tells of a file that was cut off
        is_last = int(record) == len(texts) - 1 and column == str(texts.columns[-1])
        torn_off = is_last and _BEGUN_DATE.fullmatch(cell) is not None
        light = column in DATE_COLUMNS and not torn_off
        private = column in PROFILE_COLUMNS and code != "spreadsheet_error"
        problems.append(table.problem(
            int(record), column, code, message, remedy, value="" if private else cell,
            severity="warning" if light else "error",
        ))  # fmt: skip
    return problems
