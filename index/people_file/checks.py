"""Checks of the people file as a whole: ids, reporting lines, and what is worth a warning."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from index.people_file.cells import DATE_COLUMNS, HIDDEN, PROFILE_COLUMNS
from index.people_file.emails import find_locked_out
from index.people_file.hierarchy import find_implausible_lines
from index.people_file.reporting_lines import find_line_problems, id_keys, some
from index.people_file.schema import find_cell_problems
from index.people_file.tables.table import Table, shown
from recommender.errors import Problem

STALE_AFTER_DAYS = 730
"""A profile that nobody touched for two years is called stale."""

_GARBLED = "\ufffd|Ã[\x80-¿]|â€"
"""What UTF-8 looks like after it was read as something else and saved again."""

ABSENT_COLUMNS: dict[str, str] = {
    "manager_id": "nobody has a known line of command, so no mentor, sponsor or peer is suggested",
    "job_level": "no rule that needs a level lets anybody through: no mentor, sponsor or peer",
    "open_to": "nobody is volunteered, so nobody is suggested",
    "email": "with sign-in by OpenID Connect nobody can sign in",
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
            problems += find_line_problems(table, frame, judged)
            problems += find_implausible_lines(table, frame, judged)
        problems += find_locked_out(table, texts, judged)
    problems += _doubtful(table, texts, frame, judged, as_of, today)
    problems += [] if table.garbled else _strange_letters(table, judged)
    return problems


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
            f"{len(rows)} rows have this id: {some([str(row) for row in rows])}",
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
            f"these ids differ only by case, spaces or leading zeros: {some(names)}",
            "make sure that they are different people", value=names[1], severity="warning",
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
