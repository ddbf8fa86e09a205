"""Forgetting a person: their texts and answers go, and what counts others keeps no name."""

from datetime import datetime

import sqlalchemy as sa

from app.store.database import SYSTEM, Store, record
from app.store.records import new_id
from app.store.relationships import end_bonds_of
from app.store.requests import withdraw_for_leavers
from app.store.schema import availability, feedback, goals, impressions, relationships, requests


def forget_person(store: Store, person_id: str, now: datetime) -> int:
    """Remove a person from the store, in one transaction.

    Goals, messages, answers, offers and impressions are deleted. Requests and relationships stay
    for the other one of the two and for the figures, under a new id that leads to nobody. The audit
    trail cannot be changed; it holds the person's id and no text.

    Args:
        store: the store.
        person_id: who is forgotten; an id that the store never saw is no error.
        now: the moment.

    Returns:
        How many rows were deleted or made anonymous.

    Raises:
        StoreError: the store cannot be reached; then nothing is forgotten.
    """
    nobody = f"forgotten-{new_id()}"
    with store.writing() as connection:
        withdraw_for_leavers(connection, {person_id}, {person_id}, now)
        end_bonds_of(connection, {person_id}, SYSTEM, now)
        steps: list[sa.Update | sa.Delete] = [
            feedback.delete().where(
                (feedback.c.person_id == person_id) | (feedback.c.helper_id == person_id)
            ),
            impressions.delete().where(
                (impressions.c.seeker_id == person_id) | (impressions.c.helper_id == person_id)
            ),
            goals.delete().where(goals.c.seeker_id == person_id),
            availability.delete().where(availability.c.person_id == person_id),
            requests.update().where(requests.c.seeker_id == person_id).values(message=""),
        ]
        for table in (requests, relationships):
            steps += [
                table.update().where(column == person_id).values({column.name: nobody})
                for column in (table.c.seeker_id, table.c.helper_id)
            ]
        changed = sum(connection.execute(step).rowcount for step in steps)
        record(connection, now, SYSTEM, "person.forgotten", nobody)
    return changed
