"""A search costs what it cost on the first day, however much was shown and asked since."""

import statistics
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.migration import migrate
from app.store.schema import impressions
from index.serving.reader import IndexReader
from tests.app.growth import GOALS, House, compare, fill


@pytest.fixture(scope="module")
def reader(halden_index: Path) -> IndexReader:
    return IndexReader(halden_index)


def test_a_hundred_thousand_impressions_cost_a_search_nothing(reader, tmp_path):
    fresh_url, store_url = (f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("fresh", "grown"))
    migrate(fresh_url)
    migrate(store_url)
    fill(store_url, reader.current().people.ids.tolist(), 100_000, 20_000)
    houses = {
        0: House.open(fresh_url, reader, GOALS[:3]),
        100_000: House.open(store_url, reader, GOALS[:3]),
    }
    compare(houses, 4)
    fresh, grown = (statistics.median(house.times_s) for house in houses.values())
    assert grown < 1.5 * fresh  # 1.2 on a machine that does nothing else
    for house in houses.values():
        house.services.workplace.store.close()


def test_a_search_reads_of_what_was_shown_its_seekers_own_alone(store_url, reader):
    fill(store_url, reader.current().people.ids.tolist(), 3_000, 100)
    house = House.open(store_url, reader, GOALS[:1])
    house.search(0)
    asked: list[str] = []
    engine = house.services.workplace.store._engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    house.search(0)
    reads = [one for one in asked if one.startswith("SELECT")]
    assert not any("exposure" in one for one in reads)
    about = [one for one in reads if "impressions" in one]
    assert len(about) == 1 and "WHERE impressions.seeker_id =" in about[0]
    house.services.workplace.store.close()


def test_tidying_leaves_only_what_counts(store_url, reader):
    fill(store_url, reader.current().people.ids.tolist(), 3_000, 0)
    house = House.open(store_url, reader, GOALS[:1])
    with house.services.workplace.store.writing() as connection:
        connection.execute(
            impressions.update()
            .where(impressions.c.seeker_id == "S1")
            .values(counted_on=sa.text("'2026-01-01'"))
        )
    house.services.workplace.tidy()
    with house.services.workplace.store.reading() as connection:
        left = connection.execute(sa.select(sa.func.count()).select_from(impressions)).scalar()
    assert left == 2_900
    house.services.workplace.store.close()
