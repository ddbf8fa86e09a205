"""Forgetting a person leaves no text and no id of theirs outside the audit trail."""

import datetime as dt
import sqlite3

from app.services.services import open_services
from app.services.settings import Settings
from app.store.database import Store
from app.store.erasure import forget_person
from app.store.records import Met, NotForMe, State
from app.store.schema import metadata
from recommender.relationships import Relationship
from tests.app.small_company import ANNA, BEN, CARA, DAN, SmallSnapshot

MENTOR, COACH, _, PEER = Relationship


def test_nothing_of_a_forgotten_person_is_left(services, clock, store):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    accepted = services.asking.send(ANNA, goal.id, MENTOR, "CARA", "Dear Cara, I am Anna")
    bond = services.answering.accept(CARA, accepted.id)
    services.network.say_met(ANNA, bond.id, Met.YES)
    services.network.say_met(CARA, bond.id, Met.YES)
    services.asking.send(ANNA, goal.id, COACH, "FAY", "Dear Fay, I am Anna")
    other = services.finding.save_goal(BEN, "learn to say no")
    services.finding.not_for_me(BEN, other.id, PEER, "ANNA", NotForMe.RATHER_NOT)
    services.asking.send(DAN, services.finding.save_goal(DAN, "knit").id, PEER, "ANNA", "Hello")
    services.offering.save(
        ANNA,
        open_to=frozenset({PEER}),
        capacity=1,
        paused_until=clock().date() + dt.timedelta(days=3),
        quotable=frozenset(),
    )
    assert forget_person(store, "ANNA", clock()) > 8
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name != "audit":
                rows = repr(connection.execute(table.select()).all())
                assert "ANNA" not in rows and "Anna" not in rows and "without orders" not in rows
    (tie,) = services.network.mine(CARA).past
    assert tie.other.has_left
    (sent,) = services.asking.sent(DAN)
    assert (sent.state, sent.helper.has_left) == (State.WITHDRAWN, True)
    assert [kept.text for kept in services.finding.goals(BEN)] == ["learn to say no"]


def test_a_deleted_goal_leaves_the_file(tmp_path, migrated_file, clock):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    services = open_services(
        Settings(index=tmp_path, store=f"sqlite:///{path}"), clock=clock, current=SmallSnapshot
    )
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    services.finding.save_goal(ANNA, "learn to say no")
    services.finding.delete_goal(ANNA, goal.id)
    services.workplace.store.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"learn to say no" in left
    assert b"without orders" not in left


def test_a_stranger_is_forgotten_without_a_trace(services, clock, store, audit_trail):
    services.finding.save_goal(BEN, "learn to say no")
    assert forget_person(store, "NOBODY", clock()) == 0
    assert len(services.finding.goals(BEN)) == 1
    assert "NOBODY" not in repr(audit_trail())


def files_of(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_requests_to_a_forgotten_person_quote_them_no_more(services, clock, store):
    goal = services.finding.save_goal(BEN, "learn to say no")
    services.asking.send(BEN, goal.id, PEER, "ANNA", "You wrote: led the move to Gdynia")
    accepted = services.asking.send(
        DAN, services.finding.save_goal(DAN, "knit").id, PEER, "ANNA", "You led the move to Gdynia"
    )
    services.answering.accept(ANNA, accepted.id)
    forget_person(store, "ANNA", clock())
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            assert "Gdynia" not in repr(connection.execute(table.select()).all()), table.name
    assert [one.message for one in services.asking.sent(BEN)] == [""]


def test_deleted_words_leave_all_files_while_others_have_them_open(tmp_path, migrated_file, clock):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    url = f"sqlite:///{path}"
    services = open_services(
        Settings(index=tmp_path, store=url), clock=clock, current=SmallSnapshot
    )
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    kept = services.finding.save_goal(ANNA, "learn to say no")
    services.asking.send(ANNA, kept.id, MENTOR, "CARA", "You led the move to Gdynia")
    with sqlite3.connect(path) as second:
        second.execute("SELECT * FROM goals").fetchall()
        services.finding.delete_goal(ANNA, goal.id)
        assert b"learn to say no" in files_of(path)
        assert b"without orders" not in files_of(path)
        forget_person(Store(url), "CARA", clock())
        assert b"Gdynia" not in files_of(path)
        forget_person(Store(url), "ANNA", clock())
        assert b"learn to say no" not in files_of(path)
    second.close()


def test_words_that_a_reader_held_back_leave_with_the_next_tidying(tmp_path, migrated_file, clock):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    url = f"sqlite:///{path}"
    services = open_services(
        Settings(index=tmp_path, store=url), clock=clock, current=SmallSnapshot
    )
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    second = sqlite3.connect(path, isolation_level=None)
    second.execute("BEGIN")
    second.execute("SELECT * FROM goals").fetchall()
    services.finding.delete_goal(ANNA, goal.id)
    assert b"without orders" in files_of(path)  # the reader has the old state before it
    second.execute("COMMIT")
    services.asking.sent(ANNA)
    assert b"without orders" not in files_of(path)
    second.close()


def test_the_log_is_not_emptied_while_somebody_writes_and_nothing_fails(
    tmp_path, migrated_file, clock
):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    with sqlite3.connect(path, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO availability (person_id) VALUES ('P1')")
        assert not store.wipe()
        writer.execute("COMMIT")
    assert store.wipe()
    writer.close()
