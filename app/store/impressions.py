"""Who was shown to whom, and where in the list."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.store.schema import impressions
from recommender.relationships import Relationship


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
