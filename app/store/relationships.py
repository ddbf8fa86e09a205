"""Relationships that requests became."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import record
from app.store.records import Bond
from app.store.schema import relationships
from recommender.errors import ConflictError
from recommender.relationships import Relationship

_IS_ACTIVE = relationships.c.state == "active"


def insert_bond(connection: sa.Connection, bond: Bond) -> None:
    """Keep a relationship that begins."""
    connection.execute(
        relationships.insert().values(
            id=bond.id,
            request_id=bond.request_id,
            seeker_id=bond.seeker_id,
            helper_id=bond.helper_id,
            relationship=bond.relationship,
            state="active",
            started_at=bond.started_at,
        )
    )
    record(connection, bond.started_at, bond.helper_id, "relationship.began", bond.id)


def count_active(connection: sa.Connection, helper_id: str) -> int:
    """Count how many people a helper helps now."""
    query = sa.select(sa.func.count()).where(_IS_ACTIVE, relationships.c.helper_id == helper_id)
    return int(connection.execute(query).scalar_one())


def active_counts(connection: sa.Connection) -> list[tuple[str, int]]:
    """Count how many people each helper helps now; who helps nobody is absent."""
    query = sa.select(relationships.c.helper_id, sa.func.count()).where(_IS_ACTIVE)
    rows = connection.execute(query.group_by(relationships.c.helper_id))
    return [(helper_id, count) for helper_id, count in rows]


def find_bond(connection: sa.Connection, bond_id: str) -> Bond | None:
    """Look a relationship up."""
    query = relationships.select().where(relationships.c.id == bond_id)
    row = connection.execute(query).one_or_none()
    return _bond(row) if row else None


def bonds_of(connection: sa.Connection, person_id: str) -> list[Bond]:
    """List a person's relationships on either side, the newest first."""
    mine = (relationships.c.seeker_id == person_id) | (relationships.c.helper_id == person_id)
    query = relationships.select().where(mine)
    query = query.order_by(relationships.c.started_at.desc(), relationships.c.id)
    return [_bond(row) for row in connection.execute(query)]


def people_with_bonds(connection: sa.Connection) -> set[str]:
    """Name everyone who is in an active relationship."""
    query = sa.select(relationships.c.seeker_id, relationships.c.helper_id).where(_IS_ACTIVE)
    return {person for row in connection.execute(query) for person in row}


def end_bond(connection: sa.Connection, bond: Bond, actor_id: str, now: datetime) -> None:
    """End a relationship.

    Raises:
        ConflictError: it has ended already.
    """
    ended = connection.execute(
        relationships.update()
        .where(_IS_ACTIVE, relationships.c.id == bond.id)
        .values(state="ended", ended_at=now)
    )
    if ended.rowcount != 1:
        raise ConflictError("this relationship has ended already; reload the page")
    record(connection, now, actor_id, "relationship.ended", bond.id)


def plan_meeting(
    connection: sa.Connection,
    bond: Bond,
    actor_id: str,
    agenda: str,
    next_on: date | None,
    now: datetime,
) -> None:
    """Set a relationship's agenda and next date.

    Args:
        connection: a writing transaction.
        bond: as the one who sets them saw it.
        actor_id: who sets them.
        agenda: the whole new text.
        next_on: the new day; None for none.
        now: the moment.

    Raises:
        ConflictError: it has ended, or the other one changed them meanwhile.
    """
    planned = connection.execute(
        relationships.update()
        .where(_IS_ACTIVE, relationships.c.id == bond.id)
        .where(relationships.c.agenda == bond.agenda)
        .where(relationships.c.next_on.is_not_distinct_from(bond.next_on))
        .values(agenda=agenda, next_on=next_on)
    )
    if planned.rowcount != 1:
        found = find_bond(connection, bond.id)
        if found is None or not found.is_active:
            raise ConflictError("this relationship has ended; what was planned stays as it was")
        raise ConflictError(
            "the other one has changed the plan meanwhile; your text is kept in the field: copy "
            "it, reload the page, and put the two together"
        )
    record(connection, now, actor_id, "relationship.planned", bond.id)


def end_bonds_of(
    connection: sa.Connection, people: Collection[str], actor_id: str, now: datetime
) -> int:
    """End the active relationships of people who left; returns how many."""
    ended = 0
    for person_id in sorted(people):
        for bond in bonds_of(connection, person_id):
            if bond.is_active:
                end_bond(connection, bond, actor_id, now)
                ended += 1
    return ended


def _bond(row: sa.Row[Any]) -> Bond:
    return Bond(
        id=row.id,
        request_id=row.request_id,
        seeker_id=row.seeker_id,
        helper_id=row.helper_id,
        relationship=Relationship(row.relationship),
        started_at=row.started_at,
        ended_at=row.ended_at,
        agenda=row.agenda,
        next_on=row.next_on,
    )
