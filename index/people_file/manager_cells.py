"""Managers named by something else than their id, where it is certain who is meant."""

import re
from collections.abc import Callable

import pandas as pd

from index.people_file.emails import bare_address
from index.people_file.reporting_lines import name_key
from index.people_file.tables.table import Table
from recommender.errors import Problem

MANAGER_COLUMNS: tuple[str, ...] = ("manager_id", "matrix_manager_id")

READ_AS: dict[str, tuple[str, str]] = {
    "number_id": (
        "the id is a number with a decimal point, as a spreadsheet writes it; it is read without",
        "export the ids as text: leading zeros may be lost too",
    ),
    "manager_by_email": (
        "the manager is given by e-mail address, and is found by it",
        "write the manager's person_id: an address can pass to somebody else",
    ),
    "manager_with_name": (
        "the manager is given by name and id, and is found by the id",
        "write the person_id alone",
    ),
}
"""Each way in which a manager is found: what is said of it, and what to do."""

_DECIMAL = re.compile(r"(\d+)\.0+")
_NAMED = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]")


def managers_by_id(table: Table, texts: pd.DataFrame) -> list[Problem]:
    """Put ids where managers are named otherwise, in place, wherever it is certain who is meant.

    Args:
        table: where each record stands in the file.
        texts: the cleaned columns, all text.

    Returns:
        A warning for each cell that was changed.
    """
    if "person_id" not in texts:
        return []
    problems = _read_ids(table, texts)
    find = _finder(texts)
    for column in MANAGER_COLUMNS:
        if column in texts:
            problems += _read_managers(table, texts, column, find)
    return problems


def _read_ids(table: Table, texts: pd.DataFrame) -> list[Problem]:
    """Read ids such as 1234.0 as 1234, where all are such and stay different."""
    ids = texts["person_id"]
    given = ids[ids != ""]
    if not len(given) or not given.str.fullmatch(_DECIMAL).all():
        return []
    bare = ids.str.replace(r"\.0+$", "", regex=True)
    if bare[ids != ""].nunique() != given.nunique():
        return []
    texts["person_id"] = bare
    records = given.index.to_numpy().tolist()
    return [
        _told(table, record, "person_id", "number_id", str(cell))
        for record, cell in zip(records, given, strict=True)
    ]


Find = Callable[[str], tuple[str, str]]
"""Return a manager's id for a cell ("" where nobody is sure), and how they were found."""


def _finder(texts: pd.DataFrame) -> Find:
    ids = texts["person_id"]
    known = frozenset(ids) - {""}
    people = texts[~ids.duplicated(keep=False)]
    emails, names = {}, {}
    if "email" in texts:
        keys = people["email"].str.casefold()
        once = (keys != "") & ~texts["email"].str.casefold().duplicated(keep=False)[people.index]
        emails = dict(zip(keys[once], people["person_id"][once], strict=True))
    if "display_name" in texts:
        names = dict(zip(people["person_id"], people["display_name"].map(name_key), strict=True))

    def find(cell: str) -> tuple[str, str]:
        if cell in known:
            return cell, ""
        decimal, named = _DECIMAL.fullmatch(cell), _NAMED.fullmatch(cell)
        if decimal and decimal[1] in known:
            return decimal[1], "number_id"
        if "@" in cell and (found := emails.get(bare_address(cell).casefold())):
            return found, "manager_by_email"
        if named and names.get(named[2]) == name_key(named[1]):
            return named[2], "manager_with_name"
        return "", ""

    return find


def _read_managers(table: Table, texts: pd.DataFrame, column: str, find: Find) -> list[Problem]:
    problems = []
    now = texts[column].copy()
    for cell in now[now != ""].unique():
        parts = str(cell).split(";") if column == "matrix_manager_id" else [str(cell)]
        found = [find(part) for part in parts]
        how = next((way for _, way in found if way), "")
        if not how:
            continue
        read = ";".join(person or part for (person, _), part in zip(found, parts, strict=True))
        records = texts.index[texts[column] == cell]
        now[records] = read
        problems += [
            _told(table, record, column, how, str(cell))
            for record in records if record not in table.torn
        ]  # fmt: skip
    texts[column] = now
    return problems


def _told(table: Table, record: int, column: str, how: str, cell: str) -> Problem:
    message, remedy = READ_AS[how]
    return table.problem(record, column, how, message, remedy, value=cell, severity="warning")
