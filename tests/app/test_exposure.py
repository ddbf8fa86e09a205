"""Who was shown to others comes into ranking as load: a seeker once a helper, from the next day."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.live_facts import DailyExposure, lay_over
from app.store.facts import read_facts
from app.store.impressions import (
    EXPOSURE_DAYS,
    count_shown,
    drop_old,
    exposure_before,
    own_exposure_before,
    worth,
)
from app.store.schema import exposure, impressions
from recommender.policy import default_policy
from tests.recommender.company import BO, ED, small_company

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)


def show(store, shown_on, seeker_id, **places):
    with store.writing() as connection:
        count_shown(connection, shown_on, seeker_id, places)


def sums(store, today) -> dict[str, float]:
    with store.reading() as connection:
        return dict(exposure_before(connection, today))


def test_sums_by_place_of_the_days_before(store):
    show(store, DAY, "P1", ed=1, bo=3)
    show(store, DAY, "P2", bo=1)
    show(store, DAY - timedelta(days=EXPOSURE_DAYS), "P3", fay=1)
    assert sums(store, DAY) == {"fay": 1.0}
    # places 3 and 1 are .5 and 1
    assert sums(store, NEXT) == {"bo": pytest.approx(1.5), "ed": pytest.approx(1.0)}


def test_places_beyond_a_list_count_a_little(store):
    show(store, DAY, "P1", ed=50, bo=60)
    found = sums(store, NEXT)
    assert found["ed"] == found["bo"] == pytest.approx(0.17629, abs=1e-5)


def test_a_seeker_counts_once_a_helper_however_many_goals(store):
    for _ in range(10):
        show(store, DAY, "P1", ed=1)
    show(store, NEXT, "P1", ed=1)
    assert sums(store, NEXT + timedelta(days=1)) == {"ed": 1.0}
    again = DAY + timedelta(days=EXPOSURE_DAYS)
    show(store, again, "P1", ed=1)  # what counted first is too old from now on
    assert sums(store, again + timedelta(days=1)) == {"ed": 1.0}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 80), st.sampled_from("ABC"), st.sampled_from("xyz"), st.integers(1, 9)
        ),
        max_size=40,
    ),
    st.integers(0, 90),
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_sums_are_what_a_list_of_all_lookings_gives(store, shown, today):
    with store.writing() as connection:
        connection.execute(exposure.delete())
        connection.execute(impressions.delete())
    counted: dict[tuple[str, str], int] = {}
    expected: dict[str, float] = defaultdict(float)
    own: dict[str, float] = {}
    for day, seeker, helper, place in sorted(shown, key=lambda one: one[0]):
        show(store, DAY + timedelta(days=day), seeker, **{helper: place})
        before = counted.get((seeker, helper))
        if before is not None and day - before < EXPOSURE_DAYS:
            continue
        counted[seeker, helper] = day
        if today - EXPOSURE_DAYS <= day < today:
            expected[helper] += worth(place)
    with store.writing() as connection:
        drop_old(connection, DAY + timedelta(days=today), 90)
    assert sums(store, DAY + timedelta(days=today)) == pytest.approx(dict(expected))
    with store.reading() as connection:
        own = dict(own_exposure_before(connection, DAY + timedelta(days=today), "A"))
    assert all(value <= expected[helper] + 1e-9 for helper, value in own.items())


def test_what_counts_for_nothing_is_deleted(store):
    for days in range(0, 200, 5):
        show(store, DAY - timedelta(days=days), f"P{days}", ed=1, bo=2)
    with store.writing() as connection:
        assert drop_old(connection, DAY, 90) > 0
        assert drop_old(connection, DAY, 90) == 0
        assert connection.execute(sa.select(sa.func.min(impressions.c.counted_on))).scalar() == (
            DAY - timedelta(days=EXPOSURE_DAYS)
        )
        assert connection.execute(sa.select(sa.func.min(exposure.c.shown_on))).scalar() == (
            DAY - timedelta(days=90)
        )


def test_it_lies_over_the_snapshot_by_rows_without_ones_own(store, clock):
    people, days = small_company(), DailyExposure()
    yesterday = clock().date() - timedelta(days=1)
    show(store, yesterday, "P1", ed=1, bo=3, gone=2)
    show(store, yesterday, "cy", ed=1, fay=1)
    with store.reading() as connection:
        facts = read_facts(connection, "cy", default_policy().limits, clock())
        live = lay_over(facts, people, days.of(connection, people, clock().date()))
    found = dict(zip(live.exposure_rows.tolist(), live.exposure.tolist(), strict=True))
    assert found == {BO: pytest.approx(0.5), ED: pytest.approx(1.0)}


def test_sums_do_not_move_within_a_day(store, clock):
    people, days = small_company(), DailyExposure()
    today = clock().date()
    with store.reading() as connection:
        before = days.of(connection, people, today)
    show(store, today, "P1", ed=1)
    with store.reading() as connection:
        assert days.of(connection, people, today) is before
        assert DailyExposure().of(connection, people, today).tolist() == before.tolist()
        assert days.of(connection, people, today + timedelta(days=1))[ED] == 1.0
