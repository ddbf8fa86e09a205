"""Whose the records are: a human's key with the fingerprints of whoever wrote under it.

A record says `person_id` and means the key of one human, which stays theirs whatever number the
people file gives them; see `index.snapshot.identities`. Here stands how that human is known again,
and since when they are missing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.store.database import SYSTEM, Store, record
from app.store.records import new_id
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
from index.snapshot.identities import Fingerprint, Identities
from recommender.errors import ConflictError, StoreError

FORGOTTEN = "forgotten-"
"""How the ids begin under which the records of forgotten people stand."""

PERSON_COLUMNS: tuple["sa.Column[str]", ...] = (
    goals.c.seeker_id,
    availability.c.person_id,
    requests.c.seeker_id,
    requests.c.helper_id,
    relationships.c.seeker_id,
    relationships.c.helper_id,
    feedback.c.person_id,
    feedback.c.helper_id,
    notes.c.person_id,
)
"""Where people stand who wrote something, or of whom somebody did."""
SHOWN_COLUMNS: tuple["sa.Column[str]", ...] = (
    impressions.c.seeker_id,
    impressions.c.helper_id,
    exposure.c.helper_id,
)
"""Where people stand who were only shown, or looked."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A human as the store knows them."""

    person_key: str
    person_id: str
    """Their number when they were last seen."""
    prints: frozenset[str]
    lineage: str
    """Under which secret the fingerprints were made; empty where there are none."""
    seen_in: str
    """The newest snapshot that had them; empty where none did."""
    absent_since: datetime | None


def people_on_record(
    connection: sa.Connection, keys: Collection[str] | None = None
) -> dict[str, OnRecord]:
    """List whom the store knows, by key: all of them, or some."""
    query = identities.select()
    if keys is not None:
        query = query.where(identities.c.person_key.in_(keys))
    return {
        row.person_key: OnRecord(
            row.person_key, row.person_id, frozenset(row.prints.split(";")) - {""},
            row.lineage, row.seen_in, row.absent_since,
        )
        for row in connection.execute(query)
    }  # fmt: skip


def people_in_store(connection: sa.Connection) -> set[str]:
    """Name everybody of whom there is a record, but for the forgotten."""
    found: set[str] = set()
    for column in PERSON_COLUMNS:
        query = sa.select(column).where(column.is_not(None)).distinct()
        found.update(connection.execute(query).scalars())
    return {key for key in found if not key.startswith(FORGOTTEN)}


def bind(
    connection: sa.Connection, people: Iterable[Fingerprint], lineage: str, snapshot_id: str
) -> None:
    """Note who somebody is, before the first record of theirs is kept.

    Raises:
        ConflictError: what stands under this key is somebody else's.
    """
    some = {one.person_key: one for one in people}
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(
        insert(identities).on_conflict_do_nothing(),
        # in one order, so that two who ask each other do not wait for each other
        [_values(some[key], lineage, snapshot_id) for key in sorted(some)],
    )
    for key, known in people_on_record(connection, some).items():
        if not _same(known, some[key], lineage):
            raise ConflictError("the people file has changed meanwhile; reload the page")


def strangers(
    on_record: dict[str, OnRecord], here: dict[str, Fingerprint], lineage: str
) -> list[str]:
    """Name the keys under which the snapshot has somebody else than the store."""
    return [key for key, one in here.items() if not _same(on_record[key], one, lineage)]


def note_present(
    connection: sa.Connection, here: Iterable[Fingerprint], lineage: str, snapshot_id: str
) -> None:
    """Keep how people who are here are known now."""
    values = [
        {f"new_{name}": value for name, value in _values(one, lineage, snapshot_id).items()}
        for one in here
    ]
    if not values:
        return
    names = ("person_id", "prints", "lineage", "seen_in")
    changes: dict[str, sa.BindParameter[object]] = {
        name: sa.bindparam(f"new_{name}") for name in names
    }
    connection.execute(
        identities.update()
        .where(identities.c.person_key == sa.bindparam("new_person_key"))
        .values(**changes, absent_since=None),
        values,
    )


def note_absent(connection: sa.Connection, keys: Iterable[str], since: datetime | None) -> None:
    """Keep since when people are missing; None: they are not."""
    values = [{"key": key} for key in keys]
    if values:
        connection.execute(
            identities.update()
            .where(identities.c.person_key == sa.bindparam("key"))
            .values(absent_since=since),
            values,
        )


def add_unknown(connection: sa.Connection, keys: Iterable[str]) -> None:
    """Note people of whom there are records and nothing is known."""
    nobody = [_values(Fingerprint(key, key, frozenset()), "", "") for key in sorted(keys)]
    if nobody:
        connection.execute(identities.insert(), nobody)


def set_aside(connection: sa.Connection, key: str, now: datetime) -> str:
    """Move all records of a key to a key that nobody has; the audit trail stays as it is.

    Returns:
        That key.
    """
    aside = f"{key[:160]}~{new_id()}"
    for column in (*PERSON_COLUMNS, *SHOWN_COLUMNS, identities.c.person_key):
        connection.execute(
            sa.update(column.table).where(column == key).values({column.name: aside})
        )
    record(connection, now, SYSTEM, "person.set_aside", aside)
    return aside


def adopt(store: Store, here: Identities | None, snapshot_id: str, now: datetime) -> int:
    """Bind the records to the people whom another index has under the same keys.

    Returns:
        To how many people; who is not in the snapshot waits unbound.

    Raises:
        StoreError: the snapshot does not tell who its people are, or the store cannot be reached.
    """
    if here is None:
        raise StoreError(
            "this snapshot was made before fingerprints were kept; run 'python -m index nightly'"
        )
    with store.writing() as connection:
        connection.execute(identities.update().values(prints="", lineage="", seen_in=""))
        add_unknown(connection, people_in_store(connection) - people_on_record(connection).keys())
        found = here.of(people_on_record(connection))
        note_present(connection, found.values(), here.lineage, snapshot_id)
        record(connection, now, SYSTEM, "people.adopted", snapshot_id)
    return len(found)


def keys_of(connection: sa.Connection, person_id: str) -> list[str]:
    """List the keys of everybody who has or had a number, or goes by this key."""
    query = sa.select(identities.c.person_key).where(
        (identities.c.person_id == person_id) | (identities.c.person_key == person_id)
    )
    return sorted(connection.execute(query).scalars())


def _same(known: OnRecord, one: Fingerprint, lineage: str) -> bool:
    comparable = bool(known.lineage and lineage)
    return one.fits(known.prints) if not comparable or known.lineage == lineage else False


def _values(one: Fingerprint, lineage: str, snapshot_id: str) -> dict[str, object]:
    return {
        "person_key": one.person_key,
        "person_id": one.person_id,
        "prints": ";".join(sorted(one.prints)),
        "lineage": lineage if one.prints else "",
        "seen_in": snapshot_id,
    }
