"""What changed since the published snapshot, and whether too many people are gone."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from recommender.errors import DropError
from recommender.people import PEOPLE_COLUMNS

HIERARCHY: tuple[str, ...] = ("manager_id", "matrix_manager_id", "job_level")
"""Columns that tell only of a person's place; who changed in no other is counted as moved."""
MAX_DROP = 0.2
"""A larger share of people lost needs a word from the administrator."""


@dataclass(frozen=True, slots=True)
class Changes:
    """People by what happened to them; the five add up to everyone, before and after."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    """Only their place in the hierarchy is another."""
    unchanged: int = 0
    left: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def compare(before: pd.DataFrame | None, after: pd.DataFrame) -> Changes:
    """Count what changed between two people frames; None for no earlier one.

    A column that only one of them has, as after an upgrade, is no change of anybody's.
    """
    if before is None:
        return Changes(len(after), 0, 0, 0, 0)
    old_rows = pd.Index(before["person_id"]).get_indexer(pd.Index(after["person_id"]))
    stayed = old_rows >= 0
    old, new = before.iloc[old_rows[stayed]], after[stayed]
    profile = np.zeros(len(new), np.bool_)
    place = np.zeros(len(new), np.bool_)
    for column in [name for name in PEOPLE_COLUMNS if name in before]:
        differs = _differs(old[column], new[column])
        if column in HIERARCHY:
            place |= differs
        else:
            profile |= differs
    return Changes(
        added=int((~stayed).sum()),
        changed=int(profile.sum()),
        moved=int((place & ~profile).sum()),
        unchanged=int((~place & ~profile).sum()),
        left=len(before) - int(stayed.sum()),
    )


def _differs(old: pd.Series, new: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    codes, _ = pd.factorize(
        pd.concat([old, new], ignore_index=True).astype("string"), use_na_sentinel=True
    )
    return np.asarray(codes[: len(old)] != codes[len(old) :], np.bool_)


def check_drop(before: pd.DataFrame | None, after: pd.DataFrame) -> None:
    """Stop where far fewer people came than are published.

    Raises:
        DropError: more than `MAX_DROP` of the people, or all of a department, are gone.
    """
    if before is None or before.empty:
        return
    here = before["person_id"].isin(set(after["person_id"]))
    way = "; if this is meant, run again with --accept-drop"
    lost = int((~here).sum())
    if lost > MAX_DROP * len(before):
        raise DropError(
            f"{lost:,} of the {len(before):,} people that are published ({lost / len(before):.0%}) "
            f"are not in the export any more{way}"
        )
    department = before["department"].fillna("").astype(str)
    counts = pd.DataFrame({"department": department, "here": here}).groupby("department")["here"]
    gone = counts.agg(["size", "sum"]).query("sum == 0")
    gone = gone[gone.index != ""]
    if len(gone):
        names = ", ".join(repr(str(name)) for name in gone.index[:5])
        more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
        n_people = int(gone["size"].sum())
        counted = "1 person" if n_people == 1 else f"{n_people:,} people"
        raise DropError(
            f"nobody of the department {names}{more} is in the export any more ({counted}){way}"
        )


def check_readable(unreadable: str | None) -> None:
    """Stop where people are published, and this version cannot read them.

    Args:
        unreadable: the snapshot that is whole and has them; None where there is none.

    Raises:
        DropError: there is one; nobody can tell how many people are gone.
    """
    if unreadable is not None:
        raise DropError(
            f"this version cannot read the people of the published snapshot {unreadable}, so that "
            "nobody can tell how many are gone; check the export, and run again with --accept-drop "
            "to publish it without a comparison"
        )
