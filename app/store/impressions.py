"""How much helpers were shown: a sum for each helper and day, in which a seeker counts once."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import log2
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.store.schema import exposure, impressions

EXPOSURE_DAYS = 30
"""Who was shown longer ago is not more loaded for it, and a seeker counts again after that."""

LONGEST_LIST = 50
"""Places beyond count as much as this one. Source: the policy allows no longer list."""


def worth(place: int) -> float:
    """Return how much being shown at a place counts: `1 / log2(1 + place)`, 1 for the first."""
    return 1 / log2(1 + min(place, LONGEST_LIST))


def count_shown(
    connection: sa.Connection, shown_on: date, seeker_id: str, places: Mapping[str, int]
) -> None:
    """Add what a seeker was shown to the sums of the day, each helper once in `EXPOSURE_DAYS`.

    However many goals a seeker looks with, a helper's sum rises by one place of theirs.

    Args:
        connection: a writing transaction.
        shown_on: the day, UTC.
        seeker_id: who looked.
        places: the best place of each helper, 1 is first.
    """
    rows = [
        {"seeker_id": seeker_id, "helper_id": helper, "counted_on": shown_on, "worth": worth(place)}
        for helper, place in sorted(places.items())  # all sessions lock rows in one order
    ]
    if not rows:
        return
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    again = insert(impressions).values(rows)
    again = again.on_conflict_do_update(
        index_elements=["seeker_id", "helper_id"],
        set_={"counted_on": again.excluded.counted_on, "worth": again.excluded.worth},
        where=impressions.c.counted_on <= shown_on - timedelta(days=EXPOSURE_DAYS),
    )
    counted = connection.execute(again.returning(impressions.c.helper_id, impressions.c.worth))
    sums = [
        {"shown_on": shown_on, "helper_id": helper, "worth": value, "seekers": 1}
        for helper, value in sorted((row.helper_id, row.worth) for row in counted)
    ]
    if not sums:
        return
    more = insert(exposure).values(sums)
    connection.execute(
        more.on_conflict_do_update(
            index_elements=["shown_on", "helper_id"],
            set_={
                "worth": exposure.c.worth + more.excluded.worth,
                "seekers": exposure.c.seekers + more.excluded.seekers,
            },
        )
    )


def exposure_before(connection: sa.Connection, today: date) -> list[tuple[str, float]]:
    """Add up how much helpers were shown in the `EXPOSURE_DAYS` before a day, that day left out."""
    query = (
        sa.select(exposure.c.helper_id, sa.func.sum(exposure.c.worth))
        .where(_counts(exposure.c.shown_on, today))
        .group_by(exposure.c.helper_id)
    )
    return [(helper_id, float(value)) for helper_id, value in connection.execute(query)]


def own_exposure_before(
    connection: sa.Connection, today: date, seeker_id: str
) -> list[tuple[str, float]]:
    """List what of `exposure_before` is one seeker's own looking."""
    query = sa.select(impressions.c.helper_id, impressions.c.worth).where(
        impressions.c.seeker_id == seeker_id, _counts(impressions.c.counted_on, today)
    )
    return [(helper_id, value) for helper_id, value in connection.execute(query)]


def drop_old(connection: sa.Connection, today: date, sum_days: int) -> int:
    """Delete who saw whom where it counts for nothing any more, and sums past their retention.

    Args:
        connection: a writing transaction.
        today: the day, UTC.
        sum_days: how long a day's sums are kept, at least `EXPOSURE_DAYS`.

    Returns:
        How many rows were deleted.
    """
    pairs = impressions.c.counted_on < today - timedelta(days=EXPOSURE_DAYS)
    sums = exposure.c.shown_on < today - timedelta(days=sum_days)
    deleted = connection.execute(impressions.delete().where(pairs)).rowcount
    return deleted + connection.execute(exposure.delete().where(sums)).rowcount


def _counts(day: "sa.Column[Any]", today: date) -> "sa.ColumnElement[bool]":
    return (day >= today - timedelta(days=EXPOSURE_DAYS)) & (day < today)
