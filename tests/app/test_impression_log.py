"""Whatever many sessions show at once is counted, and nobody waits or fails for it."""

import threading
import time

import sqlalchemy as sa

from app.services.impression_log import MOST_WAITING, ImpressionLog, Shown
from app.store.database import Store
from app.store.schema import exposure, impressions


def shown(clock, number: int) -> Shown:
    return Shown(clock().date(), f"S{number}", {f"P{place}": place for place in (1, 2, 3)})


def count(store) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(impressions)).scalar())


def test_everything_shown_at_once_is_counted(store, clock):
    # two logs are two servers on one store
    logs, start = (ImpressionLog(store), ImpressionLog(store)), threading.Barrier(20)

    def session(number: int) -> None:
        start.wait()
        for step in range(5):
            logs[number % 2].add(shown(clock, (5 * number + step) % 90))

    threads = [threading.Thread(target=session, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for log in logs:  # what a busy store left waiting
        log.add(shown(clock, 0))
    assert count(store) == 90 * 3
    with store.reading() as connection:
        seekers = connection.execute(sa.select(exposure.c.seekers)).scalars().all()
    assert seekers == [90, 90, 90]


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


def test_what_a_store_that_is_gone_cannot_keep_waits_until_it_is_back(
    tmp_path, migrated_file, clock
):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    log = ImpressionLog(store)
    path.rename(tmp_path / "away")
    for number in range(MOST_WAITING + 5):
        log._waiting.append(shown(clock, number))
    began = time.perf_counter()
    log.add(shown(clock, 1))
    assert time.perf_counter() - began < 1
    assert len(log._waiting) == MOST_WAITING
    log._waiting.clear()
    log.add(shown(clock, 1))
    (tmp_path / "away").rename(path)
    log.add(shown(clock, 2))
    assert count(store) == 6
