"""Which snapshot serves: publish, roll back, prune."""

import logging

import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.disk.index_folder import IndexFolder
from index.encoder.embedding_cache import EmbeddingCache, keys_of
from index.snapshot import manifest
from recommender.errors import BuildError, SnapshotError

_log = logging.getLogger(__name__)


def publish(index: IndexFolder, snapshot_id: str | None, **details: object) -> str:
    """Check a snapshot's bytes and move all readers to it; the lock must be held.

    Args:
        index: the index folder.
        snapshot_id: which one; None for the newest that was never published.
        details: more for the history.

    Returns:
        The id of the snapshot that serves now.

    Raises:
        SnapshotError: there is none, or it is damaged; what served goes on serving.
    """
    if snapshot_id is None:
        snapshot_id = _waiting(index)
    _check(index, snapshot_id)
    point(index, "publish", snapshot_id, **details)
    return snapshot_id


def rollback(index: IndexFolder, snapshot_id: str | None) -> str:
    """Move all readers back; the lock must be held.

    Args:
        index: the index folder.
        snapshot_id: to which one; None for the newest published one before the present one that is
            whole.

    Raises:
        SnapshotError: there is none, or it is damaged; what served goes on serving.
    """
    snapshot_id = _earlier(index) if snapshot_id is None else snapshot_id
    _check(index, snapshot_id)
    point(index, "rollback", snapshot_id)
    return snapshot_id


def prune(index: IndexFolder, keep: int) -> list[str]:
    """Remove old snapshots, and embeddings that no kept one uses; the lock must be held.

    Args:
        index: the index folder.
        keep: how many published ones to keep, 1 or more; the one that serves is always among them.
            The newest that waits to be published is kept besides; older ones that were never
            published are removed.

    Returns:
        The ids that were removed.
    """
    if keep < 1:
        raise BuildError("at least one snapshot must be kept")
    removed = _superfluous(index, keep)
    for name in removed:
        index.discard(index.snapshots / name)
    _prune_cache(index)
    if removed:
        index.record("prune", removed=removed)
    return removed


def _superfluous(index: IndexFolder, keep: int) -> list[str]:
    current, published = index.current_id(), index.published_ids()
    if current is None:
        return index.ids()[:-keep]
    others = [name for name in index.ids() if name != current]
    earlier = [name for name in others if name in published]
    never = [name for name in others if name not in published]
    waiting = [name for name in never if name > current][-1:]
    return sorted({*earlier[: max(0, len(earlier) - keep + 1)], *never} - {*waiting})


def _earlier(index: IndexFolder) -> str:
    """Find the newest published snapshot before the present one that is whole."""
    current, published = index.current_id() or "", index.published_ids()
    for name in reversed([name for name in index.ids() if name < current and name in published]):
        try:
            _check(index, name)
        except SnapshotError as error:
            _log.warning("passed over: %s", error)
        else:
            return name
    raise SnapshotError(
        f"no whole snapshot that was published before {current or 'now'} is kept in {index.path}; "
        "what served goes on serving. A 'nightly' makes a new one"
    )


def _check(index: IndexFolder, snapshot_id: str) -> None:
    folder = index.snapshot(snapshot_id)
    manifest.check_snapshot(folder, manifest.read_manifest(folder))


def _waiting(index: IndexFolder) -> str:
    """Find the newest snapshot that was never published; an older one than serves is none."""
    published, current = index.published_ids(), _readable_current(index) or ""
    waiting = [name for name in index.ids() if name not in published and name > current]
    if not waiting:
        raise SnapshotError(
            f"no snapshot newer than the one that serves is waiting in {index.path}; build one, or "
            "name one that is listed by 'python -m index status'"
        )
    return waiting[-1]


def point(index: IndexFolder, action: str, snapshot_id: str, **details: object) -> None:
    """Move all readers to a snapshot and keep who did it; the lock must be held.

    The history is written first: a kill between the two is seen, the other way round it is not.
    """
    index.record(
        action, snapshot=snapshot_id, replaced=_readable_current(index), pointed=True, **details
    )
    index.point_to(snapshot_id)


def _readable_current(index: IndexFolder) -> str | None:
    try:
        return index.current_id()
    except SnapshotError:
        return None


def _prune_cache(index: IndexFolder) -> None:
    used: dict[str, list[NDArray[np.bytes_]]] = {}
    dims: dict[str, int] = {}
    n_other = 0
    for name in index.ids():
        folder = index.snapshots / name
        try:
            if not manifest.read_listing(folder).can_be_opened:
                n_other += 1
                continue
            model = manifest.read_manifest(folder).model
            texts = manifest.read_texts(folder)
        except (SnapshotError, OSError, ValueError):
            _log.warning("the snapshot %s is damaged and keeps no embeddings", name)
            continue
        used.setdefault(model.revision, []).append(keys_of("passage", texts))
        dims[model.revision] = model.dim
    if n_other and not used:
        _log.warning("all embeddings are kept until a night after the upgrade tells what is used")
        return
    for folder in sorted(index.cache.glob("*")):
        if folder.name not in used:
            files.remove_folder(folder)
    for revision, keys in used.items():
        folder = index.cache / revision
        if folder.is_dir():
            EmbeddingCache.open(folder, dims[revision]).keep_only(np.concatenate(keys))
