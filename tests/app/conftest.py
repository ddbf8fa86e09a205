"""A store of each kind: SQLite in a folder, and a real PostgreSQL started for the session."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from app.services import Services, open_services
from app.settings import Settings
from app.store.database import Store
from app.store.migration import migrate
from app.store.schema import metadata
from tests.app.small_company import HandClock, SmallSnapshot


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
        options = f"-p {self.port} -k '' -h 127.0.0.1 -c fsync=off -c full_page_writes=off"
        self.control("-o", options, "-l", str(self.data.parent / "log"), "start")

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")

    def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"lr_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self.url(name)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite store to copy."""
    path = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres: Postgres) -> str:
    """The address of a migrated PostgreSQL store, emptied for each test."""
    url = postgres.new_database()
    migrate(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated store; every test that asks runs on both databases."""
    if request.param == "sqlite":
        copied = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path)
        return f"sqlite:///{copied}"
    url = request.getfixturevalue("migrated_database")
    _empty(url)
    return str(url)


def _empty(url: str) -> None:
    """Empty every table; only in the role of a replica does the audit trail allow it."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {names}")


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


@pytest.fixture
def company() -> SmallSnapshot:
    """The small company's first snapshot; a test publishes another by `published.append`."""
    return SmallSnapshot()


@pytest.fixture
def published(company: SmallSnapshot) -> list[SmallSnapshot]:
    """What was published, the last serves; append to publish."""
    return [company]


@pytest.fixture
def services(
    store_url: str, clock: HandClock, published: list[SmallSnapshot]
) -> Iterator[Services]:
    settings = Settings(index=Path("none"), store=store_url)
    opened = open_services(settings, clock=clock, current=lambda: published[-1])
    yield opened
    opened.workplace.store.close()
