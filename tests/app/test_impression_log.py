"""Whatever many sessions show at once is kept, and nobody waits for anybody."""

import threading

import pytest
import sqlalchemy as sa

from app.services.impression_log import ImpressionLog, Shown
from app.store.database import Store
from app.store.schema import impressions
from recommender.errors import StoreError
from recommender.relationships import Relationship


def shown(clock, number: int) -> Shown:
    places = tuple((Relationship.PEER, place, f"P{place}") for place in (1, 2, 3))
    return Shown(clock().date(), f"S{number}", f"goal{number}", "snapshot", places)


def count(store) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(impressions)).scalar())


def test_everything_shown_at_once_is_kept(store, clock):
    log, start = ImpressionLog(store), threading.Barrier(20)

    def session(number: int) -> None:
        start.wait()
        for step in range(5):
            log.add(shown(clock, 5 * number + step))

    threads = [threading.Thread(target=session, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert count(store) == 20 * 5 * 3


def test_nobody_waits_for_the_one_who_writes(store, clock):
    log = ImpressionLog(store)
    inside, go_on = threading.Event(), threading.Event()
    write = log._write

    def slow(batch: list[Shown]) -> None:
        inside.set()
        assert go_on.wait(timeout=30)
        write(batch)

    log._write = slow
    first = threading.Thread(target=log.add, args=(shown(clock, 1),))
    first.start()
    assert inside.wait(timeout=30)
    log.add(shown(clock, 2))  # comes back while the first one writes
    assert count(store) == 0
    go_on.set()
    first.join(timeout=30)
    assert count(store) == 6


def test_a_store_that_is_gone_is_said_and_the_log_goes_on(tmp_path, migrated_file, clock):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    log = ImpressionLog(store)
    path.rename(tmp_path / "away")
    with pytest.raises(StoreError, match="is missing"):
        log.add(shown(clock, 1))
    (tmp_path / "away").rename(path)
    log.add(shown(clock, 2))
    assert count(store) == 3
