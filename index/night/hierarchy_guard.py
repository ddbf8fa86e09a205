"""Whether so many people have another manager that the lines of command are hardly the true ones.

A shifted column or another company's list passes every check of the file by itself. Beside the
hierarchy that is published it shows at once.
"""

import pandas as pd

from recommender.errors import ManagersError

MAX_NEW_MANAGERS = 0.1
"""A larger share of people with another manager needs a word from the administrator. Source: a
column one row too low changes 94 to 95 % in four companies."""
FEW = 3
"""Fewer people than so many never stop a night: in a small team one change is a large share."""

_LINES: tuple[str, ...] = ("manager_id", "matrix_manager_id")


def check_managers(before: pd.DataFrame | None, after: pd.DataFrame) -> None:
    """Stop where too many people lost a manager who is still here.

    Who had no manager before, and whose manager has left, does not count: such changes are none
    of an error's making.

    Args:
        before: the people that are published, of this version or an earlier one; None for none.
        after: the people of the export.

    Raises:
        ManagersError: more than `MAX_NEW_MANAGERS` of the people who kept their manager among them.
    """
    if before is None or "manager_id" not in before:
        return
    lines = _lines(before)
    here = set(after["person_id"])
    lines = lines[lines["person_id"].isin(here) & lines["manager"].isin(here)]
    n_people = lines["person_id"].nunique()
    kept = pd.MultiIndex.from_frame(lines).isin(pd.MultiIndex.from_frame(_lines(after)))
    moved = lines["person_id"][~kept].nunique()
    if moved >= FEW and moved > MAX_NEW_MANAGERS * n_people:
        raise ManagersError(
            f"{moved:,} of the {n_people:,} people whose manager is still here "
            f"({moved / n_people:.0%}) have another manager than is published, and the rules about "
            "power rest on managers; check manager_id in the export, and if this is meant, run "
            "again with --accept-managers"
        )


def _lines(people: pd.DataFrame) -> pd.DataFrame:
    """List who reports to whom, by ids, in first and second lines."""
    parts = [
        pd.DataFrame({
            "person_id": people["person_id"].astype(str),
            "manager": people[column].fillna("").astype(str).str.split(";"),
        }).explode("manager")
        for column in _LINES if column in people
    ]  # fmt: skip
    lines = pd.concat(parts, ignore_index=True)
    return lines[lines["manager"] != ""]
