"""What helpers said about themselves, and the lock that changes to one helper queue for."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.store.records import Offer
from app.store.schema import availability
from recommender.profiles import Field
from recommender.relationships import Relationship


def find_offer(connection: sa.Connection, person_id: str) -> Offer:
    """Look up what a helper said; nothing said is an offer of all None."""
    query = availability.select().where(availability.c.person_id == person_id)
    row = connection.execute(query).one_or_none()
    return _offer(row) if row else Offer(person_id)


def paused_helpers(connection: sa.Connection, now: datetime) -> list[str]:
    """Name who is away at this moment."""
    query = sa.select(availability.c.person_id).where(availability.c.paused_until > now.date())
    return list(connection.execute(query).scalars())


def own_kinds(connection: sa.Connection) -> list[tuple[str, str]]:
    """List who said here what they are open to: the kinds joined by ';'."""
    return _said(connection, availability.c.open_to)


def own_capacities(connection: sa.Connection) -> list[tuple[str, int]]:
    """List who said here how many people they would take on."""
    return _said(connection, availability.c.capacity)


def own_quotable(connection: sa.Connection) -> list[tuple[str, frozenset[Field]]]:
    """List who said here which parts of their profile may be quoted."""
    said = _said(connection, availability.c.quotable)
    return [(person, _fields(words)) for person, words in said]


def save_offer(connection: sa.Connection, offer: Offer, now: datetime) -> None:
    """Keep what a helper says; every None hands the answer back to the people file."""
    lock_helper(connection, offer.person_id)
    quotable = (
        None if offer.quotable is None else ";".join(sorted(field.word for field in offer.quotable))
    )
    connection.execute(
        availability.update()
        .where(availability.c.person_id == offer.person_id)
        .values(
            open_to=None if offer.open_to is None else ";".join(sorted(offer.open_to)),
            capacity=offer.capacity,
            paused_until=offer.paused_until,
            quotable=quotable,
            updated_at=now,
        )
    )


def lock_helper(connection: sa.Connection, person_id: str) -> None:
    """Hold everyone else who would change this helper's load until this transaction ends.

    On SQLite a writing transaction holds everyone already; the row is made for the update to find.
    """
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(insert(availability).values(person_id=person_id).on_conflict_do_nothing())
    connection.execute(
        sa.select(availability.c.person_id)
        .where(availability.c.person_id == person_id)
        .with_for_update()
    )


def lock_seeker(connection: sa.Connection, person_id: str) -> None:
    """Hold everything else that is counted for this seeker until this transaction ends.

    On SQLite a writing transaction holds everyone already.
    """
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtextextended(person_id, 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _offer(row: sa.Row[Any]) -> Offer:
    return Offer(
        person_id=row.person_id,
        open_to=None if row.open_to is None else frozenset(map(Relationship, _words(row.open_to))),
        capacity=row.capacity,
        paused_until=row.paused_until,
        quotable=None if row.quotable is None else _fields(row.quotable),
    )


def _said(connection: sa.Connection, column: "sa.Column[Any]") -> list[tuple[str, Any]]:
    query = sa.select(availability.c.person_id, column).where(column.is_not(None))
    return [(person, said) for person, said in connection.execute(query)]


def _fields(joined: str) -> frozenset[Field]:
    return frozenset(Field[word.upper()] for word in _words(joined))


def _words(joined: str) -> list[str]:
    return [word for word in joined.split(";") if word]
