"""The list of people who came under another number: read, proposed, and asked for."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from index.disk import files
from index.disk.index_folder import IndexFolder
from index.night.identities import Decisions, Identified, first_identities, identify
from index.snapshot.other_formats import Published
from recommender.errors import IdentityError, InputError

PROPOSALS = "renumbered.csv"
"""Written into the index folder where people seem to have come under another number."""
HEADER = ("old_id", "new_id")
_LISTED = 5


def read_renumbered(path: Path) -> dict[str, str]:
    """Read a list of renumbered people: a CSV file with the columns old_id and new_id.

    Args:
        path: the file; an empty old_id says that the new_id is a new person's, and the same number
            twice that it still is the same person's.

    Returns:
        Each new number with the old one.

    Raises:
        InputError: the file cannot be read, or a row has no new_id, or one that stands twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the list of renumbered people {path} cannot be read: {error}") from None
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(cell.strip() for cell in rows[0]) != HEADER:
        raise InputError(
            f"the list of renumbered people {path} must begin with the line old_id,new_id"
        )
    found: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(HEADER) or not cells[1] or cells[1] in found:
            what = "stands twice" if len(cells) == len(HEADER) and cells[1] else "is missing"
            raise InputError(
                f"{path}, row {number}, new_id: the number {what}; write one row for each person, "
                "with the old number and the new one"
            )
        found[cells[1]] = cells[0]
    return found


def know_again(
    index: IndexFolder, before: Published, people: pd.DataFrame, decisions: Decisions, today: date
) -> tuple[Identified, pd.DataFrame | None, pd.DataFrame]:
    """Find out who tonight's people are; the lock must be held.

    Returns:
        Who they are; and the people of before and of tonight by their keys in place of numbers,
        so that the two can be compared.

    Raises:
        IdentityError: numbers may be other people's than before, and the decisions do not say
            whose; a list that would settle it is in the index folder.
        InputError: a decision cannot be followed.
    """
    secret, known = index.secret(), before.identities
    if known is None and before.people is not None:
        known = first_identities(before.people, secret, today)
    found = identify(known, people, secret, decisions, today)
    if found.proposals or found.strangers:
        raise IdentityError(_question(index, found))
    earlier = before.people
    if earlier is not None and known is not None:
        earlier = _by_key(earlier, known)
    return found, earlier, _by_key(people, found.table)


def _by_key(people: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    present = table.drop_duplicates("person_id").set_index("person_id")["person_key"]
    columns = [name for name in ("person_id", "manager_id") if name in people]
    keyed = people.assign(
        **{name: people[name].map(present).fillna(people[name]) for name in columns}
    )
    if "matrix_manager_id" in people:
        key_of = present.to_dict()
        keyed["matrix_manager_id"] = [
            ";".join(str(key_of.get(one, one)) for one in cell.split(";")) if cell else ""
            for cell in people["matrix_manager_id"].fillna("").astype(str)
        ]
    return keyed


def _question(index: IndexFolder, found: Identified) -> str:
    """Write the proposals, and say what is not certain and what to do."""
    said = []
    if found.proposals:
        path = index.path / PROPOSALS
        lines = io.StringIO(newline="")
        csv.writer(lines, lineterminator="\n").writerows([HEADER, *found.proposals])
        with files.writing(path) as temporary:
            temporary.write_text(lines.getvalue(), encoding="utf-8")
        some = [f"{old} is now {new}" for old, new in found.proposals]
        said.append(
            f"{_people(len(found.proposals))} came under another person_id with the e-mail, or the "
            f"name and hire date, of before ({_some(some)}). If the export has its old ids again, "
            "correct it (a spreadsheet drops leading zeros; row numbers are no ids). If the new "
            f"ids are meant, look through {path} and run again with --renumbered {path}: goals, "
            "requests and relationships go with their people. An empty old_id there says that "
            "the person is a new one"
        )
    if found.strangers:
        n = len(found.strangers)
        said.append(
            f"{_people(n)} {'has' if n == 1 else 'have'} the person_id of somebody with another "
            f"e-mail and another name or hire date ({_some(list(found.strangers))}). If these ids "
            "were given to other people, run again with --accept-reissued: nothing of the old "
            "owners is theirs. If they are the same people with new names and addresses, run again "
            "with --accept-renamed. If both are among them, list the same ones for --renumbered "
            "with old_id and new_id alike, and add --accept-reissued"
        )
    return "; besides, ".join(said) + ". Nothing was published"


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join([*names[:_LISTED], *([f"… {more:,} more"] if more > 0 else [])])
