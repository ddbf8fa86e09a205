"""The night as an administrator sees and starts it from a page."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.services.identity import Identity
from app.services.settings import PREFIX
from app.services.workplace import Workplace
from app.store.acts import Act, acts_at_the_desk
from app.store.database import record
from index.disk.index_folder import IndexFolder
from index.night.own_packages import with_own_packages
from index.people_file.apart import Checked, check_apart
from index.serving import publishing
from index.serving.status import describe
from recommender.errors import BusyError, InputError

_MAX_LINES = 200

_CAUSES = {"publish": "night.rebuild", "stopped": "night.rebuild", "rollback": "night.rolled_back"}
"""What an administrator did here that leaves such an entry in the index's history."""

_TOGETHER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild that runs, or the last one that did."""

    running: bool
    parts: tuple[str, ...]
    """The parts that it began, by their names in `index.night.progress.SAID`, the newest last."""
    share: float | None
    """How much of the newest part is done, 0 to 1; None where it does not say."""
    lines: tuple[str, ...]
    """What it said in words, such as the gate's table or an error, the newest last."""
    exit_code: int | None
    """None while it runs; 0 where a new snapshot was published."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to what is served."""

    at: datetime
    action: str
    """As in the index's history, such as `publish` or `rollback`; or `policy.saved`."""
    subject: str
    """The snapshot, or the kind of error that stopped a night; empty where there is none."""
    by: str
    """The name of the administrator who did it on these pages; empty where a command did."""
    user: str
    """The operating system's user, where it is on record."""


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

    def history(self, identity: Identity) -> list[Event]:
        """Tell what happened to what is served, and who did it; the newest first."""
        identity.require_admin()
        with self.workplace.store.reading() as connection:
            acts = acts_at_the_desk(connection)
        moment = self.workplace.moment()
        names = {one.actor_id: moment.card(one.actor_id).display_name for one in acts}
        events = [
            Event(one.at, one.action, "", names[one.actor_id] or one.actor_id, "")
            for one in acts
            if one.action == "policy.saved"
        ]
        since: datetime | None = None
        for entry in self._index.history():
            at = _moment(entry.get("at"))
            if at is None:
                continue
            action = str(entry.get("action", ""))
            act = _who_caused(acts, action, since, at)
            who = "" if act is None else names[act.actor_id] or act.actor_id
            subject = str(entry.get("snapshot") or entry.get("why") or "")
            events.append(Event(at, action, subject, who, str(entry.get("by", ""))))
            if action in ("publish", "stopped"):
                since = at
        return sorted(events, key=lambda event: event.at, reverse=True)

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
        command += ["--index", str(settings.index), "--progress", "json"]
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
        told = [(line, _progress(line)) for line in text.splitlines() if line.strip()]
        parts = [one["part"] for _, one in told if one is not None and "done" not in one]
        last: dict[str, Any] = next((one for _, one in reversed(told) if one is not None), {})
        share = last["done"] / max(last["total"], 1) if "done" in last else None
        lines = tuple(line for line, one in told if one is None)[-_MAX_LINES:]
        return Rebuild(code is None, tuple(parts), share, lines, code)

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


def _progress(line: str) -> dict[str, Any] | None:
    """Read a line of `nightly --progress json`; None where it is text for a person."""
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "part" in found else None


def _moment(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _who_caused(acts: list[Act], action: str, since: datetime | None, at: datetime) -> Act | None:
    """Find the newest act of an administrator that explains an entry.

    A rebuild is noted before its night ends, and after the night before; a roll back just after
    the entry, which is written in whole seconds.
    """
    if action == "rollback":
        begins, ends = at - _TOGETHER, at + _TOGETHER
    else:
        begins, ends = since or datetime.min.replace(tzinfo=UTC), at
    cause = _CAUSES.get(action)
    fits = (act for act in acts if act.action == cause and begins < act.at <= ends)
    return max(fits, key=lambda act: act.at, default=None)
