"""The door for readers: `IndexReader` follows the published snapshot, `Snapshot` is one opened.

A reader moves from one snapshot to the next by itself, without a break.
"""

import logging
import threading
from pathlib import Path

from index.disk.index_folder import POINTER, IndexFolder
from index.encoder.protocol import Encoder
from index.snapshot.snapshot import Snapshot
from recommender.errors import SnapshotError

__all__ = ["IndexReader", "Snapshot"]

_ATTEMPTS = 5
"""How often a snapshot that vanished while it was being opened is looked for again."""

_log = logging.getLogger(__name__)

_Stamp = tuple[int, int]


class IndexReader:
    """Always the published snapshot, whole; safe to share between threads."""

    def __init__(
        self, index_dir: Path, *, encoder: Encoder | None = None, by_key: bool = False
    ) -> None:
        """Follow `index_dir`.

        Args:
            index_dir: the index folder.
            encoder: what embeds goals; None loads the one named in the manifest when first needed.
            by_key: whether people go by the keys that stay theirs; see `Snapshot.open`.
        """
        self._by_key = by_key
        self._index = IndexFolder(Path(index_dir))
        self._encoder = encoder
        self._seen: tuple[_Stamp, Snapshot] | None = None
        self._lock = threading.Lock()

    def current(self) -> Snapshot:
        """Return the published snapshot; costs one `stat` where nothing changed.

        Where the newly published one cannot be opened, the one before goes on serving.

        Raises:
            SnapshotError: nothing was published yet, or the first to be opened is damaged.
        """
        stamp, seen = self._stamp(), self._seen
        if seen is not None and stamp == seen[0]:
            return seen[1]
        with self._lock:
            stamp, seen = self._stamp(), self._seen
            if seen is None or stamp != seen[0]:
                seen = self._move(stamp, seen[1] if seen else None)
                self._seen = seen
            return seen[1]

    def _stamp(self) -> _Stamp | None:
        try:
            found = (self._index.path / POINTER).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _move(self, stamp: _Stamp | None, before: Snapshot | None) -> tuple[_Stamp, Snapshot]:
        try:
            opened = self._open(before)
        except SnapshotError as error:
            if before is None:
                raise
            _log.error("the snapshot before goes on serving: %s", error)
            opened = before
        return stamp or (0, 0), opened

    def _open(self, before: Snapshot | None) -> Snapshot:
        for attempt in range(_ATTEMPTS):
            name = self._index.current_id()
            if name is None:
                raise SnapshotError(
                    f"nothing is published in {self._index.path}; run 'python -m index build "
                    f"PEOPLE --index {self._index.path}' first"
                )
            if before is not None and before.snapshot_id == name:
                return before
            try:
                opened = Snapshot.open(
                    self._index.snapshots / name, encoder=self._encoder, by_key=self._by_key
                )
                if before is not None:
                    opened.share_encoder(before)
                return opened
            except SnapshotError:
                # it may have been replaced and pruned since the pointer was read
                if name == self._index.current_id() or attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError
