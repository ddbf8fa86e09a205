"""Forgetting a person: their texts and answers go, and what counts others keeps no name."""

import logging
from datetime import datetime

import sqlalchemy as sa

from app.store.database import BUSY_TIMEOUT_S, SYSTEM, Store, record
from app.store.identities import FORGOTTEN, keys_of
from app.store.records import new_id
from app.store.relationships import end_bonds_of
from app.store.requests import withdraw_for_leavers
from app.store.schema import (
    availability,
    exposure,
    feedback,
    goals,
    identities,
    impressions,
    notes,
    relationships,
    requests,
)
from recommender.errors import ConflictError

_log = logging.getLogger(__name__)


def forget_person(store: Store, person_id: str, now: datetime, *, is_key: bool = False) -> int:
    """Remove a person from the store, in one transaction, and from SQLite's log; see `forget`.

    Args:
        store: the store.
        person_id: who is forgotten; an id that the store never saw is no error.
        now: the moment.
        is_key: whether `person_id` is the key of one human, and not a number that several had.

    Returns:
        How many rows were deleted or made anonymous.

    Raises:
        ConflictError: several people have had this number; nobody is forgotten.
        StoreError: the store cannot be reached; then nothing is forgotten.
    """
    with store.writing() as connection:
        keys = [] if is_key else keys_of(connection, person_id)
        if len(keys) > 1:
            raise ConflictError(
                f"{len(keys)} people have had the person_id {person_id!r}, and nobody is "
                f"forgotten; say whom you mean with --key: {', '.join(keys)} (without ~, who had "
                "it first)"
            )
        changed = forget(connection, keys[0] if keys else person_id, now)
    if not store.wipe(BUSY_TIMEOUT_S):
        _log.warning(
            "others read the store, so its log still holds what was deleted; the next tidying "
            "empties it"
        )
    return changed


def forget(connection: sa.Connection, person_id: str, now: datetime) -> int:
    """Remove a person's records.

    Goals, replies, agendas, notes, answers, offers and impressions are deleted, and so are messages
    and notes on both sides: whoever asked the person quotes their profile. Requests and
    relationships stay without a text for the other one of the two and for the figures, under a new
    id that leads to nobody. The audit trail cannot be changed; it holds the person's id and no
    text.

    Returns:
        How many rows were deleted or made anonymous.
    """
    nobody = f"{FORGOTTEN}{new_id()}"
    withdraw_for_leavers(connection, {person_id}, {person_id}, now)
    end_bonds_of(connection, {person_id}, SYSTEM, now)
    theirs = sa.select(relationships.c.id).where(
        (relationships.c.seeker_id == person_id) | (relationships.c.helper_id == person_id)
    )
    steps: list[sa.Update | sa.Delete] = [
        feedback.delete().where(
            (feedback.c.person_id == person_id) | (feedback.c.helper_id == person_id)
        ),
        impressions.delete().where(
            (impressions.c.seeker_id == person_id) | (impressions.c.helper_id == person_id)
        ),
        exposure.delete().where(exposure.c.helper_id == person_id),
        goals.delete().where(goals.c.seeker_id == person_id),
        availability.delete().where(availability.c.person_id == person_id),
        notes.delete().where(
            (notes.c.person_id == person_id) | notes.c.relationship_id.in_(theirs)
        ),
        requests.update()
        .where((requests.c.seeker_id == person_id) | (requests.c.helper_id == person_id))
        .values(message="", reply=""),
        relationships.update()
        .where((relationships.c.seeker_id == person_id) | (relationships.c.helper_id == person_id))
        .values(agenda="", next_on=None),
    ]
    for table in (requests, relationships):
        steps += [
            table.update().where(column == person_id).values({column.name: nobody})
            for column in (table.c.seeker_id, table.c.helper_id)
        ]
    changed = sum(connection.execute(step).rowcount for step in steps)
    connection.execute(identities.delete().where(identities.c.person_key == person_id))
    record(connection, now, SYSTEM, "person.forgotten", nobody)
    return changed
