"""The gate's checks of coverage: do those who stayed still have profiles, and are still open?"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.gate.checks import Check, judge, share_of
from eval.gate.limits import Limits
from index.serving.reader import Snapshot
from recommender.errors import InputError
from recommender.people import PEOPLE_COLUMNS, People
from recommender.profiles import EMBEDDED_COLUMNS, Field, passages_frame
from recommender.relationships import Relationship

TOLD = ("about", "can_help_with", "experience", "skills")
"""Columns without which nobody can tell who has something to quote."""
HELPING = ("status", "open_to", "capacity")
"""Columns without which nobody can tell who could help."""

_NO_DAY = np.datetime64("NaT", "D")


def check_profiles(candidate: pd.Series, published: pd.Series, limits: Limits) -> Check:
    """Check that those who stayed still have profiles; each side as `profiles_of` gives it."""
    return _check_lost(
        "profiles lost", candidate, published, limits.coverage.max_profiles_lost_share,
        "have something to quote", "had",
    )  # fmt: skip


def check_helpers(candidate: People, published: People, limits: Limits) -> Iterator[Check]:
    """Check that those who stayed are still open to each kind."""
    for kind in Relationship:
        yield _check_lost(
            f"{kind} helpers lost", _mark_helpers(candidate, kind), _mark_helpers(published, kind),
            limits.coverage.max_helpers_lost_share, f"can be a {kind}", "could",
        )  # fmt: skip


def profiles_of(snapshot: Snapshot) -> pd.Series:
    """Return by person's id who has something to quote."""
    fields, starts = snapshot.passage_fields, snapshot.starts
    return pd.Series(np.logical_or.reduceat(_is_told(fields), starts[:-1]), snapshot.people.ids)


def profiles_in(people: pd.DataFrame) -> pd.Series | None:
    """Return the same of a people table that another version wrote; None where it tells too little.

    Its texts are cut into passages as this version cuts them, as the candidate's were.
    """
    if not set(TOLD) <= set(people):
        return None
    missing = [name for name in EMBEDDED_COLUMNS if name not in people]
    passages = passages_frame(people.assign(**dict.fromkeys(missing, "")))
    told = passages["person_row"][_is_told(passages["field"].to_numpy())]
    return pd.Series(np.isin(np.arange(len(people)), told), people["person_id"])


def helpers_in(people: pd.DataFrame) -> People | None:
    """Make people of such a table, of whom is known only whether they help, or None likewise."""
    if not set(HELPING) <= set(people):
        return None
    unknown: dict[str, object] = dict.fromkeys(PEOPLE_COLUMNS, "")
    unknown |= {"job_level": pd.NA, "updated_on": pd.NaT}
    told = people[["person_id", *HELPING]]
    try:
        return People.from_frame(pd.DataFrame(unknown, told.index).assign(**told), _NO_DAY)
    except (InputError, ValueError, TypeError):  # such as a kind that only that version has
        return None


def _is_told(fields: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark the passages beyond the role and the whole profile."""
    return ~np.isin(fields, (Field.ROLE, Field.PROFILE))


def _mark_helpers(people: People, kind: Relationship) -> pd.Series:
    return pd.Series(people.is_open_to(kind) & people.active & (people.capacity >= 1), people.ids)


def _check_lost(
    name: str, candidate: pd.Series, published: pd.Series, limit: float, can: str, could: str
) -> Check:
    """Count, among those whom both sides have, who is marked now and who was before."""
    now = int(candidate[candidate.index.isin(published.index)].sum())
    before = int(published[published.index.isin(candidate.index)].sum())
    return judge(
        name, max(share_of(before - now, before), 0.0) if before else 0.0, limit,
        f"{now:,} of those who stayed {can}, {before:,} {could}",
    )  # fmt: skip
