"""What the cells of a people file mean: one parser for each type, and the cleaning of text.

Each parser takes one stripped cell and returns the value, or the slug of what is wrong with it.
Columns repeat their values, so a parser runs once for each distinct cell.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recommender.relationships import Relationship

STATUSES: tuple[str, ...] = ("active", "leave")
LEAVER_WORDS: frozenset[str] = frozenset({"left", "terminated", "former", "inactive", "retired"})
WORKER_TYPES: tuple[str, ...] = ("employee", "contractor")
KINDS: tuple[str, ...] = tuple(kind.value for kind in Relationship)
LEVEL_RANGE = (1, 99)
CAPACITY_RANGE = (0, 999)
DATE_RANGE = (date(1900, 1, 1), date(2199, 12, 31))

DATE_COLUMNS: tuple[str, ...] = ("hire_date", "updated_on")
LIST_COLUMNS: tuple[str, ...] = ("languages", "skills", "open_to", "matrix_manager_id")
PROFILE_COLUMNS: tuple[str, ...] = ("about", "experience", "skills", "can_help_with")
"""The texts people write; a report never shows them."""
MULTILINE_COLUMNS: tuple[str, ...] = ("about", "experience", "can_help_with")

HIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{84}\x{86}-\x{9f}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]"  # fmt: skip  # noqa: E501
"""Control, zero-width and direction characters (RE2). The joiners U+200C and U+200D stay: Persian,
Hindi and emoji need them."""

_EXCEL_DAY_ONE = date(1899, 12, 30)

Parsed = str | int | date | None


def clean_texts(texts: pd.Series, column: str) -> pd.Series:
    """Strip, compose (NFC) and tidy a whole column; a list's lines become parts of it: 'a;b'."""
    cells = pa.array(texts, pa.string())
    # Looking is five times faster than replacing, and hidden characters are rare
    if pc.any(pc.match_substring_regex(cells, HIDDEN)).as_py():
        cells = pc.replace_substring_regex(cells, HIDDEN, "")
    if column in LIST_COLUMNS:
        cells = pc.replace_substring_regex(cells, "[\r\n\x85\u2028\u2029]+", ";")
    if column in MULTILINE_COLUMNS:
        cells = pc.replace_substring_regex(cells, "\r\n?|\x85|\u2028|\u2029", "\n")
    else:
        cells = pc.replace_substring_regex(cells, "[\r\n\t\x85\u2028\u2029]+", " ")
    cells = pc.utf8_trim_whitespace(pc.utf8_normalize(cells, form="NFC"))
    return pd.Series(cells.to_pandas(), dtype="str")


def by_distinct(
    texts: pd.Series, parse: Callable[[str], tuple[Parsed, str]]
) -> tuple[list[Parsed], list[str], NDArray[np.int64]]:
    """Parse a column once for each distinct cell.

    Returns:
        The distinct values, their faults ("" where there is none), and `(n,)` the number of each
        row's distinct cell.
    """
    codes, distinct = pd.factorize(texts)
    results = [parse(str(cell)) for cell in distinct]
    return [value for value, _ in results], [fault for _, fault in results], codes


def parse_date(cell: str) -> tuple[Parsed, str]:
    """Read a day: ISO first, with or without a time; 20.03.2024 is day first by its dots.

    A date with slashes is never guessed: 03/04/2024 is March in one office and April in another.
    """
    if not cell:
        return None, ""
    iso = re.fullmatch(
        r"(\d{4})([-/]?)(\d\d)\2(\d\d)(?:[T ]\d\d:?\d\d[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?)?",
        cell,
        re.ASCII,
    )
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", cell, re.ASCII)
    if iso:
        year, month, day = int(iso[1]), int(iso[3]), int(iso[4])
    elif dotted:
        year, month, day = int(dotted[3]), int(dotted[2]), int(dotted[1])
    elif re.fullmatch(r"\d{1,2}[/-]\d{1,2}[/-](\d{4}|\d\d)", cell, re.ASCII):
        return None, "ambiguous_date"
    elif re.fullmatch(r"[2-7]\d{4}(\.\d+)?", cell, re.ASCII):
        return None, "excel_day_number"
    else:
        return None, "bad_date"
    try:
        found = date(year, month, day)
    except ValueError:
        return None, "impossible_date"
    return (found, "") if DATE_RANGE[0] <= found <= DATE_RANGE[1] else (None, "impossible_date")


def day_of_excel(number: str) -> date:
    """Turn Excel's day number into the day it shows."""
    return _EXCEL_DAY_ONE + timedelta(days=int(float(number)))


def parse_level(cell: str) -> tuple[Parsed, str]:
    """Read a job level: a whole number of `LEVEL_RANGE`, 1 lowest; '5.0' is 5."""
    number, fault = _whole_number(cell)
    if fault:
        return None, "bad_level"
    if number is not None and not LEVEL_RANGE[0] <= number <= LEVEL_RANGE[1]:
        return None, "level_out_of_range"
    return number, ""


def parse_capacity(cell: str) -> tuple[Parsed, str]:
    """Read how many people someone would take on; absent means 1."""
    number, fault = _whole_number(cell)
    if fault:
        return None, "bad_capacity"
    if number is None:
        return 1, ""
    if number < 0:
        return None, "negative_capacity"
    return (number, "") if number <= CAPACITY_RANGE[1] else (None, "capacity_out_of_range")


def _whole_number(cell: str) -> tuple[int | None, bool]:
    if not cell:
        return None, False
    if not re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", cell, re.ASCII):
        return None, True
    return int(cell.split(".")[0]), False


def parse_status(cell: str) -> tuple[Parsed, str]:
    """Read a status of `STATUSES`; absent means active."""
    word = cell.casefold()
    if word in LEAVER_WORDS:
        return None, "leaver"
    return (word or "active", "") if word in ("", *STATUSES) else (None, "unknown_status")


def parse_worker_type(cell: str) -> tuple[Parsed, str]:
    """Read a worker type of `WORKER_TYPES`; absent means employee."""
    word = cell.casefold()
    known = word in ("", *WORKER_TYPES)
    return (word or "employee", "") if known else (None, "unknown_worker_type")


def parse_kinds(cell: str) -> tuple[Parsed, str]:
    """Read the kinds someone is open to, in the order given; absent means none."""
    words = [word.strip() for word in cell.casefold().split(";")]
    kinds = list(dict.fromkeys(word for word in words if word))
    return (";".join(kinds), "") if set(kinds) <= set(KINDS) else (None, "unknown_kind")


PARSERS: dict[str, Callable[[str], tuple[Parsed, str]]] = {
    "status": parse_status,
    "job_level": parse_level,
    "worker_type": parse_worker_type,
    "hire_date": parse_date,
    "open_to": parse_kinds,
    "capacity": parse_capacity,
    "updated_on": parse_date,
}
"""The columns that are more than text."""


def typed_column(texts: pd.Series, column: str) -> pd.Series:
    """Turn a cleaned text column into its type; a cell that cannot be read becomes absent."""
    if column not in PARSERS:
        return texts
    values, _, codes = by_distinct(texts, PARSERS[column])
    if column in DATE_COLUMNS:
        days = np.array([np.datetime64(value or "NaT", "s") for value in values], "datetime64[s]")
        return pd.Series(days[codes])
    if column == "job_level":
        return (
            pd.Series([pd.NA if v is None else v for v in values], dtype="Int16")
            .take(codes)
            .reset_index(drop=True)
        )
    if column == "capacity":
        numbers = np.array([1 if value is None else value for value in values], np.int16)
        return pd.Series(numbers[codes])
    words = np.array(["" if value is None else str(value) for value in values], object)
    return pd.Series(words[codes], dtype="str")
