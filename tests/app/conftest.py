"""A store of each kind: SQLite in a folder, and a real PostgreSQL started for the session."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.database import Store
from app.store.migration import migrate
from app.store.schema import metadata
from tests.app import cluster
from tests.app.cluster import Postgres
from tests.app.small_company import HandClock, SmallSnapshot

postgres = cluster.postgres


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
