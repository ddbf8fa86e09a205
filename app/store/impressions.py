"""Who was shown to whom, and where in the list."""

from collections.abc import Sequence
from datetime import date
from math import log2

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.store.schema import impressions
from recommender.relationships import Relationship

LONGEST_LIST = 50
"""Places beyond count as much as this one. Source: the policy allows no longer list."""


def insert_impressions(
    connection: sa.Connection,
    *,
    shown_on: date,
    seeker_id: str,
    goal_id: str,
    snapshot_id: str,
    shown: Sequence[tuple[Relationship, int, str]],
) -> None:
    """Keep what a seeker was shown for a goal, once a day and person.

    Args:
        connection: a writing transaction.
        shown_on: the day, UTC.
        seeker_id: who looked.
        goal_id: the goal; its id only.
        snapshot_id: the snapshot that answered.
        shown: kind, place in its list (1 is first) and helper.
    """
    if not shown:
        return
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(
        insert(impressions).on_conflict_do_nothing(),
        [
            {
                "shown_on": shown_on,
                "goal_id": goal_id,
                "relationship": str(kind),
                "helper_id": helper_id,
                "seeker_id": seeker_id,
                "place": place,
                "snapshot_id": snapshot_id,
            }
            for kind, place, helper_id in shown
        ],
    )


def exposure(connection: sa.Connection, since: date, except_for: str) -> list[tuple[str, float]]:
    """Add up how much helpers were shown: each time counts `1 / log2(1 + place)`.

    Args:
        connection: any transaction.
        since: the first day that counts, UTC.
        except_for: a seeker whose own looking does not count.
    """
    counts = {place: 1 / log2(1 + place) for place in range(1, LONGEST_LIST)}
    worth = sa.case(counts, value=impressions.c.place, else_=1 / log2(1 + LONGEST_LIST))
    query = (
        sa.select(impressions.c.helper_id, sa.func.sum(sa.cast(worth, sa.Float)))
        .where(impressions.c.shown_on >= since, impressions.c.seeker_id != except_for)
        .group_by(impressions.c.helper_id)
        .order_by(impressions.c.helper_id)
    )
    return [(helper_id, float(value)) for helper_id, value in connection.execute(query)]
