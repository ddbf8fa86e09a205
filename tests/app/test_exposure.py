"""Who was shown to others of late comes into ranking as load."""

from datetime import date, timedelta

import pytest

from app.services.live_facts import lay_over
from app.store.facts import EXPOSURE_DAYS, read_facts
from app.store.impressions import exposure, insert_impressions
from recommender.policy import default_policy
from recommender.relationships import Relationship
from tests.recommender.company import BO, ED, small_company

MENTOR, PEER = Relationship.MENTOR, Relationship.PEER
DAY = date(2026, 11, 20)


def show(store, shown_on, seeker_id, *places):
    with store.writing() as connection:
        insert_impressions(
            connection, shown_on=shown_on, seeker_id=seeker_id, goal_id=f"of {seeker_id}",
            snapshot_id="s", shown=places,
        )  # fmt: skip


def test_exposure_adds_up_by_place_and_leaves_out_the_old_and_ones_own(store):
    show(store, DAY, "P1", (MENTOR, 1, "ed"), (MENTOR, 3, "bo"), (PEER, 2, "ed"))
    show(store, DAY, "P2", (MENTOR, 1, "bo"))
    show(store, DAY, "cy", (MENTOR, 1, "bo"))
    show(store, DAY - timedelta(days=1), "P3", (MENTOR, 1, "fay"))
    with store.reading() as connection:
        found = exposure(connection, DAY, "cy")
        assert exposure(connection, DAY + timedelta(days=1), "cy") == []
    # places 1 and 2 are 1 and 1 / log2(3); places 3 and 1 are .5 and 1
    assert found == [("bo", pytest.approx(1.5)), ("ed", pytest.approx(1.6309, abs=1e-4))]


def test_places_beyond_a_list_count_a_little(store):
    show(store, DAY, "P1", (MENTOR, 50, "ed"), (MENTOR, 60, "bo"))
    with store.reading() as connection:
        (_, far), (_, last) = exposure(connection, DAY, "cy")
    assert far == last == pytest.approx(0.17629, abs=1e-5)


def test_it_lies_over_the_snapshot_by_rows(store, clock):
    people = small_company()
    today = clock().date()
    show(store, today, "P1", (MENTOR, 1, "ed"), (MENTOR, 3, "bo"), (MENTOR, 2, "gone"))
    show(store, today - timedelta(days=EXPOSURE_DAYS + 1), "P2", (MENTOR, 1, "fay"))
    with store.reading() as connection:
        facts = read_facts(connection, "cy", default_policy().limits, clock())
    live = lay_over(facts, people)
    assert dict(zip(live.exposure_rows.tolist(), live.exposure.tolist(), strict=True)) == {
        BO: pytest.approx(0.5),
        ED: pytest.approx(1.0),
    }
