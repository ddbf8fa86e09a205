"""A store's door: one engine for SQLite or PostgreSQL, short transactions, errors in words."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, exc
from sqlalchemy.engine import URL, make_url

from app.store import schema
from index.disk import private
from recommender.errors import ConflictError, InputError, StoreBusyError, StoreError

BUSY_TIMEOUT_S = 10
"""How long a transaction waits for another writer before it gives up."""

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
"""Alembic's folder."""

SYSTEM = "system"
"""The actor of what nobody in particular did: an expiry, a leaver."""

_WRITES = "writes"
"""The execution option of a connection whose next transaction writes."""

_WAIT_S = "wait_s"
"""The execution option of how long the next transaction waits for others."""

_SPARE_WAIT_S = 0.05
"""How long bookkeeping waits for others before it is left for another time."""


class Store:
    """An opened store; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open the store and check that its tables are those of this version.

        Args:
            url: `sqlite:///path/to/store.sqlite`, or `postgresql://user@host/name`.

        Raises:
            StoreError: the address is unusable, the store cannot be reached, or its tables are
                missing or of another version.
        """
        self.revision = _newest_revision()
        self._url = store_url(url)
        self._engine = make_engine(self._url)
        self._writer = threading.Lock()
        self.check()
        if self._url.get_backend_name() == "sqlite":
            private.warn_of_readers(
                Path(f"{self._url.database}{end}") for end in ("", "-wal", "-shm")
            )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads.

        Raises:
            StoreError: the store cannot be reached.
        """
        with self._explained(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes: all of it is kept, or nothing.

        On SQLite it holds the only write lock from its first moment (BEGIN IMMEDIATE), so what it
        reads cannot change before it writes.

        Raises:
            StoreError: the store cannot be reached, or stayed busy.
            ConflictError: a rule of the tables forbids it, because somebody else was faster.
        """
        with self._transaction(BUSY_TIMEOUT_S) as connection:
            yield connection

    @contextmanager
    def writing_at_leisure(self) -> Iterator[sa.Connection]:
        """Open a transaction as `writing` does, for what can wait: it waits for nobody.

        Raises:
            StoreBusyError: somebody else writes.
            StoreError: the store cannot be reached.
            ConflictError: a rule of the tables forbids it.
        """
        with self._transaction(_SPARE_WAIT_S) as connection:
            yield connection

    def wipe(self, wait_s: float = _SPARE_WAIT_S) -> bool:
        """Remove from SQLite's write-ahead log what was deleted from the tables.

        A deleted text is overwritten in the file, and stays in the log until all of the log is in
        the file. While others read an older state it cannot be emptied; then the next call does.

        Args:
            wait_s: how long others are waited for.

        Returns:
            Whether the log is empty, always so on PostgreSQL, whose log is its administrator's.

        Raises:
            StoreError: the store cannot be reached.
        """
        if self._url.get_backend_name() != "sqlite":
            return True
        with self._explained(), self._engine.connect() as connection:
            cursor = connection.connection.cursor()  # within no transaction
            try:
                cursor.execute(f"PRAGMA busy_timeout={round(wait_s * 1000)}")
                busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:  # of others' locks; SQLAlchemy does not see this one
                return False
            finally:
                cursor.close()
        return not busy

    @contextmanager
    def _transaction(self, wait_s: float) -> Iterator[sa.Connection]:
        with (
            self._explained(),
            self._turn(wait_s),
            self._engine.connect() as connection,
            begin_writing(connection, wait_s),
        ):
            yield connection

    def check(self) -> None:
        """Prove that the store answers and has the tables of this version.

        Raises:
            StoreError: it cannot be reached, or its tables are missing or of another version.
        """
        with self.reading() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found != self.revision:
            state = "has no tables yet" if found is None else f"has tables of version {found}"
            raise StoreError(
                f"the store {self.address} {state}, this program needs version {self.revision}; "
                f"run: python -m app migrate --store {self.address}"
            )

    @property
    def address(self) -> str:
        """The store's URL without its password."""
        return self._url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _turn(self, wait_s: float) -> Iterator[None]:
        """Let one thread of this process write to SQLite at a time.

        SQLite's own waiting is polling without a queue: with fifty sessions some waited in vain.
        """
        if self._url.get_backend_name() != "sqlite":
            yield
            return
        if not self._writer.acquire(timeout=wait_s):
            raise exc.TimeoutError("another thread is writing")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (exc.DataError, UnicodeEncodeError) as error:
            raise InputError(
                "a text holds signs that are no letters, such as a NUL or half a character, and "
                "cannot be kept; type it anew"
            ) from error
        except exc.IntegrityError as error:
            raise ConflictError(
                "somebody was faster and this no longer fits; reload the page and look again"
            ) from error
        except (exc.DBAPIError, exc.TimeoutError) as error:
            raise _unreachable(self._url, error) from error


def record(
    connection: sa.Connection,
    now: datetime,
    actor_id: str,
    action: str,
    subject: str,
    detail: str = "",
) -> None:
    """Add a line to the audit trail: ids and fixed words, never a text that a person wrote."""
    connection.execute(
        schema.audit.insert().values(
            at=now, actor_id=actor_id, action=action, subject=subject, detail=detail
        )
    )


def count_recorded(connection: sa.Connection, actor_id: str, action: str, since: datetime) -> int:
    """Count how often somebody did something after a moment, whatever became of it."""
    query = sa.select(sa.func.count()).where(
        schema.audit.c.actor_id == actor_id,
        schema.audit.c.at > since,
        schema.audit.c.action == action,
    )
    return int(connection.execute(query).scalar_one())


@cache
def _newest_revision() -> str:
    """Name the version of the tables that this program needs."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def store_url(url: str) -> URL:
    """Read a store's address.

    Raises:
        StoreError: it is not an address of SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except exc.ArgumentError:
        backend = ""
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(
        "a store's address is sqlite:///path/to/store.sqlite or postgresql://user@host/name; "
        "check --store or LEARNING_RELATIONSHIPS_STORE"
    )


def begin_writing(connection: sa.Connection, wait_s: float = BUSY_TIMEOUT_S) -> sa.RootTransaction:
    """Begin a transaction that writes; on SQLite it takes the write lock at once."""
    return connection.execution_options(**{_WRITES: True, _WAIT_S: wait_s}).begin()


def make_engine(url: URL, *, create: bool = False) -> sa.Engine:
    """Make an engine whose transactions begin as `Store` promises.

    Args:
        url: an address from `store_url`.
        create: whether a missing SQLite file may be made; pages never make one.

    Raises:
        StoreError: the library that speaks to PostgreSQL is not installed.
    """
    if url.get_backend_name() == "postgresql":
        if find_spec("psycopg") is None:
            raise StoreError(
                "a store in PostgreSQL needs the library psycopg, which a plain install does not "
                "bring: pip install 'learning-relationships[postgres]'"
            )
        engine = sa.create_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            pool_timeout=BUSY_TIMEOUT_S,
            connect_args={"connect_timeout": BUSY_TIMEOUT_S, "options": "-c timezone=UTC"},
        )
        event.listen(engine, "begin", _begin_postgres)
        return engine
    path = Path(url.database or "")
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: _connect_sqlite(path, create=create),
        poolclass=sa.QueuePool,
        pool_size=10,
        max_overflow=20,
        pool_timeout=BUSY_TIMEOUT_S,
    )
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "connect", lambda _, entry: entry.info.update(inode=_inode(path)))
    event.listen(engine, "checkout", lambda _, entry, __: _still_the_same(path, entry.info))
    return engine


def _connect_sqlite(path: Path, *, create: bool) -> sqlite3.Connection:
    if create and not path.exists():
        with contextlib.suppress(OSError):  # SQLite says it in its own words
            private.make_file(path)  # the write-ahead log gets the same mode
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        check_same_thread=False,
        isolation_level=None,  # BEGIN is ours to say
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # a deleted goal's text leaves the file
    return connection


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    wait_ms = round(options.get(_WAIT_S, BUSY_TIMEOUT_S) * 1000)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")


def _begin_postgres(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if _WAIT_S in options:
        wait_ms = round(options[_WAIT_S] * 1000)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def _still_the_same(path: Path, info: dict[Any, Any]) -> None:
    """Drop a pooled connection whose file was removed or replaced: its writes would be lost."""
    if _inode(path) != info.get("inode"):
        raise exc.DisconnectionError("the store's file was removed or replaced")


def _unreachable(url: URL, error: Exception) -> StoreError:
    address = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return StoreError(
            f"the store {address} is missing; nothing was saved. Put its file back, or make an "
            f"empty one with: python -m app migrate --store {address}"
        )
    said = str(getattr(error, "orig", ""))
    busy = isinstance(error, exc.TimeoutError) or any(
        word in said for word in ("locked", "deadlock", "lock timeout")
    )
    what = "is busy" if busy else "cannot be reached"
    return (StoreBusyError if busy else StoreError)(
        f"the store {address} {what}; nothing was saved. Try again in a minute; "
        "if it lasts, tell the administrator"
    )
