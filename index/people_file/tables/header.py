"""The header of a table file: which cell is which column, and what is left unread."""

import difflib
import re
from collections.abc import Collection, Sequence

from index.people_file.tables.table import shown
from recommender.errors import Problem

PROTECTED_WORDS: frozenset[str] = frozenset(
    ("gender", "sex", "pronouns", "ethnicity", "race", "nationality", "religion", "belief",
     "disability", "disabled", "health", "age", "birth", "birthday", "birthdate", "dob", "marital",
     "pregnancy", "orientation", "veteran", "union")
)  # fmt: skip
"""Columns that no rule and no ranking may ever see; they are named so that nobody wonders."""

WRONG_FILE = "wrong_file"
"""The code that means: do not look at the rows, they are about something else."""

OTHER_TABLES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"goal_id", "grade"}), "a file of judgements (qrels)"),
    (frozenset({"goal_id", "kind"}), "a file of goals' kinds"),
    (frozenset({"goal_id", "text"}), "a file of goals"),
    (frozenset({"person_id", "age_band"}), "a file of self-declared groups"),
)
"""Tables that are easily passed in place of the people file, by the columns that betray them."""


def column_name(cell: str) -> str:
    """Bring a header cell to the form of a column name: ' Person ID' becomes 'person_id'."""
    bare = re.sub(r"[\u200b\u2060\ufeff]", "", cell).strip().casefold()
    return re.sub(r"[\s\-]+", "_", bare)


def count_known(cells: Sequence[str], known: Collection[str]) -> int:
    """Count how many of the cells name a known column."""
    return len({column_name(cell) for cell in cells} & set(known))


def resolve_header(
    file: str, row: int, cells: Sequence[str], known: Sequence[str], required: Sequence[str]
) -> tuple[dict[str, int], list[Problem]]:
    """Find the place of each known column.

    Args:
        file: the file's name, for the problems.
        row: the header's row, as a spreadsheet shows it.
        cells: the header.
        known: every column that is read.
        required: the columns that must be there.

    Returns:
        The position of each column that is present, and the problems found.
    """
    names = [column_name(cell) for cell in cells]
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for place, name in enumerate(names):
        if name in known and name in places:
            problems.append(
                Problem(
                    file, "duplicate_column", f"two columns are named {name}",
                    "keep the right one and rename or remove the other",
                    row=row, column=name, value=shown(cells[place].strip()),
                )
            )  # fmt: skip
        elif name in known:
            places[name] = place
        elif name:
            problems.append(_unknown(file, row, name, [key for key in known if key not in names]))
    missing = [name for name in required if name not in places]
    if missing:
        faults = _missing(file, row, names, missing)
        problems = faults if faults[0].code == WRONG_FILE else problems + faults
    return places, problems


def _unknown(file: str, row: int, name: str, absent: Sequence[str]) -> Problem:
    told = shown(name)
    if PROTECTED_WORDS & set(name.split("_")):
        return Problem(
            file, "protected_column", f"the column {told} is never read, stored or matched on",
            "leave it out of the export: suggestions must not depend on it",
            row=row, column=told, severity="warning",
        )  # fmt: skip
    near = difflib.get_close_matches(name, absent, 1, 0.75)
    return Problem(
        file, "unknown_column", f"the column {told} is not known and is ignored",
        f"rename it to {near[0]} if that is what it holds" if near
        else "nothing needs to be done; leave it out to silence this",
        row=row, column=told, severity="warning",
    )  # fmt: skip


def _missing(file: str, row: int, names: Sequence[str], missing: Sequence[str]) -> list[Problem]:
    for betraying, what in OTHER_TABLES:
        if betraying <= set(names):
            return [
                Problem(
                    file, WRONG_FILE,
                    f"this looks like {what}, not like a people file: it has no column "
                    + ", ".join(missing),
                    "pass the people export", row=row, column=missing[0],
                )
            ]  # fmt: skip
    found = ", ".join(shown(name[:30]) for name in names[:8] if name) or "nothing"
    problems = []
    for name in missing:
        near = difflib.get_close_matches(name, names, 1, 0.6)
        remedy = f"rename {shown(near[0])}" if near else f"add a column with the header {name}"
        problems.append(
            Problem(
                file, "missing_column", f"the required column {name} is missing (found: {found})",
                f"{remedy}; cells may be separated by comma, semicolon, tab or bar",
                row=row, column=name,
            )
        )  # fmt: skip
    return problems
