"""Removing one person now: from every kept snapshot and from the cache of embeddings."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.disk import files
from index.disk.index_folder import IndexFolder
from index.encoder.embedding_cache import EmbeddingCache, keys_of
from index.encoder.protocol import Progress
from index.night.progress import REWRITE
from index.night.renumbered import PROPOSALS
from index.night.reporting_lines import close_lines
from index.serving.publishing import point
from index.snapshot import manifest
from index.snapshot.other_formats import read_people
from index.snapshot.snapshot import Snapshot
from index.snapshot.verification import verify
from index.snapshot.writer import Content, write_snapshot
from recommender.errors import BuildError, SnapshotError, UnknownPersonError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done to forget a person."""

    written: list[str] = field(default_factory=list)
    """The ids of the new snapshots."""
    removed: list[str] = field(default_factory=list)
    """The ids of snapshots that cannot be opened, such as those of another format, and that have
    the person, or of which nobody can tell."""


def forget(
    index: IndexFolder,
    person_id: str,
    *,
    unreadable: bool = False,
    progress: Progress | None = None,
    part: Callable[[str], None] | None = None,
) -> Forgotten:
    """Remove a person from every kept snapshot and from the cache; the lock must be held.

    Each snapshot that has the person is written again without them, under a new id, and replaces
    the old one; readers of the published one move over. Their reports are given to the next
    manager above, so that the line of command stays closed. One that cannot be opened is removed
    instead, unless it is sure not to have the person. Where no snapshot is sure to have them, which
    a mistyped id would look like, none is removed. May be repeated after a kill.

    Args:
        index: the index folder.
        person_id: whom to forget.
        unreadable: remove the snapshots of which nobody can tell whether they have the person,
            though none is sure to.
        progress: called with how many snapshots are written again, and how many are to be.
        part: called as each part of the work begins, by its name in `index.night.progress.SAID`.

    Raises:
        UnknownPersonError: no kept snapshot has this person. The cache is cleared of whatever is in
            no snapshot that can be opened all the same.
        SnapshotError: the published snapshot cannot be opened; a night or a roll back comes first.
            Or no snapshot is sure to have the person, but of some nobody can tell, and `unreadable`
            is not given; no snapshot is removed, and the cache is cleared as above.
        BuildError: a snapshot cannot be written.
    """
    part = part or (lambda _: None)
    progress = progress or (lambda _done, _total: None)
    part("find")
    opened, closed = _open_all(index)
    having = [snapshot for snapshot in opened if _has_trace(snapshot, person_id)]
    had = {name: _had(index.snapshots / name, person_id) for name in closed}
    sure = [name for name, answer in had.items() if answer]
    unsure = [name for name, answer in had.items() if answer is None]
    found = bool(having or sure)
    done = Forgotten()
    if found or unreadable:
        done.removed.extend(sorted(unsure + sure))
        # The sure ones last: after a kill a second try still finds who has the person
        _remove(index, unsure + sure)
    part("clear")
    if (index.path / PROPOSALS).exists():  # it may name the person's numbers
        files.remove_file(index.path / PROPOSALS)
    _forget_embeddings(index, opened, person_id)
    if not found and unsure and not unreadable:
        raise SnapshotError(_cannot_tell(unsure))
    if not found and not unsure:
        raise UnknownPersonError(person_id)
    published = index.published_ids()
    part(REWRITE)
    progress(0, len(having))
    for snapshot in having:
        new = write_snapshot(index, _without(snapshot, person_id))
        verify(Snapshot.open(new), None)
        if snapshot.snapshot_id == index.current_id():
            point(index, "forget", new.name)
        elif snapshot.snapshot_id in published:
            index.record("forget", snapshot=new.name, replaced=snapshot.snapshot_id, published=True)
        index.discard(snapshot.folder)
        done.written.append(new.name)
        progress(len(done.written), len(having))
    return done


def _open_all(index: IndexFolder) -> tuple[list[Snapshot], list[str]]:
    """Open every kept snapshot; of those that cannot be opened, and do not serve, give the ids."""
    opened, closed = [], []
    for name in index.ids():
        try:
            opened.append(Snapshot.open(index.snapshots / name))
        except SnapshotError as error:
            if name == index.current_id():
                raise SnapshotError(
                    f"{error}. Nobody is forgotten yet; forget again then"
                ) from error
            closed.append(name)
    return opened, closed


def _had(folder: Path, person_id: str) -> bool | None:
    """Return whether a snapshot that cannot be opened has a person; None where nobody can tell."""
    try:
        if manifest.find_damage(folder, manifest.read_listing(folder)):
            return None
        return bool((read_people(folder)["person_id"] == person_id).any())
    except (SnapshotError, OSError):
        return None


def _cannot_tell(names: list[str]) -> str:
    return (
        "no snapshot that can be read has a person with this id, and nobody can tell whether "
        f"{', '.join(names)} has, whose people cannot be read. No snapshot is removed and nobody "
        "is forgotten; check the id, and if it is right, forget again with --unreadable, which "
        "removes what cannot be read"
    )


def _remove(index: IndexFolder, names: list[str]) -> None:
    for name in names:
        _log.warning("the snapshot %s cannot be opened and is removed", name)
        index.discard(index.snapshots / name)
    if names:
        index.record("remove", removed=sorted(names))


def _has(snapshot: Snapshot, person_id: str) -> bool:
    return bool((snapshot.people.ids == person_id).any())


def _has_trace(snapshot: Snapshot, person_id: str) -> bool:
    """Return whether a snapshot has a person, or the fingerprint of somebody who had the number."""
    gone = snapshot.identities is not None and snapshot.identities.has(person_id)
    return gone or _has(snapshot, person_id)


def _forget_embeddings(index: IndexFolder, opened: list[Snapshot], person_id: str) -> None:
    """Keep the vectors of others' texts only, before the person's texts themselves go.

    So a text of theirs goes too that is in no snapshot, such as one that a killed build embedded.
    """
    keys: dict[str, list[NDArray[np.bytes_]]] = {}
    dims: dict[str, int] = {}
    for snapshot in opened:
        others = np.ones(snapshot.manifest.n_passages, np.bool_)
        if _has(snapshot, person_id):
            others[snapshot.passages_of(snapshot.people.row(person_id))] = False
        texts = manifest.read_texts(snapshot.folder, others)
        model = snapshot.manifest.model
        keys.setdefault(model.revision, []).append(keys_of("passage", texts))
        dims[model.revision] = model.dim
    for folder in sorted(index.cache.glob("*")):
        if folder.name in keys:
            cache = EmbeddingCache.open(folder, dims[folder.name])
            cache.keep_only(np.concatenate(keys[folder.name]))
        else:
            files.remove_folder(folder)  # of a model that no kept snapshot uses


def _without(snapshot: Snapshot, person_id: str) -> Content:
    passages = pd.read_parquet(snapshot.folder / manifest.PASSAGES)
    people, kept = snapshot.people.frame, np.ones(len(passages), np.bool_)
    if _has(snapshot, person_id):
        row = snapshot.people.row(person_id)
        if len(people) == 1:
            raise BuildError("the only person of a snapshot cannot be forgotten; remove the index")
        close_lines(people, row)
        kept = (passages["person_row"] != row).to_numpy()
        passages = passages[kept].reset_index(drop=True)
        rows = passages["person_row"]
        passages["person_row"] = (rows - (rows > row)).astype("int32")
        people = people.drop(index=row).reset_index(drop=True)
    identities = snapshot.identities
    report = manifest.read_report(snapshot.folder)
    return Content(
        people=people,
        passages=passages,
        vectors=np.asarray(snapshot.passage_vectors)[kept],
        goals=np.load(snapshot.folder / manifest.GOALS),
        centroids=snapshot.centroids,
        kinds=snapshot.kinds,
        needs=snapshot.needs,
        as_of=snapshot.people.as_of,
        model=snapshot.manifest.model,
        policy=snapshot.policy_text,
        report=report | {"forgotten": int(report.get("forgotten", 0)) + 1},
        created_at=snapshot.manifest.created_at,
        identities=None if identities is None else identities.without(person_id),
    )
