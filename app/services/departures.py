"""People who are missing from the snapshot: hidden at once, and ended only when they stay away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.services.settings import Settings
from app.store.identities import (
    OnRecord,
    add_unknown,
    note_absent,
    note_present,
    people_in_store,
    people_on_record,
)
from index.snapshot.identities import Fingerprint, Identities


@dataclass(frozen=True, slots=True)
class Departures:
    """Whose time is over, by key."""

    gone: frozenset[str]
    """Away for as long as ends requests and relationships."""
    replaced: frozenset[str]
    """Away, and their number is another human's now: their open requests end."""
    to_erase: frozenset[str]
    """Away for as long as what they wrote is kept."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is in a snapshot."""

    snapshot_id: str
    here: dict[str, Fingerprint]
    """Those of whom the store has something, by key."""
    numbers: frozenset[str]
    """Of everybody."""
    lineage: str


def presence(
    keys: set[str], ids: list[str], identities: Identities | None, snapshot_id: str
) -> Presence:
    """Return who of some people is in a snapshot.

    Args:
        keys: those people.
        ids: everybody's keys.
        identities: who they are; None where that is not on record, and a key is a number.
        snapshot_id: the snapshot's id.
    """
    if identities is None:
        here = {key: Fingerprint(key, key, frozenset()) for key in keys & set(ids)}
        return Presence(snapshot_id, here, frozenset(ids), "")
    numbers = identities.table["person_id"].iloc[: identities.n_people]
    return Presence(snapshot_id, identities.of(keys), frozenset(numbers), identities.lineage)


def note_departures(
    connection: sa.Connection,
    ids: list[str],
    identities: Identities | None,
    snapshot_id: str,
    settings: Settings,
    now: datetime,
) -> Departures:
    """Keep who is here and who is missing, and name those whose time is over.

    Nobody is missing from a snapshot that is older than the last one that had them: after a roll
    back whoever was hired since is hidden, and no days are counted.

    Args:
        connection: a writing transaction.
        ids: the keys of everybody in the snapshot that serves.
        identities: who they are.
        snapshot_id: the snapshot's id; ids sort by the time of making.
        settings: how long people are waited for.
        now: the moment.
    """
    known = people_on_record(connection)
    add_unknown(connection, people_in_store(connection) - known.keys())
    known = people_on_record(connection)
    seen = presence(set(known), ids, identities, snapshot_id)
    news = {key: one for key, one in seen.here.items() if _tells_more(snapshot_id, known[key], one)}
    note_present(connection, news.values(), seen.lineage, snapshot_id)
    back = (key for key in seen.here.keys() - news.keys() if known[key].absent_since)
    note_absent(connection, back, None)
    missing = {key: one for key, one in known.items() if key not in seen.here}
    older = {key for key, one in missing.items() if _made(one.seen_in) > _made(snapshot_id)}
    note_absent(connection, (key for key in older if missing[key].absent_since), None)
    away = {key: one.absent_since or now for key, one in missing.items() if key not in older}
    note_absent(connection, (key for key in away if missing[key].absent_since is None), now)
    ends, erased = (timedelta(days=settings.absent_days), timedelta(days=settings.leaver_days))
    return Departures(
        gone=frozenset(key for key, since in away.items() if since + ends <= now),
        replaced=frozenset(key for key in away if missing[key].person_id in seen.numbers),
        to_erase=frozenset(key for key, since in away.items() if since + erased <= now),
    )


def _tells_more(snapshot_id: str, known: OnRecord, one: Fingerprint) -> bool:
    """Return whether a snapshot is newer than what is known, or has the first fingerprints."""
    first = not known.prints and bool(one.prints)
    made, seen = _made(snapshot_id), _made(known.seen_in)
    return made > seen or (made == seen and first)


def _made(snapshot_id: str) -> str:
    """The time of making, which a snapshot's id begins with; forgetting somebody keeps it."""
    return snapshot_id.partition("-")[0]
