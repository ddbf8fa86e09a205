"""Whether a hierarchy can be what the company has, or was shifted or taken from another list.

One manager below a report, or far from all of them, is nothing strange. Many are.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.people_file.tables.table import Table
from recommender.errors import Problem
from recommender.org import NO_ROW

MAX_BELOW = 0.2
"""A larger share of managers with a report on a higher level than theirs is implausible; experts
may be."""
MAX_NOT_RISING = 0.1
"""Likewise of managers who are on their own manager's level or above it. Source: four companies
have none; with managers one row too low it is 12 to 24 %, from another list 48 to 70 %."""
MAX_APART = 0.1
"""Likewise of managers in another department and country than all of their reports. Source: none;
with managers drawn at random up to 26 %."""
MAX_ELSEWHERE = 0.5
"""Likewise of people without reports in another department than their manager. Source: none; with
managers from another list 73 to 87 %."""
FEW = 3
"""Fewer than so many are never called implausible."""

_REMEDY = (
    "check that manager_id comes from the same list as person_id, and that no row of it is shifted"
)


def find_implausible_lines(
    table: Table, people: pd.DataFrame, judged: NDArray[np.bool_]
) -> list[Problem]:
    """Warn where too many managers stand below, or far from, those who report to them.

    Args:
        table: where each record stands in the file.
        people: all columns with their types, managers by their ids.
        judged: `(n_people,)` whose cells may be judged.
    """
    pairs = _pairs(people, judged)
    if pairs.empty:
        return []
    by_manager = pairs.groupby("manager")
    rise = pairs["rise"].dropna()
    manages = pairs.index.isin(pairs["manager"])
    apart = by_manager[["department", "country"]].min().all(axis=1)
    checks = (
        (rise.groupby(pairs["manager"]).min() < 0, MAX_BELOW, "managers_below_reports",
         "managers have a report on a higher level than theirs"),
        (rise[rise.index.isin(pairs["manager"])] <= 0, MAX_NOT_RISING, "levels_not_rising",
         "managers are on their own manager's level or above it"),
        (apart[by_manager.size() > 1], MAX_APART, "managers_apart",
         "managers with several reports are in another department and country than all of them"),
        (pairs["department"][~manages], MAX_ELSEWHERE, "managers_elsewhere",
         "people are in another department than their manager"),
    )  # fmt: skip
    return [
        table.problem(
            int(marked.index[marked][0]), "manager_id", code,
            f"{int(marked.sum()):,} of {len(marked):,} {says}: the lines of command can hardly be "
            "these, and people with power over each other could be suggested", _REMEDY,
            value=str(people["person_id"].iloc[int(marked.index[marked][0])]), severity="warning",
        )
        for marked, limit, code, says in checks
        if int(marked.sum()) >= FEW and marked.mean() > limit
    ]  # fmt: skip


def _pairs(people: pd.DataFrame, judged: NDArray[np.bool_]) -> pd.DataFrame:
    """List everyone with a manager in the file, by record.

    `rise` is how many levels the manager stands above (NaN where unknown); `department` and
    `country` say whether they differ.
    """
    ids = people["person_id"]
    once = np.flatnonzero((~ids.duplicated(keep=False) & (ids != "")).to_numpy())
    at = pd.Index(ids.iloc[once]).get_indexer(pd.Index(people["manager_id"]))
    manager = np.where(at >= 0, once[at] if len(once) else NO_ROW, NO_ROW)
    reports = np.flatnonzero((manager != NO_ROW) & judged & (manager != np.arange(len(ids))))
    own, theirs = people.iloc[reports], people.iloc[manager[reports]]
    level, upper = (side["job_level"].to_numpy(np.float64, na_value=np.nan)
                    for side in (own, theirs))  # fmt: skip
    differs = {}
    for column in ("department", "country"):
        here, there = own[column].to_numpy(), theirs[column].to_numpy()
        differs[column] = (here != there) & (here != "") & (there != "")
    return pd.DataFrame(
        {"manager": manager[reports], "rise": upper - level, **differs}, index=reports
    )
