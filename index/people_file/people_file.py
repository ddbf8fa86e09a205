"""The people export: read from CSV, Parquet or Excel, normalised, and refused with every reason."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from index.people_file.cells import typed_column
from index.people_file.cleaning import changes_told, plain_column
from index.people_file.manager_cells import managers_by_id
from index.people_file.second_managers import point_to_manager, refuse_second_managers
from index.people_file.tables.read_table import read_table
from index.people_file.tables.table import Table
from recommender.errors import PeopleFileError, Problem
from recommender.people import PEOPLE_COLUMNS

REQUIRED_COLUMNS: tuple[str, ...] = ("person_id", "display_name", "job_title")
"""Must be there, with a value in every row. What absence of the others means: `PEOPLE_COLUMNS`."""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """Everyone in a people export, ready for `recommender.people.People.from_frame`."""

    frame: pd.DataFrame
    """The columns `PEOPLE_COLUMNS` in order: text stripped, NFC, "" for absent, lists joined by
    ";"; `job_level` Int16 with NA; `capacity` int16; dates datetime64[s] with NaT."""
    as_of: np.datetime64
    """datetime64[D]: the day the export speaks of, from which freshness is counted."""
    warnings: list[Problem]
    """What is allowed and still worth a look."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything found out about a people file, usable or not."""

    file: str
    frame: pd.DataFrame
    """As in `PeopleFile`; a cell that cannot be read counts as absent."""
    as_of: np.datetime64
    problems: list[Problem]
    """Errors and warnings, in the order of the file's rows within each code."""


def read_people(path: Path, *, as_of: date | None = None) -> PeopleFile:
    """Read a people export.

    Args:
        path: a CSV, Parquet or Excel file.
        as_of: the day of the export. By default the newest `updated_on` in the file that is not
            in the future, so that the same file always gives the same freshness, whenever and
            wherever it is read; without any, today.

    Raises:
        PeopleFileError: the file has problems; all of them, and the warnings, are in `problems`.
    """
    found = inspect_people(path, as_of=as_of)
    if any(problem.severity == "error" for problem in found.problems):
        raise PeopleFileError(found.file, found.problems)
    return PeopleFile(found.frame, found.as_of, found.problems)


def inspect_people(path: Path, *, as_of: date | None = None) -> Inspection:
    """Read a people export and find all of its problems; never raises for a bad file."""
    from index.people_file.checks import find_problems

    path = Path(path)
    table = read_table(path, PEOPLE_COLUMNS, REQUIRED_COLUMNS)
    texts, changes = _cleaned(table)
    frame = _typed(texts)
    today = datetime.now(UTC).date()
    day = _as_of(frame, as_of, today)
    problems = refuse_second_managers(table.problems) + changes
    if "manager_id" not in texts:
        problems = point_to_manager(problems)
    problems += find_problems(table, texts, frame, REQUIRED_COLUMNS, day, as_of or today)
    return Inspection(table.file, frame, day, problems)


def _cleaned(table: Table) -> tuple[pd.DataFrame, list[Problem]]:
    """Clean every column that the file has, and tell what was changed."""
    plain = {name: plain_column(table.frame[name], name) for name in map(str, table.frame)}
    texts = pd.DataFrame({name: column.cells for name, column in plain.items()})
    problems = [one for name, column in plain.items() for one in changes_told(table, name, column)]
    return texts, problems + managers_by_id(table, texts)


def _typed(texts: pd.DataFrame) -> pd.DataFrame:
    """Cast all people columns to their types; columns that the file lacks are absent everywhere."""
    empty = pd.Series([""] * len(texts), dtype="str")
    return pd.DataFrame(
        {name: typed_column(texts.get(name, empty), name) for name in PEOPLE_COLUMNS}
    )


def _as_of(frame: pd.DataFrame, given: date | None, today: date) -> np.datetime64:
    if given is not None:
        return np.datetime64(given, "D")
    # One day of grace: in Auckland tomorrow has begun
    latest = np.datetime64(today + timedelta(days=1), "D")
    days = frame["updated_on"].to_numpy(dtype="datetime64[D]")
    past = days[days <= latest]
    return np.datetime64(past.max() if len(past) else today, "D")
