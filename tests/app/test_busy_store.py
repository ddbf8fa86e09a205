"""While somebody holds the store's write lock, whatever only reads answers as ever."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from app.services.identity import Identity
from app.services.services import open_services
from app.services.settings import Settings
from app.store.database import Store
from app.store.records import State
from app.store.schema import impressions, metadata
from index.serving.reader import IndexReader
from recommender.errors import StoreBusyError
from recommender.relationships import Relationship
from tests.app.small_company import ANNA, CARA

MENTOR = Relationship.MENTOR
SOON_S = 3.0


@contextmanager
def nobody_else_writes(url: str) -> Iterator[None]:
    """Hold what every writer needs."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()
        return
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with psycopg.connect(url) as held:
        held.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
        yield
        held.rollback()


def soon(call: Callable[[], object]) -> object:
    began = time.perf_counter()
    answer = call()
    assert time.perf_counter() - began < SOON_S
    return answer


def write_at_leisure(store: Store) -> None:
    with store.writing_at_leisure() as connection:
        connection.execute(impressions.delete())


@pytest.fixture(scope="module")
def reader(halden_index: Path) -> IndexReader:
    return IndexReader(halden_index)


def test_a_search_answers_and_is_counted_later(store_url, reader, clock):
    settings = Settings(index=Path("unused"), store=store_url)
    services = open_services(settings, clock=clock, current=reader.current)
    seeker = Identity("H0012")
    goal = services.finding.save_goal(seeker, "learn to present my own work")
    services.finding.suggest(seeker, goal.id)  # opens what is opened once
    with services.workplace.store.writing() as connection:
        connection.execute(impressions.delete())
    clock.forward(days=1)
    with nobody_else_writes(store_url):
        assert len(soon(lambda: services.finding.suggest(seeker, goal.id)).lists) == 4
        assert soon(lambda: services.finding.next_suggestion(seeker, goal.id, MENTOR))
        soon(lambda: services.finding.why_not(seeker, goal.id, MENTOR, "H0013"))
        with pytest.raises(StoreBusyError, match="is busy; nothing was saved"):
            soon(lambda: write_at_leisure(services.workplace.store))
    other = Identity("H0013")
    services.finding.suggest(other, services.finding.save_goal(other, "learn to listen").id)
    with services.workplace.store.reading() as connection:
        found = connection.execute(sa.select(impressions.c.seeker_id).distinct()).scalars().all()
    assert sorted(found) == ["H0012", "H0013"]
    services.workplace.store.close()


def test_lists_answer_and_say_what_has_expired(services, store_url, clock):
    goal = services.finding.save_goal(ANNA, "learn to lead")
    services.asking.send(ANNA, goal.id, MENTOR, "CARA", "Hello")
    clock.forward(days=15)
    with nobody_else_writes(store_url):
        (sent,) = soon(lambda: services.asking.sent(ANNA))
        (received,) = soon(lambda: services.answering.received(CARA))
        soon(lambda: services.network.mine(ANNA))
        soon(lambda: services.finding.goals(ANNA))
        soon(lambda: services.offering.mine(CARA))
        assert sent.state is received.state is State.EXPIRED
        assert sent.wants_next
    services.asking.sent(ANNA)
    with services.workplace.store.reading() as connection:
        state = connection.exec_driver_sql("SELECT state FROM requests").scalar()
    assert state == State.EXPIRED


def test_a_snapshot_whose_people_cannot_be_noted_waits(
    services, store_url, clock, published, company, monkeypatch
):
    """Who has somebody else's number now must be set aside first: till then the old one serves."""
    services.finding.save_goal(ANNA, "learn to lead")
    published.append(replace(company, snapshot_id="second"))
    workplace = services.workplace

    def set_aside(_, __, writing):
        with writing() as connection:
            connection.execute(impressions.delete())

    monkeypatch.setattr(type(workplace), "_meet", set_aside)
    with nobody_else_writes(store_url):
        assert soon(workplace.current).snapshot_id == "first"
    assert workplace.current().snapshot_id == "second"
