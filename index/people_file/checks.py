"""Checks of the people file as a whole: ids, reporting lines, and what is worth a warning."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from index.people_file.cells import DATE_COLUMNS, HIDDEN, PROFILE_COLUMNS
from index.people_file.schema import SPREADSHEET_ERRORS, find_cell_problems
from index.people_file.tables.table import Table, shown
from recommender.errors import Problem
from recommender.org import NO_ROW

STALE_AFTER_DAYS = 730
"""A profile that nobody touched for two years is called stale."""

_LISTED = 20
"""The most ids or rows that one message lists."""

_GARBLED = "\ufffd|Ã[\x80-¿]|â€"
"""What UTF-8 looks like after it was read as something else and saved again."""

ABSENT_COLUMNS: dict[str, str] = {
    "manager_id": "nobody has a known line of command, so no mentor, sponsor or peer is suggested",
    "job_level": "no rule that needs a level lets anybody through: no mentor, sponsor or peer",
    "open_to": "nobody is volunteered, so nobody is suggested",
}
"""Optional columns without which the service has little to say, and why."""


def find_problems(
    table: Table,
    texts: pd.DataFrame,
    frame: pd.DataFrame,
    required: tuple[str, ...],
    as_of: np.datetime64,
    today: date,
) -> list[Problem]:
    """Find everything wrong or doubtful in the records of a people file.

    Args:
        table: the file's cells, and where each record stands.
        texts: the cleaned columns that the file has, all text.
        frame: the same people, all columns with their types.
        required: the columns that must be there with a value.
        as_of: the day of the export.
        today: no date should be later than tomorrow.
    """
    if not len(texts):
        silent = table.whole and not any(fault.severity == "error" for fault in table.problems)
        return [Problem(
            table.file, "no_people", "the file has a header and no people",
            "export the people again",
        )] if silent else []  # fmt: skip
    judged = np.ones(len(texts), np.bool_)
    judged[list(table.torn)] = False
    problems = find_cell_problems(table, texts, required)
    problems += _absent_columns(table, texts)
    if "person_id" in texts:
        problems += _ids(table, frame["person_id"], judged)
        if "manager_id" in texts:
            problems += _managers(table, frame["person_id"], frame["manager_id"], judged)
    problems += _doubtful(table, texts, frame, judged, as_of, today)
    problems += [] if table.garbled else _strange_letters(table, judged)
    return problems


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


def _absent_columns(table: Table, texts: pd.DataFrame) -> list[Problem]:
    return [
        Problem(
            table.file, "absent_column", f"the file has no column {name}: {meaning}",
            f"add {name} to the export", column=name, severity="warning",
        )
        for name, meaning in ABSENT_COLUMNS.items() if name not in texts
    ]  # fmt: skip


def _ids(table: Table, ids: pd.Series, judged: NDArray[np.bool_]) -> list[Problem]:
    problems = []
    known = ids[(ids != "") & judged]
    again = known[known.duplicated(keep=False)]
    for person_id, records in again.groupby(again, sort=False).groups.items():
        rows = [int(row) for row in table.rows[np.asarray(records)]]
        problems.append(table.problem(
            int(records[1]), "person_id", "duplicate_id",
            f"{len(rows)} rows have this id: {_some([str(row) for row in rows])}",
            "keep one row for each person, and give different people different ids",
            value=str(person_id),
        ))  # fmt: skip
    distinct = known[~known.duplicated()]
    keys = id_keys(distinct)
    alike = distinct[keys.duplicated(keep=False)]
    for records in alike.groupby(keys[alike.index], sort=False).groups.values():
        names = [shown(str(ids[record])) for record in records]
        problems.append(table.problem(
            int(records[1]), "person_id", "similar_ids",
            f"these ids differ only by case, spaces or leading zeros: {_some(names)}",
            "make sure that they are different people", value=names[1], severity="warning",
        ))  # fmt: skip
    return problems


def _managers(
    table: Table, ids: pd.Series, manager_ids: pd.Series, judged: NDArray[np.bool_]
) -> list[Problem]:
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
        line = names if len(names) <= _LISTED else [*names[:_LISTED], f"… ({len(names):,} people)"]
        problems.append(table.problem(
            cycle[0], "manager_id", "manager_cycle",
            f"the reporting lines go round in a circle: {' → '.join([*line, names[0]])}",
            "correct one of these managers", value=str(manager_ids[cycle[0]]),
        ))  # fmt: skip
    if table.whole:
        unknown = has_manager & (at < 0) & judged & ~manager_ids.isin(SPREADSHEET_ERRORS).to_numpy()
        problems += _unknown_managers(table, ids, manager_ids, np.flatnonzero(unknown))
        problems += _tops(table, ids, manager, ~has_manager & judged)
    return problems


def _unknown_managers(
    table: Table, ids: pd.Series, manager_ids: pd.Series, records: NDArray[np.int64]
) -> list[Problem]:
    if not len(records):
        return []
    near = dict(zip(id_keys(ids), ids, strict=True))
    keys = id_keys(manager_ids.iloc[records])
    problems = []
    for record, key in zip(records.tolist(), keys, strict=True):
        meant = near.get(key, "")
        problems.append(table.problem(
            record, "manager_id", "unknown_manager", "nobody in the file has this id",
            f"write {shown(meant)}, if that is meant" if meant
            else "correct it, add the manager's row, or leave the cell empty at the top of a line",
            value=str(manager_ids[record]),
        ))  # fmt: skip
    return problems


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
            f"{len(roots)} people have reports and no manager: {_some(names)}",
            "check that each of them is the top of a line of their own", severity="warning",
        ))  # fmt: skip
    return problems


def _doubtful(
    table: Table,
    texts: pd.DataFrame,
    frame: pd.DataFrame,
    judged: NDArray[np.bool_],
    as_of: np.datetime64,
    today: date,
) -> list[Problem]:
    """Warn about what is allowed and still costs the person good suggestions."""
    latest = np.datetime64(today + timedelta(days=1), "D")
    checks: list[tuple[NDArray[np.bool_], str, str, str, str]] = []
    if "job_level" in texts:
        absent = (texts["job_level"] == "").to_numpy()
        checks.append((
            absent, "job_level", "no_level",
            "no job level: the person is not suggested where a rule needs it", "fill it in",
        ))  # fmt: skip
    if len(texts.columns.intersection(list(PROFILE_COLUMNS))):
        empty = (frame[list(PROFILE_COLUMNS)] == "").all(axis=1).to_numpy()
        checks.append((
            empty, "about", "empty_profile",
            "about, experience, skills and can_help_with are all empty: only the role can match",
            "ask the person to write a few lines",
        ))  # fmt: skip
    updated = frame["updated_on"].to_numpy(dtype="datetime64[D]")
    checks.append((
        updated < as_of - np.timedelta64(STALE_AFTER_DAYS, "D"), "updated_on", "stale_profile",
        "the profile was not touched for two years", "ask the person to look at it again",
    ))  # fmt: skip
    checks += [
        (
            frame[name].to_numpy(dtype="datetime64[D]") > latest, name, "future_date",
            "the day is in the future" + ("; it is not used as the day of the export"
                                          if name == "updated_on" else ""), "check the date",
        )
        for name in DATE_COLUMNS
    ]  # fmt: skip
    days = {name: texts[name].to_numpy() for name in DATE_COLUMNS if name in texts}
    return [
        table.problem(
            record, column, code, message, remedy, severity="warning",
            value=str(days[column][record]) if column in DATE_COLUMNS else "",
        )
        for mask, column, code, message, remedy in checks
        for record in np.flatnonzero(mask & judged).tolist()
    ]  # fmt: skip


def _strange_letters(table: Table, judged: NDArray[np.bool_]) -> list[Problem]:
    """Warn about characters that nobody sees or nobody meant, in the cells as they came."""
    problems = []
    for name in table.frame:
        cells = pa.array(table.frame[name], pa.string())
        for pattern, code, message, remedy in (
            (HIDDEN, "hidden_characters", "invisible characters were removed",
             "remove them where the text comes from"),
            (_GARBLED, "garbled_text", "letters were damaged by a wrong encoding on the way",
             "export the people as UTF-8 in every step"),
        ):  # fmt: skip
            mask = pc.match_substring_regex(cells, pattern).to_numpy(zero_copy_only=False)
            problems += [
                table.problem(record, str(name), code, message, remedy, severity="warning")
                for record in np.flatnonzero(mask & judged).tolist()
            ]
    return problems


def _some(names: list[str]) -> str:
    listed = names if len(names) <= _LISTED else [*names[:_LISTED], f"… ({len(names):,} in all)"]
    return ", ".join(listed)
