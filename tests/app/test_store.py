"""The store's door: migrations, transactions, the audit trail, and a database that is gone."""

import shutil
import threading
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from app.store import schema
from app.store.database import (
    MIGRATIONS,
    Store,
    begin_writing,
    make_engine,
    record,
)
from app.store.database import store_url as address_of
from app.store.goals import find_goal, goals_of, insert_goal
from app.store.impressions import exposure_before, own_exposure_before
from app.store.migration import migrate
from app.store.records import SavedGoal, new_id
from recommender.errors import ConflictError, StoreError


def a_goal(clock, seeker_id="P1", text="learn to say no"):
    return SavedGoal(new_id(), seeker_id, text, None, clock(), None)


def test_migrations_make_exactly_the_tables_that_the_program_declares(store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_migrating_twice_changes_nothing(store_url, store, clock):
    goal = a_goal(clock)
    with store.writing() as connection:
        insert_goal(connection, goal)
    assert migrate(store_url) == store.revision
    with store.reading() as connection:
        assert find_goal(connection, goal.id) == goal


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_url(request, tmp_path):
    """The address of a store without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/old.sqlite"
    return request.getfixturevalue("postgres").new_database()


def make_old(url: str, revision: str, *statements: str) -> None:
    """Make a store of an older version and put something in."""
    engine, config = make_engine(address_of(url), create=True), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, begin_writing(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


GOAL_OF_OLD = (
    "INSERT INTO goals (id, seeker_id, text, created_at) "
    "VALUES ('g', 'P1', 'learn to say no', '2026-03-01 09:00:00')"
)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_store_of_an_older_version_keeps_what_is_in_it(bare_url, revision):
    make_old(bare_url, revision, GOAL_OF_OLD)
    with pytest.raises(StoreError, match=f"has tables of version {revision}"):
        Store(bare_url)
    migrate(bare_url)
    store = Store(bare_url)
    with store.reading() as connection:
        assert [goal.text for goal in goals_of(connection, "P1")] == ["learn to say no"]
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    store.close()


def test_what_was_shown_becomes_sums_in_which_a_seeker_counts_once(bare_url):
    shown = [
        ("2026-03-01", "g1", "mentor", "ed", "P1", 1),
        ("2026-03-02", "g1", "mentor", "ed", "P1", 3),
        ("2026-03-02", "g2", "coach", "ed", "P1", 3),
        ("2026-03-02", "g3", "coach", "ed", "P2", 3),
        ("2026-03-02", "g3", "coach", "bo", "P2", 80),
    ]
    make_old(
        bare_url, "0002",
        *(
            "INSERT INTO impressions (shown_on, goal_id, relationship, helper_id, seeker_id, place,"
            f" snapshot_id) VALUES {(*row, 's')!r}"
            for row in shown
        ),
    )  # fmt: skip
    migrate(bare_url)
    store = Store(bare_url)
    with store.reading() as connection:
        found = dict(exposure_before(connection, date(2026, 3, 3)))
        assert dict(own_exposure_before(connection, date(2026, 3, 3), "P1")) == {"ed": 1.0}
    store.close()
    # of P1 the best place, 1, of P2 the third: .5; the 80th counts as the 50th
    assert found == {"ed": pytest.approx(1.5), "bo": pytest.approx(0.17629, abs=1e-5)}


def test_two_migrations_at_once_both_end_well(tmp_path):
    url = f"sqlite:///{tmp_path}/store.sqlite"
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(migrate(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [said[0]] * 4


def test_a_store_without_tables_is_refused_and_not_migrated(tmp_path):
    path = tmp_path / "store.sqlite"
    sa.create_engine(f"sqlite:///{path}").connect().close()
    path.touch()
    with pytest.raises(StoreError, match=r"no tables yet.*python -m app migrate --store"):
        Store(f"sqlite:///{path}")
    assert path.stat().st_size == 0 or not _tables(path)


def test_a_store_of_another_version_is_refused(store_url, store):
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    try:
        with pytest.raises(StoreError, match="tables of version 0000, this program needs version"):
            Store(store_url)
    finally:
        with store.writing() as connection:
            connection.execute(
                sa.text("UPDATE alembic_version SET version_num = :v"), {"v": store.revision}
            )


def test_opening_a_missing_file_makes_none(tmp_path):
    path = tmp_path / "store.sqlite"
    with pytest.raises(StoreError, match=r"is missing.*python -m app migrate"):
        Store(f"sqlite:///{path}")
    assert not path.exists()


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "no url"])
def test_an_address_of_something_else_is_refused(url):
    with pytest.raises(StoreError, match="a store's address is"):
        migrate(url)


def test_a_folder_that_is_missing_is_said(tmp_path):
    with pytest.raises(StoreError, match="could not be migrated and is as it was"):
        migrate(f"sqlite:///{tmp_path}/nowhere/store.sqlite")


def test_sqlite_runs_as_promised(tmp_path):
    url = f"sqlite:///{tmp_path}/store.sqlite"
    migrate(url)
    with Store(url).reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


def test_an_address_is_shown_without_its_password():
    with pytest.raises(StoreError) as raised:
        Store("postgresql://someone:secret@127.0.0.1:1/none")
    assert "secret" not in str(raised.value)
    assert "cannot be reached; nothing was saved" in str(raised.value)


def test_a_transaction_that_fails_keeps_nothing(store, clock):
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        insert_goal(connection, a_goal(clock))
        _ = 1 / 0
    with store.reading() as connection:
        assert goals_of(connection, "P1") == []


def test_a_rule_of_the_tables_is_a_conflict(store, clock):
    goal = a_goal(clock)
    with store.writing() as connection:
        insert_goal(connection, goal)
    with pytest.raises(ConflictError, match="somebody was faster"), store.writing() as connection:
        insert_goal(connection, goal)


def test_moments_come_back_in_utc(store, clock):
    goal = a_goal(clock)
    with store.writing() as connection:
        insert_goal(connection, goal)
    with store.reading() as connection:
        found = find_goal(connection, goal.id)
    assert found is not None
    assert found.created_at == clock.now
    assert found.created_at.utcoffset().total_seconds() == 0


def test_a_moment_without_a_zone_is_refused(store, clock):
    clock.now = clock.now.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="pass UTC"), store.writing() as connection:
        insert_goal(connection, a_goal(clock))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor_id = 'X'", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_the_audit_trail_refuses_changes(store, clock, audit_trail, statement):
    with store.writing() as connection:
        record(connection, clock(), "P1", "goal.saved", "g1")
        if statement.startswith("TRUNCATE") and connection.dialect.name == "sqlite":
            pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(StoreError) as raised, store.writing() as connection:
        connection.exec_driver_sql(statement)
    assert "append-only" in str(raised.value.__cause__)
    assert audit_trail() == [("P1", "goal.saved", "")]


def test_a_removed_file_is_said_and_nothing_is_lost_in_a_ghost(tmp_path, clock):
    """SQLite would go on writing into the removed file, and what it wrote would be gone."""
    path = tmp_path / "store.sqlite"
    migrate(f"sqlite:///{path}")
    store = Store(f"sqlite:///{path}")
    kept = a_goal(clock)
    with store.writing() as connection:
        insert_goal(connection, kept)
    store.close()
    moved = tmp_path / "away.sqlite"
    with store.reading():
        pass
    path.rename(moved)
    with pytest.raises(StoreError, match="is missing; nothing was saved"):
        _write(store, a_goal(clock))
    assert not path.exists()
    shutil.move(moved, path)
    _write(store, a_goal(clock))
    with store.reading() as connection:
        assert len(goals_of(connection, "P1")) == 2


def test_a_file_that_somebody_else_holds_is_busy(tmp_path, clock, monkeypatch):
    monkeypatch.setattr("app.store.database.BUSY_TIMEOUT_S", 0.1)
    path = tmp_path / "store.sqlite"
    migrate(f"sqlite:///{path}")
    store, other = Store(f"sqlite:///{path}"), Store(f"sqlite:///{path}")
    with other.writing():
        with pytest.raises(StoreError, match="is busy; nothing was saved"):
            _write(store, a_goal(clock))
        with store.reading() as connection:  # readers are not kept waiting
            assert goals_of(connection, "P1") == []
    _write(store, a_goal(clock))


def test_a_damaged_file_is_said(tmp_path):
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"this is not a database, however long one looks at it" * 100)
    with pytest.raises(StoreError, match="cannot be reached"):
        Store(f"sqlite:///{path}")


@pytest.mark.postgres
def test_postgres_gone_and_back(postgres, clock):
    url = postgres.new_database()
    migrate(url)
    store = Store(url)
    _write(store, a_goal(clock))
    with pytest.raises(StoreError), store.writing() as connection:
        insert_goal(connection, a_goal(clock))
        postgres.stop()  # in the middle of a transaction
        insert_goal(connection, a_goal(clock))
    try:
        with pytest.raises(StoreError, match="cannot be reached; nothing was saved"):
            store.check()
    finally:
        postgres.start()
    store.check()
    with store.reading() as connection:
        assert len(goals_of(connection, "P1")) == 1
    store.close()


def _write(store: Store, goal: SavedGoal) -> None:
    with store.writing() as connection:
        insert_goal(connection, goal)


def _tables(path: Path) -> list[str]:
    return sa.inspect(sa.create_engine(f"sqlite:///{path}")).get_table_names()
