"""What a search costs after a long time of use, against a fresh store.

    python -m tests.app.growth --index var/halden --impressions 100000 1000000

Fresh and grown stores take turns goal by goal, so that whatever else the machine does hits both.
Both databases are measured; `--postgres` names a database to fill, none: SQLite alone.
"""

import argparse
import random
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.services.identity import Identity
from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.database import Store
from app.store.impressions import EXPOSURE_DAYS
from app.store.migration import migrate
from app.store.schema import exposure, impressions, relationships, requests
from index.serving.reader import IndexReader

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HELPERS = 5_000
"""How many people the impressions are of; those of the snapshot are among them."""
ROWS = 10_000


@dataclass
class House:
    """A service on a store, and a seeker with goals."""

    services: Services
    goals: list[str]
    seeker: Identity
    first_s: float = 0.0
    times_s: list[float] = None  # type: ignore[assignment]

    @classmethod
    def open(cls, url: str, reader: IndexReader, goals: list[str]) -> "House":
        settings = Settings(index=Path("unused"), store=url, goals_per_minute=1000)
        services = open_services(settings, clock=lambda: NOW, current=reader.current)
        seeker = Identity(str(reader.current().people.ids[11]))
        kept = [services.finding.save_goal(seeker, text).id for text in goals]
        return cls(services, kept, seeker, times_s=[])

    def search(self, number: int) -> float:
        began = time.perf_counter()
        self.services.finding.suggest(self.seeker, self.goals[number])
        return time.perf_counter() - began


def fill(url: str, helpers: list[str], n_impressions: int, n_ended: int, seed: int = 0) -> None:
    """Put in what so many showings leave in thirty days, and requests that ended long ago."""
    rng, store = random.Random(seed), Store(url)
    some = [*helpers, *(f"X{n}" for n in range(HELPERS - len(helpers)))]
    each = min(len(some), 100)
    with store.writing() as connection:
        rows: list[dict[str, object]] = []
        for number in range(n_impressions):
            if number % each == 0:
                shown = rng.sample(some, each)
                day = NOW.date() - timedelta(days=1 + (number // each) % EXPOSURE_DAYS)
            rows.append({
                "seeker_id": f"S{number // each}", "helper_id": shown[number % each],
                "counted_on": day, "worth": 0.5,
            })  # fmt: skip
            if len(rows) == ROWS:
                connection.execute(impressions.insert(), rows)
                rows = []
        if rows:
            connection.execute(impressions.insert(), rows)
        columns = (impressions.c.counted_on, impressions.c.helper_id)
        sums = sa.select(*columns, sa.func.sum(impressions.c.worth), sa.func.count())
        connection.execute(
            exposure.insert().from_select(
                ["shown_on", "helper_id", "worth", "seekers"], sums.group_by(*columns)
            )
        )
        sent = NOW - timedelta(days=200)
        for start in range(0, n_ended, ROWS):
            numbers = range(start, min(start + ROWS, n_ended))
            connection.execute(requests.insert(), [
                {
                    "id": f"r{n}", "seeker_id": f"S{n % 997}", "helper_id": rng.choice(some),
                    "relationship": "peer", "message": "Hello", "state": "accepted",
                    "sent_at": sent, "expires_at": sent + timedelta(days=14),
                }
                for n in numbers
            ])  # fmt: skip
            connection.execute(relationships.insert(), [
                {
                    "id": f"b{n}", "request_id": f"r{n}", "seeker_id": f"S{n % 997}",
                    "helper_id": rng.choice(some), "relationship": "peer", "state": "ended",
                    "started_at": sent, "ended_at": sent,
                }
                for n in numbers
            ])  # fmt: skip
    store.close()


def compare(houses: dict[int, House], rounds: int) -> None:
    """Search in turn in all houses."""
    for house in houses.values():
        house.first_s = house.search(0)
    for _ in range(rounds):
        for number in range(len(next(iter(houses.values())).goals)):
            for house in houses.values():
                house.times_s.append(house.search(number))


GOALS = [
    "learn to present my own work",
    "learn to say no without hurting",
    "understand how a budget is made",
    "lead a team without orders",
    "write reports that are read",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--impressions", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--ended", type=int, default=100_000, help="requests of long ago")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--postgres", nargs="*", default=[], help="one empty database a size")
    options = parser.parse_args()
    reader = IndexReader(options.index)
    helpers = reader.current().people.ids.tolist()
    folder = Path(tempfile.mkdtemp(prefix="growth-"))
    sizes = [0, *options.impressions]
    stores = {"sqlite": [f"sqlite:///{folder}/{size}.sqlite" for size in sizes]}
    if options.postgres:
        stores["postgresql"] = options.postgres
    for name, urls in stores.items():
        houses = {}
        for size, url in zip(sizes, urls, strict=True):
            migrate(url)
            fill(url, helpers, size, options.ended if size else 0)
            houses[size] = House.open(url, reader, GOALS)
        compare(houses, options.rounds)
        fresh = statistics.median(houses[0].times_s)
        for size, house in houses.items():
            median = statistics.median(house.times_s)
            print(
                f"{name:<12}{size:>10,} impressions: {1e3 * median:7.1f} ms a search, "
                f"{median / fresh:4.2f} x fresh; {1e3 * house.first_s:7.1f} ms the first of a day"
            )
            house.services.workplace.store.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
