"""Which snapshot serves: publish, roll back, prune."""

import logging

from index import files
from index import snapshot as layout
from index.embedding_cache import EmbeddingCache, keys_of
from index.folder import IndexFolder
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
    folder = index.snapshot(snapshot_id)
    layout.check_snapshot(folder, layout.read_manifest(folder))
    point(index, "publish", snapshot_id, **details)
    return snapshot_id


def rollback(index: IndexFolder, snapshot_id: str | None) -> str:
    """Move all readers back; the lock must be held.

    Args:
        index: the index folder.
        snapshot_id: to which one; None for the newest published one before the present one.

    Raises:
        SnapshotError: there is none, or it is damaged; what served goes on serving.
    """
    if snapshot_id is None:
        current = index.current_id() or ""
        earlier = [name for name in index.ids() if name < current and name in index.published_ids()]
        if not earlier:
            raise SnapshotError(
                f"no snapshot that was published before {current or 'now'} is kept in {index.path}"
            )
        snapshot_id = earlier[-1]
    folder = index.snapshot(snapshot_id)
    layout.check_snapshot(folder, layout.read_manifest(folder))
    point(index, "rollback", snapshot_id)
    return snapshot_id


def prune(index: IndexFolder, keep: int) -> list[str]:
    """Remove old snapshots, and embeddings that no kept one uses; the lock must be held.

    Args:
        index: the index folder.
        keep: how many to keep, 1 or more; the published one is always among them.

    Returns:
        The ids that were removed.
    """
    if keep < 1:
        raise BuildError("at least one snapshot must be kept")
    current = index.current_id()
    others = [name for name in index.ids() if name != current]
    n_others = keep - 1 if current else keep
    removed = others[: max(0, len(others) - n_others)]
    for name in removed:
        index.discard(index.snapshots / name)
    _prune_cache(index)
    if removed:
        index.record("prune", removed=removed)
    return removed


def _waiting(index: IndexFolder) -> str:
    published = index.published_ids()
    waiting = [name for name in index.ids() if name not in published]
    if not waiting:
        raise SnapshotError(
            f"no snapshot is waiting in {index.path}; build one, or name one that is listed by "
            "'python -m index status'"
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
    used: dict[str, list[str]] = {}
    dims: dict[str, int] = {}
    for name in index.ids():
        try:
            model = layout.read_manifest(index.snapshots / name).model
            texts = layout.read_texts(index.snapshots / name)
        except (SnapshotError, OSError, ValueError):
            _log.warning("the snapshot %s is damaged and keeps no embeddings", name)
            continue
        used.setdefault(model.revision, []).extend(texts)
        dims[model.revision] = model.dim
    for folder in sorted(index.cache.glob("*")):
        if folder.name not in used:
            files.remove_folder(folder)
    for revision, texts in used.items():
        folder = index.cache / revision
        if folder.is_dir():
            EmbeddingCache.open(folder, dims[revision]).keep_only(keys_of("passage", texts))
