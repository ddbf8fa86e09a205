"""What can be read of a published snapshot without opening it, whichever version made it.

Every format has a manifest that lists its files, the people as a table, and the policy.
"""

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from index.disk.index_folder import IndexFolder
from index.snapshot import manifest
from index.snapshot.identities import IDENTITIES, read_identities
from recommender.errors import SnapshotError

NEEDED = ("person_id", "department")
"""Columns without which people cannot be compared."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published before, however damaged or old it may be by now."""

    snapshot_id: str | None = None
    """The newest published snapshot that is whole, the one that serves first."""
    format: int | None = None
    """Its format."""
    people: pd.DataFrame | None = None
    """Those of the newest published snapshot whose people can be read, whole or not."""
    unreadable: str | None = None
    """The newest published snapshot, where it is whole, this version cannot read its people, and no
    other can be compared with."""
    identities: pd.DataFrame | None = None
    """Who those people are; None where the snapshot was made before that was kept."""


def find_published(index: IndexFolder) -> Published:
    """Find what was published before; each part is None where there is none."""
    current = None
    with contextlib.suppress(SnapshotError):
        current = index.current_id()
    known = [name for name in index.ids() if name in index.published_ids() and name != current]
    people: pd.DataFrame | None = None
    identities: pd.DataFrame | None = None
    unreadable: str | None = None
    names = [*([current] if current else []), *reversed(known)]
    for name in names:
        folder = index.snapshots / name
        bad: list[str] | None = None
        try:
            listing = manifest.read_listing(folder)
            bad = manifest.find_damage(folder, listing)
            if manifest.PEOPLE not in bad:
                found = _read_people(folder)
                if people is None:
                    people = found
                if identities is None and IDENTITIES not in bad:
                    identities = read_identities(folder)
        except (SnapshotError, OSError) as error:
            _log.warning("%s", error)
            if bad == [] and name == names[0]:  # after a newer one's damage no night needs help
                unreadable = name
            continue
        if not bad:
            return Published(name, listing.format, people, identities=identities)
        _log.warning("%s of the snapshot %s is damaged", ", ".join(bad), name)
    return Published(people=people, unreadable=unreadable, identities=identities)


def read_people(folder: Path) -> pd.DataFrame:
    """Read the people of a snapshot of any format, after their checksum.

    Raises:
        SnapshotError: the manifest or the table is damaged, or tells too little.
    """
    _check(folder, manifest.PEOPLE)
    return _read_people(folder)


def read_policy(folder: Path) -> str:
    """Read the policy of a snapshot of any format, after its checksum.

    Raises:
        SnapshotError: the manifest or the policy is damaged.
    """
    _check(folder, manifest.POLICY)
    return (folder / manifest.POLICY).read_text(encoding="utf-8")


def _check(folder: Path, name: str) -> None:
    record = manifest.read_listing(folder).files.get(name)
    if record is None or not manifest.is_whole(folder / name, record):
        raise manifest.damaged(folder, name)


def _read_people(folder: Path) -> pd.DataFrame:
    try:
        people = pd.read_parquet(folder / manifest.PEOPLE)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise SnapshotError(
            f"{manifest.PEOPLE} of the snapshot {folder.name} cannot be read by this version "
            f"({type(error).__name__}); 'python -m index nightly' makes a new one"
        ) from error
    missing = [name for name in NEEDED if name not in people]
    if missing:
        raise SnapshotError(
            f"{manifest.PEOPLE} of the snapshot {folder.name} has no column {', '.join(missing)}; "
            "'python -m index nightly' makes a new one"
        )
    return people
