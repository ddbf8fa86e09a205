"""The state of an index folder, for `status` and `verify`."""

import contextlib
from collections.abc import Iterable
from typing import Any

from index.disk.index_folder import POINTER, IndexFolder
from index.encoder.embedding_cache import find_damaged_segments
from index.snapshot import manifest
from recommender.errors import SnapshotError


def describe(index: IndexFolder) -> dict[str, Any]:
    """Return what serves, what is kept, and what happened.

    Returns:
        `{"current", "problem", "snapshots": […], "history": […], "cache_bytes"}`; the newest last.
    """
    current, problem = _current(index)
    published = index.published_ids()
    snapshots = [_describe(index, name, name == current, name in published) for name in index.ids()]
    return {
        "current": current,
        "problem": problem,
        "snapshots": snapshots,
        "history": index.history(),
        "cache_bytes": sum(path.stat().st_size for path in index.cache.glob("*/*.npy")),
    }


def _current(index: IndexFolder) -> tuple[str | None, str | None]:
    try:
        current = index.current_id()
    except SnapshotError as error:
        return None, str(error)
    if current is None and index.published_ids():
        return None, (
            f"{POINTER} is missing, though a snapshot was published; "
            "'python -m index rollback --to ID' mends it"
        )
    if current is None:
        return None, None
    if current not in index.ids():
        return current, f"{POINTER} names {current}, which is not kept"
    try:
        manifest.read_manifest(index.snapshots / current)
    except SnapshotError as error:
        return current, str(error)
    return current, None


def _describe(
    index: IndexFolder, name: str, is_current: bool, was_published: bool
) -> dict[str, Any]:
    folder = index.snapshots / name
    state = "published" if is_current else "earlier" if was_published else "waiting"
    try:
        made = manifest.read_manifest(folder)
        report = manifest.read_report(folder)
    except (SnapshotError, OSError, ValueError) as error:
        return {"id": name, "state": state, "problem": str(error)}
    return {
        "id": name,
        "state": state,
        "created_at": made.created_at.isoformat(timespec="seconds"),
        "as_of": made.as_of,
        "model": made.model.model_dump(mode="json"),
        "people": made.n_people,
        "passages": made.n_passages,
        "bytes": sum(record.size for record in made.files.values()),
        "report": report,
    }


def find_all_damage(index: IndexFolder, snapshot_id: str | None) -> tuple[list[str], list[str]]:
    """Check every byte under an index folder, or of one snapshot.

    Returns:
        The names of what was checked, and a sentence for each thing that is bad.

    Raises:
        SnapshotError: no snapshot has this id, or there is nothing to check.
    """
    names = [index.snapshot(snapshot_id).name] if snapshot_id else index.ids()
    if not names:
        raise SnapshotError(f"there is no snapshot in {index.path}; build one first")
    bad: list[str] = []
    for name in names:
        folder = index.snapshots / name
        try:
            listing = manifest.read_listing(folder)
            damaged = manifest.find_damage(folder, listing)
            if listing.can_be_opened:
                manifest.read_manifest(folder)
        except SnapshotError as error:
            bad.append(str(error))
        except OSError as error:
            bad.append(f"the snapshot {name} cannot be read: {error}")
        else:
            bad += [
                f"{file} of the snapshot {name} is damaged or missing"
                if file in listing.files
                else f"{file} does not belong to the snapshot {name}"
                for file in damaged
            ]
    if snapshot_id is None:
        _, problem = _current(index)
        bad += [problem] if problem and problem not in bad else []
        damaged_segments = [
            path
            for folder in sorted(index.cache.glob("*"))
            for path in find_damaged_segments(folder)
        ]
        bad += [
            f"{path.relative_to(index.path)} is damaged; the next build makes it again"
            for path in damaged_segments
        ]
    return names, bad


def find_other_formats(index: IndexFolder, names: Iterable[str]) -> list[str]:
    """Name the snapshots whose format this version cannot open."""
    found = []
    for name in names:
        with contextlib.suppress(SnapshotError):
            if not manifest.read_listing(index.snapshots / name).can_be_opened:
                found.append(name)
    return found
