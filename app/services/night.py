"""The night as an administrator sees and starts it from a page."""

import os
import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.services.identity import Identity
from app.services.settings import PREFIX
from app.services.workplace import Workplace
from app.store.database import record
from index.disk.index_folder import IndexFolder
from index.night.own_packages import with_own_packages
from index.people_file.apart import Checked, check_apart
from index.serving import publishing
from index.serving.status import describe
from recommender.errors import BusyError, InputError

_EMBEDDING = re.compile(r"embedding ([\d,]+) of ([\d,]+)")
_MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild that runs, or the last one that did."""

    running: bool
    lines: tuple[str, ...]
    """What it printed, the newest last."""
    embedded: float | None
    """The share of texts that are embedded, 0 to 1; None where it does not say."""
    exit_code: int | None
    """None while it runs; 0 where a new snapshot was published."""


@dataclass
class _Process:
    """The one rebuild of this server; a process of its own, which outlives the server."""

    running: subprocess.Popen[bytes] | None = None
    log: Path | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_process = _Process()


@dataclass(frozen=True, slots=True)
class Night:
    """What administrators do with the index.

    Every method raises `NotAllowedError` for anybody else.
    """

    workplace: Workplace

    def state(self, identity: Identity) -> dict[str, Any]:
        """What serves, what is kept and what happened; see `index.serving.status.describe`."""
        identity.require_admin()
        return describe(self._index)

    def problems(self, identity: Identity) -> Checked:
        """Check the people file whole, in a child of this server that may not grow.

        Raises:
            InputError: the settings name no people file, or it cannot be read.
        """
        identity.require_admin()
        return check_apart(self._people_file())

    def roll_back(self, identity: Identity, snapshot_id: str | None = None) -> str:
        """Let all readers go back to an earlier snapshot; gives its id.

        Args:
            identity: the administrator.
            snapshot_id: to which one; None for the newest published before the present one.

        Raises:
            BusyError: a build is at work.
            SnapshotError: there is none, or it is damaged; what served goes on serving.
        """
        identity.require_admin()
        index = self._index
        with index.locked():
            name = publishing.rollback(index, snapshot_id)
        self._record(identity, "night.rolled_back", name)
        return name

    def rebuild(self, identity: Identity) -> None:
        """Start a rebuild as a process of its own.

        Raises:
            BusyError: one is running.
            InputError: the settings name no people file.
        """
        identity.require_admin()
        settings = self.workplace.settings
        command = [sys.executable, "-m", "index", "nightly", str(self._people_file())]
        command += ["--index", str(settings.index)]
        if settings.policy_file is not None and settings.policy_file.exists():
            command += ["--policy", str(settings.policy_file)]
        if settings.gate is not None:
            command += ["--gate", settings.gate]
        with _process.lock:
            if _process.running is not None and _process.running.poll() is None:
                raise BusyError("a rebuild is running; wait until it is done")
            with tempfile.NamedTemporaryFile(
                prefix="learning-relationships-rebuild-", suffix=".log", delete=False
            ) as log:
                _process.running = subprocess.Popen(  # noqa: S603
                    command,
                    env=with_own_packages(os.environ),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            _process.log = Path(log.name)
        self._record(identity, "night.rebuild", str(settings.index.name))

    def last_rebuild(self, identity: Identity) -> Rebuild | None:
        """Return how far the rebuild is; None where none was started from this server."""
        identity.require_admin()
        with _process.lock:
            running, log = _process.running, _process.log
        if running is None or log is None:
            return None
        code = running.poll()
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        lines = tuple(line for line in text.splitlines() if line.strip())[-_MAX_LINES:]
        return Rebuild(code is None, lines, _share(lines), code)

    @property
    def _index(self) -> IndexFolder:
        return IndexFolder(self.workplace.settings.index)

    def _people_file(self) -> Path:
        people_file = self.workplace.settings.people_file
        if people_file is None:
            raise InputError(
                f"the settings name no people file; set people_file ({PREFIX}PEOPLE_FILE) and "
                "restart"
            )
        return people_file

    def _record(self, identity: Identity, action: str, subject: str) -> None:
        now = self.workplace.clock()
        with self.workplace.store.writing() as connection:
            record(connection, now, identity.person_id, action, subject)


def _share(lines: tuple[str, ...]) -> float | None:
    for line in reversed(lines):
        found = _EMBEDDING.search(line)
        if found:
            done, total = (int(number.replace(",", "")) for number in found.groups())
            return min(done / max(total, 1), 1.0)
    return None
