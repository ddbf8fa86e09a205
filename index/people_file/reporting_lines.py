"""Reporting lines of a people file: managers who are nobody, circles, and who is at the top."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.people_file.absent_words import ABSENT_WORDS
from index.people_file.cleaning import SPREADSHEET_ERRORS
from index.people_file.lists import parts_of
from index.people_file.tables.table import Table, shown
from recommender.errors import Problem
from recommender.org import NO_ROW

LISTED = 20
"""The most ids or rows that one message lists."""


def id_keys(ids: pd.Series) -> pd.Series:
    """Reduce ids to what remains when case, spaces and leading zeros are lost on the way."""
    return ids.str.lower().str.replace(r"\s+", "", regex=True).str.lstrip("0")


def find_cycles(manager: NDArray[np.int64]) -> list[list[int]]:
    """Find the cycles of reporting lines, each once, from its first row on.

    Everyone walks up 2^k ≥ n managers at once by doubling; who has not arrived at the top by then
    stands on a cycle, and the cycles are exactly where they stand.

    Args:
        manager: `(n_people,)` int64, the manager's row, `NO_ROW` for none.
    """
    n_people = len(manager)
    step = np.append(np.where(manager == NO_ROW, n_people, manager), n_people)
    for _ in range(n_people.bit_length()):
        step = step[step]
    left = set(np.unique(step[step < n_people]).tolist())
    cycles = []
    for start in sorted(left):
        if start not in left:
            continue
        cycle, row = [], start
        while row in left:
            left.discard(row)
            cycle.append(row)
            row = int(manager[row])
        cycles.append(cycle)
    return cycles


def find_line_problems(
    table: Table, people: pd.DataFrame, judged: NDArray[np.bool_]
) -> list[Problem]:
    """Find managers who are nobody, oneself, or below oneself, and lines without a top.

    Args:
        table: where each record stands in the file.
        people: all columns with their types, managers by their ids.
        judged: `(n_people,)` whose cells may be judged.
    """
    ids, manager_ids = people["person_id"], people["manager_id"]
    first = np.flatnonzero((~ids.duplicated() & (ids != "")).to_numpy())
    at = pd.Index(ids.iloc[first]).get_indexer(pd.Index(manager_ids))
    manager = np.where(at >= 0, first[at] if len(first) else NO_ROW, NO_ROW).astype(np.int64)
    has_manager = (manager_ids != "").to_numpy()
    own = has_manager & (ids == manager_ids).to_numpy()
    problems = [
        table.problem(
            record, "manager_id", "own_manager", "the person is their own manager",
            "name the manager, or leave the cell empty at the top of a line",
            value=str(manager_ids[record]),
        )
        for record in np.flatnonzero(own & judged).tolist()
    ]  # fmt: skip
    manager[own] = NO_ROW
    for cycle in find_cycles(manager):
        names = [shown(str(ids[record])) for record in cycle]
        line = names if len(names) <= LISTED else [*names[:LISTED], f"… ({len(names):,} people)"]
        problems.append(table.problem(
            cycle[0], "manager_id", "manager_cycle",
            f"the reporting lines go round in a circle: {' → '.join([*line, names[0]])}",
            "correct one of these managers", value=str(manager_ids[cycle[0]]),
        ))  # fmt: skip
    if table.whole:
        unknown = has_manager & (at < 0) & judged & ~manager_ids.isin(SPREADSHEET_ERRORS).to_numpy()
        problems += _unknown_managers(table, people, np.flatnonzero(unknown))
        problems += _second_managers(table, people, judged)
        problems += _tops(table, ids, manager, ~has_manager & judged)
    return problems


def _unknown_managers(
    table: Table, people: pd.DataFrame, records: NDArray[np.int64]
) -> list[Problem]:
    if not len(records):
        return []
    said = _Unknown.of(people)
    problems = []
    for record in records.tolist():
        cell = str(people["manager_id"].iloc[record])
        code, message, remedy = said.about(cell)
        problems.append(table.problem(record, "manager_id", code, message, remedy, value=cell))
    return problems


def _second_managers(
    table: Table, people: pd.DataFrame, judged: NDArray[np.bool_]
) -> list[Problem]:
    """Find second managers who are nobody, or oneself."""
    lists = people["matrix_manager_id"]
    wanted = np.flatnonzero((lists != "").to_numpy() & judged).tolist()
    if not wanted:
        return []
    said, ids = _Unknown.of(people), set(people["person_id"])
    problems = []
    for record in wanted:
        for cell in str(lists.iloc[record]).split(";"):
            if cell == people["person_id"].iloc[record]:
                problems.append(table.problem(
                    record, "matrix_manager_id", "own_manager",
                    "the person is their own second manager", "name the manager, or nobody",
                    value=cell,
                ))  # fmt: skip
            elif cell not in ids:
                code, message, remedy = said.about(cell)
                remedy = remedy.replace(" at the top of a line", "")
                problems.append(
                    table.problem(record, "matrix_manager_id", code, message, remedy, value=cell)
                )
    return problems


@dataclass(frozen=True, slots=True)
class _Unknown:
    """What to say of a manager whom no id names."""

    ids: frozenset[str]
    near: dict[str, str]
    """Ids by what remains of them when case, spaces and leading zeros are lost."""
    names: frozenset[str]

    @classmethod
    def of(cls, people: pd.DataFrame) -> Self:
        ids = people["person_id"]
        return cls(
            frozenset(ids),
            dict(zip(id_keys(ids), ids, strict=True)),
            frozenset(people["display_name"].map(name_key)) - {""},
        )

    def about(self, cell: str) -> tuple[str, str, str]:
        """Return a fault's code, what is wrong, and what to do."""
        if cell.casefold() in ABSENT_WORDS:
            return (
                "unknown_manager", "this word names no manager",
                "leave the cell empty at the top of a line, or write the manager's person_id",
            )  # fmt: skip
        parts = parts_of(cell, "matrix_manager_id")
        if len(parts) > 1 and self.ids.issuperset(parts):
            return (
                "several_managers", "the cell names several managers",
                "keep the first one, and write the others into the column matrix_manager_id",
            )  # fmt: skip
        if "@" in cell:
            return (
                "unknown_manager", "no one person in the file has this e-mail address",
                "write the manager's person_id",
            )  # fmt: skip
        if name_key(cell) in self.names:
            return (
                "manager_by_name", "this is a name, and several people can have one",
                "write the manager's person_id or e-mail address",
            )  # fmt: skip
        meant = self.near.get(str(id_keys(pd.Series([cell])).iloc[0]), "")
        return (
            "unknown_manager", "nobody in the file has this id",
            f"write {shown(meant)}, if that is meant" if meant
            else "correct it, add the manager's row, or leave the cell empty at the top of a line",
        )  # fmt: skip


def name_key(name: str) -> str:
    """Bring a name to one form: 'Kwon, Rosa' is 'rosa kwon'."""
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma else name).casefold().split())


def _tops(
    table: Table, ids: pd.Series, manager: NDArray[np.int64], top: NDArray[np.bool_]
) -> list[Problem]:
    has_report = np.zeros(len(manager), np.bool_)
    has_report[manager[manager != NO_ROW]] = True
    problems = [
        table.problem(
            record, "manager_id", "no_manager",
            "no manager and no reports, so the line of command is not known: the person is not "
            "suggested where a rule needs it", "name the manager", severity="warning",
        )
        for record in np.flatnonzero(top & ~has_report).tolist()
    ]  # fmt: skip
    roots = np.flatnonzero(top & has_report)
    if len(roots) > 1:
        names = [shown(str(ids[root])) for root in roots]
        problems.append(table.problem(
            int(roots[1]), "manager_id", "several_tops",
            f"{len(roots)} people have reports and no manager: {some(names)}",
            "check that each of them is the top of a line of their own", severity="warning",
        ))  # fmt: skip
    return problems


def some(names: list[str]) -> str:
    """List the first of some names, and how many there are."""
    listed = names if len(names) <= LISTED else [*names[:LISTED], f"… ({len(names):,} in all)"]
    return ", ".join(listed)
