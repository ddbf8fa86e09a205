"""The evaluator's CSV files: read strictly, every fault named by file, row and column."""

import csv
import io
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recommender.errors import Problem
from recommender.relationships import Relationship

_SHOWN = 60
"""The most characters of a value that a message shows."""

NEED = "need"
LABELS = (NEED, "circumstance", "terms")
"""What a part of a goal may be."""
KINDS = frozenset(map(str, Relationship))


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file as text, with the row number of each record."""

    file: str
    frame: pd.DataFrame
    """Text, surrounding white space removed, "" for an empty cell; index 0 to n - 1."""
    rows: list[int]
    """Each record's row as a spreadsheet shows it, the header being row 1."""

    def problem(self, record: int, column: str, code: str, message: str, remedy: str) -> Problem:
        """Name a fault of one cell."""
        value = str(self.frame[column].iloc[record])[:_SHOWN]
        return Problem(self.file, code, message, remedy, self.rows[record], column, value)


def read(
    path: Path, required: Sequence[str], optional: Sequence[str], problems: list[Problem]
) -> CsvTable | None:
    """Read a CSV file with known columns; others are left out, absent optional ones are empty.

    Args:
        path: the file.
        required: the columns that must be there, with a value in every row.
        optional: columns that may be missing or empty.
        problems: where faults are added.

    Returns:
        None where the file could not be read.
    """
    table = read_any(path, required, problems)
    if table is None:
        return None
    for column in optional:
        if column not in table.frame:
            table.frame[column] = ""
    table = CsvTable(table.file, table.frame[[*required, *optional]], table.rows)
    for column in required:
        problems += [
            table.problem(record, column, "empty", f"{column} is empty", "fill it in")
            for record in _where(table, column, lambda value: not value)
        ]
    return table


def read_any(path: Path, required: Sequence[str], problems: list[Problem]) -> CsvTable | None:
    """Read all columns of a CSV file; see `read`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(
            _fault(path, "no_file", "there is no such file", "add it, or check the path")
        )
        return None
    except UnicodeDecodeError as error:
        problems.append(
            _fault(path, "encoding", f"byte {error.start} is not UTF-8", "save it as UTF-8")
        )
        return None
    except OSError as error:
        problems.append(
            _fault(path, "unreadable", f"it cannot be opened ({error.strerror})", "check the path")
        )
        return None
    return _parse(path, text, required, problems)


def check_goals(goals: CsvTable, people: Collection[str]) -> Iterator[Problem]:
    """Find goals asked twice, by nobody, or for a kind that there is not."""
    yield from _twice(goals, ["goal_id"])
    yield from _unknown(goals, "person_id", people, "people.csv")
    yield from _not_a_kind(goals, "relationship")
    frame = goals.frame
    for record in _where(goals, "relationship", bool):
        if not frame["person_id"].iloc[record]:
            yield goals.problem(
                record, "relationship", "no_seeker", "a kind is asked for, and nobody asks",
                "name the seeker in person_id, or leave both empty",
            )  # fmt: skip


def check_qrels(qrels: CsvTable, goals: CsvTable, people: Collection[str]) -> Iterator[Problem]:
    """Find judgements of unknown goals or people, of lists that nobody asks for, and bad grades."""
    yield from _twice(qrels, ["goal_id", "relationship", "person_id"])
    yield from _unknown(qrels, "goal_id", set(goals.frame["goal_id"]), goals.file)
    yield from _unknown(qrels, "person_id", people, "people.csv")
    yield from _not_a_kind(qrels, "relationship")
    for record in _where(qrels, "grade", lambda grade: bool(grade) and not _is_grade(grade)):
        yield qrels.problem(
            record, "grade", "grade", "the grade is not a number from 0 to 10",
            "write 3 for 'introduce them tomorrow', 2 good, 1 partial",
        )  # fmt: skip
    asked = {
        goal: (seeker, kind)
        for goal, seeker, kind in goals.frame[["goal_id", "person_id", "relationship"]].itertuples(
            index=False
        )
    }
    for record, (goal, kind) in enumerate(
        qrels.frame[["goal_id", "relationship"]].itertuples(index=False)
    ):
        seeker, asked_kind = asked.get(goal, (None, ""))
        fits = kind == asked_kind or (seeker and not asked_kind and kind in KINDS)
        if seeker is not None and not fits:
            yield qrels.problem(
                record, "relationship", "not_asked", "the goal is not asked for this kind",
                "give the kind that goals.csv names (empty for goals without a seeker)",
            )  # fmt: skip


def check_kinds(kinds: CsvTable, goals: CsvTable) -> Iterator[Problem]:
    """Find unknown goals, unknown kinds, and ranks that are not 1, 2, …."""
    yield from _twice(kinds, ["goal_id", "kind"])
    yield from _unknown(kinds, "goal_id", set(goals.frame["goal_id"]), goals.file)
    yield from _not_a_kind(kinds, "kind")
    for record in _where(kinds, "rank", lambda rank: bool(rank) and not _is_rank(rank)):
        yield kinds.problem(
            record, "rank", "rank", "the rank is not a whole number from 1", "write 1 for the best"
        )


def check_needs(needs: CsvTable, goals: CsvTable) -> Iterator[Problem]:
    """Find unknown goals, parts that are not numbered 1, 2, …, and unknown labels."""
    yield from _twice(needs, ["goal_id", "part"])
    yield from _unknown(needs, "goal_id", set(goals.frame["goal_id"]), goals.file)
    for record in _where(needs, "part", lambda part: bool(part) and not _is_rank(part)):
        yield needs.problem(
            record, "part", "part", "the part is not a whole number from 1", "write 1 for the first"
        )
    for goal, parts in needs.frame.groupby("goal_id", sort=False)["part"]:
        numbers = sorted(int(part) for part in parts if _is_rank(part))
        if numbers != list(range(1, len(parts) + 1)):
            yield needs.problem(
                int(parts.index[-1]), "part", "gap",
                f"the parts of {goal} are not 1 to {len(parts)}",
                "label every part of the goal, from the first",
            )  # fmt: skip
    for record in _where(needs, "label", lambda label: bool(label) and label not in LABELS):
        yield needs.problem(
            record, "label", "label", f"the label is none of {', '.join(LABELS)}",
            "write what the part of the goal is",
        )  # fmt: skip


def check_evidence(
    evidence: CsvTable, goals: CsvTable, people: Collection[str]
) -> Iterator[Problem]:
    """Find judged passages of unknown goals or people, and grades other than 0, 1 and 2."""
    yield from _twice(evidence, ["goal_id", "person_id", "field", "passage"])
    yield from _unknown(evidence, "goal_id", set(goals.frame["goal_id"]), goals.file)
    yield from _unknown(evidence, "person_id", people, "people.csv")
    for record in _where(evidence, "grade", lambda grade: grade not in ("0", "1", "2")):
        yield evidence.problem(
            record, "grade", "grade", "the grade is none of 0, 1 and 2",
            "write 2 where the passage alone makes the case, 1 where it helps, else 0",
        )  # fmt: skip


def check_people(table: CsvTable, people: Collection[str]) -> Iterator[Problem]:
    """Find people who are named twice or are not in the people file."""
    yield from _twice(table, ["person_id"])
    yield from _unknown(table, "person_id", people, "people.csv")


def check_run(run: CsvTable, goals: Collection[str]) -> Iterator[Problem]:
    """Find unknown goals and kinds, people listed twice, and scores that are no numbers."""
    yield from _twice(run, ["goal_id", "relationship", "person_id"])
    yield from _unknown(run, "goal_id", goals, "goals.csv")
    yield from _not_a_kind(run, "relationship")
    for record in _where(run, "score", lambda score: bool(score) and not _is_finite(score)):
        yield run.problem(
            record, "score", "score", "the score is not a finite number", "write a number"
        )
    for record in _where(run, "rank", lambda rank: bool(rank) and not _is_rank(rank)):
        yield run.problem(
            record, "rank", "rank", "the rank is not a whole number from 1",
            "number each list from 1, or leave the column out",
        )  # fmt: skip


def _parse(
    path: Path, text: str, required: Sequence[str], problems: list[Problem]
) -> CsvTable | None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    rows: list[int] = []
    header: list[str] = []
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if row == 1:
                header = [cell.strip() for cell in cells]
            elif len(cells) == len(header):
                records.append([cell.strip() for cell in cells])
                rows.append(row)
            elif cells:
                problems.append(
                    _fault(
                        path, "cells", f"{len(cells)} cells where the header has {len(header)}",
                        "put texts with commas in quotes", row=row,
                    )
                )  # fmt: skip
    except csv.Error as error:
        problems.append(
            _fault(path, "quotes", f"not valid CSV: {error}", "check the quotes", row=row + 1)
        )
        return None
    missing = [column for column in required if column not in header]
    if missing:
        problems.append(
            _fault(
                path, "missing_column", f"there is no column {', '.join(missing)}",
                f"the header needs {', '.join(required)}", row=1,
            )
        )  # fmt: skip
        return None
    if not records:
        problems.append(_fault(path, "empty_file", "there are no rows", "add some"))
        return None
    return CsvTable(path.name, pd.DataFrame(records, columns=header, dtype="str"), rows)


def _fault(path: Path, code: str, message: str, remedy: str, row: int | None = None) -> Problem:
    return Problem(path.name, code, message, remedy, row)


def _where(table: CsvTable, column: str, holds: Callable[[str], bool]) -> list[int]:
    return [record for record, value in enumerate(table.frame[column]) if holds(value)]


def _twice(table: CsvTable, columns: list[str]) -> Iterator[Problem]:
    for record in table.frame.duplicated(columns).to_numpy().nonzero()[0].tolist():
        yield table.problem(
            record, columns[-1], "twice", f"this {' and '.join(columns)} stood in a row above",
            "keep one of the rows",
        )  # fmt: skip


def _unknown(table: CsvTable, column: str, known: Collection[str], where: str) -> Iterator[Problem]:
    for record in _where(table, column, lambda value: bool(value) and value not in known):
        yield table.problem(
            record, column, "unknown", f"this {column} is not in {where}",
            "correct the id, or take the row out",
        )  # fmt: skip


def _not_a_kind(table: CsvTable, column: str) -> Iterator[Problem]:
    for record in _where(table, column, lambda value: bool(value) and value not in KINDS):
        yield table.problem(
            record, column, "kind", "there is no such kind of relationship",
            f"write one of {', '.join(map(str, Relationship))}",
        )  # fmt: skip


def _is_grade(text: str) -> bool:
    return _is_finite(text) and 0 <= float(text) <= 10


def _is_rank(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) >= 1


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
