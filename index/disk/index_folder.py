"""An index folder: its snapshots, the pointer to the one that serves, the lock, the history.

DIR/CURRENT          the id of the published snapshot
DIR/snapshots/ID/    finished snapshots, never changed
DIR/history.jsonl    what was published, by whom, and when
DIR/cache/           embeddings already made
DIR/fingerprint.key  the secret under which people are known again; made once, never shown
DIR/staging/, trash/ half-made and half-removed things; swept by whoever holds the lock
"""

import contextlib
import getpass
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from index.disk import files, private
from recommender.errors import BuildError, BusyError, SnapshotError

POINTER = "CURRENT"
FINGERPRINT_KEY = "fingerprint.key"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """Where the administrator's commands work."""

    path: Path

    @property
    def snapshots(self) -> Path:
        """The folder of all snapshots."""
        return self.path / "snapshots"

    @property
    def staging(self) -> Path:
        """Where snapshots are made."""
        return self.path / "staging"

    @property
    def cache(self) -> Path:
        """Where embeddings are kept, a folder for each revision of an encoder."""
        return self.path / "cache"

    def existing(self) -> Self:
        """Return the folder, where it is one; only a build makes one.

        Raises:
            SnapshotError: there is none.
        """
        if not self.path.is_dir():
            raise SnapshotError(
                f"there is no index folder {self.path}; check --index, or build the first snapshot"
            )
        return self

    def snapshot(self, snapshot_id: str) -> Path:
        """Return the folder of a snapshot.

        Raises:
            SnapshotError: there is none of this id.
        """
        folder = self.snapshots / snapshot_id
        if snapshot_id != folder.name or not folder.is_dir():
            raise SnapshotError(
                f"there is no snapshot {snapshot_id!r} in {self.path}; "
                "'python -m index status' lists them"
            )
        return folder

    def ids(self) -> list[str]:
        """List the snapshots, the oldest first."""
        if not self.snapshots.is_dir():
            return []
        return sorted(path.name for path in self.snapshots.iterdir() if path.is_dir())

    def current_id(self) -> str | None:
        """Read the pointer; None where nothing was published.

        Raises:
            SnapshotError: the pointer is damaged.
        """
        try:
            text = (self.path / POINTER).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SnapshotError(
                f"cannot read {self.path / POINTER} ({error.strerror}); "
                "check that --index names an index folder that you may read"
            ) from None
        name = text.decode("ascii", errors="replace").strip()
        if not name or not name.isprintable() or "/" in name or name.startswith("."):
            raise SnapshotError(
                f"{self.path / POINTER} is damaged; 'python -m index rollback --to ID' mends it"
            )
        return name

    def point_to(self, snapshot_id: str) -> None:
        """Swap the pointer: from here on readers open `snapshot_id`."""
        files.write_text(self.path / POINTER, snapshot_id + "\n")

    def secret(self) -> bytes:
        """Read the secret of the fingerprints, and make it where there is none; under the lock.

        Raises:
            BuildError: it is damaged or cannot be read; a new one would know nobody again.
        """
        path = self.path / FINGERPRINT_KEY
        try:
            found = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            found = secrets.token_bytes(_SECRET_BYTES)
            with files.writing(path) as temporary:
                temporary.write_text(found.hex() + "\n", encoding="ascii")
        except (OSError, ValueError) as error:
            raise BuildError(
                f"{path} cannot be read ({type(error).__name__}), and without it nobody of last "
                "night is known again; put it back from a copy of the index folder"
            ) from error
        if len(found) != _SECRET_BYTES:
            raise BuildError(
                f"{path} is damaged, and without it nobody of last night is known again; put it "
                "back from a copy of the index folder"
            )
        return found

    def history(self) -> list[dict[str, Any]]:
        """Read what happened, the oldest first; lines that cannot be read are left out."""
        entries: list[dict[str, Any]] = []
        try:
            text = (self.path / "history.jsonl").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return entries
        for line in text.splitlines():
            with contextlib.suppress(ValueError, RecursionError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    entries.append(entry)
        return entries

    def record(self, action: str, **details: Any) -> None:
        """Add an entry to the history, with the time and the operating system's user."""
        entry = {"at": now().isoformat(timespec="seconds"), "action": action, "by": _user()}
        lines = [json.dumps(line) for line in [*self.history(), entry | details]]
        files.write_text(self.path / "history.jsonl", "\n".join(lines) + "\n")

    def published_ids(self) -> set[str]:
        """Return the ids that were published at some time, by the history."""
        return {
            str(entry["snapshot"])
            for entry in self.history()
            if entry.get("pointed") or entry.get("published")
        }

    def discard(self, folder: Path) -> None:
        """Remove a snapshot: out of sight in one step, then file by file."""
        trash = self.path / "trash"
        files.make_folder(trash)
        files.move(folder, trash / folder.name)
        files.remove_folder(trash / folder.name)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one command; sweep what a killed one left behind.

        Raises:
            BusyError: another command holds it.
            BuildError: the folder cannot be written.
        """
        try:
            private.make_folder(self.path)
            lock = FileLock(self.path / "lock", mode=0o600)
            lock.acquire(timeout=0)
        except Timeout:
            raise BusyError(
                f"another build or publish is at work in {self.path}; wait until it is done"
            ) from None
        except OSError as error:
            raise BuildError(f"cannot write in {self.path}: {error.strerror}") from error
        try:
            self.warn_of_readers()
            self._sweep()
            yield
        finally:
            lock.release()

    def warn_of_readers(self) -> None:
        """Log a warning where other users of this machine may read the index."""
        held = (
            self.snapshots,
            self.cache,
            self.path / "history.jsonl",
            self.path / FINGERPRINT_KEY,
        )
        private.warn_of_readers(held, within=self.path)

    def _sweep(self) -> None:
        files.make_folder(self.snapshots)
        for name in ("staging", "trash"):
            files.remove_folder(self.path / name)
        for folder in (self.path, *self.cache.glob("*")):
            for path in folder.glob(".*.tmp") if folder.is_dir() else ():
                files.remove_file(path)
        moves = [entry for entry in self.history() if entry.get("pointed")]
        with contextlib.suppress(SnapshotError):
            current = self.current_id()
            if moves and current is not None and moves[-1]["snapshot"] != current:
                self.record("found", snapshot=current, pointed=True, note="a command was killed")


def now() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
