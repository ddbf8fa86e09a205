"""A store of each kind: SQLite in a folder, and a real PostgreSQL started for the session."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.database import Store
from app.store.migration import migrate


class HandClock:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@dataclass
class Postgres:
    """A PostgreSQL cluster of this session: trusts loopback, keeps nothing."""

    bin: Path
    data: Path
    port: int
    as_postgres: list[str]

    def control(self, *arguments: str) -> None:
        subprocess.run(
            [*self.as_postgres, str(self.bin / "pg_ctl"), "-D", str(self.data), "-w", *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/",
        )  # fmt: skip

    def start(self) -> None:
        options = f"-p {self.port} -k '' -h 127.0.0.1 -c fsync=off"
        self.control("-o", options, "-l", str(self.data.parent / "log"), "start")

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")

    def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"lr_{secrets.token_hex(6)}"
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        engine.dispose()
        return self.url(name)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"


def _postgres_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_postgres() -> list[str] | None:
    """PostgreSQL refuses to run as root; another user runs it as themselves."""
    if os.geteuid() != 0:
        return []
    runuser = shutil.which("runuser")
    return [runuser, "-u", "postgres", "--"] if runuser else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    binaries, as_postgres = _postgres_bin(), _as_postgres()
    if binaries is None or as_postgres is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("PostgreSQL is not installed; run: make system")
        pytest.skip("PostgreSQL is not installed; run: make system")
    folder = Path(tempfile.mkdtemp(prefix="lr-postgres-"))
    if as_postgres:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = Postgres(binaries, folder / "data", port, as_postgres)
    cluster.control("-o", "-A trust -U postgres -E UTF8 --no-sync --locale=C", "initdb")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated store; every test that asks runs on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/store.sqlite"
    else:
        url = request.getfixturevalue("postgres").new_database()
    migrate(url)
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def audit_trail(store: Store) -> Callable[[], list[tuple[str, str, str]]]:
    """Read the audit trail: actor, action, detail."""

    def read() -> list[tuple[str, str, str]]:
        with store.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT actor_id, action, detail FROM audit ORDER BY id"
            )
            return [tuple(row) for row in rows]

    return read
