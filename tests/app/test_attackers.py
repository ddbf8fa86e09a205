"""What nobody told stays unknown, however often, by whom and on how many days it is asked."""

from datetime import timedelta
from pathlib import Path

import pytest

from index.serving.reader import IndexReader
from tests.app.attackers import (
    Score,
    Target,
    free_places_by_load,
    kinds_by_figures,
    opted_out_by_why_not,
)


@pytest.fixture(scope="module")
def reader(halden_index: Path) -> IndexReader:
    return IndexReader(halden_index)


@pytest.fixture
def target(store_url, reader):
    with Target.open(store_url, reader) as opened:
        yield opened


def test_an_attacker_is_scored_by_the_best_guess_for_every_view():
    assert Score.of([("a", 1), ("a", 1), ("a", 2), ("b", 2)]) == Score(4, 0.75, 0.5)


def test_why_not_for_every_kind_does_not_tell_who_opted_out(target):
    found = opted_out_by_why_not(target, 15)
    assert found.guesses > 30
    assert found.right == found.chance


def test_shown_to_many_tells_nothing_of_free_places(target):
    found = free_places_by_load(target)
    assert found.guesses == 32
    assert found.right == found.chance


def test_figures_tell_nothing_of_a_goal_within_a_day(target):
    found = kinds_by_figures(target, timedelta(minutes=2), 0, 12)
    assert found.right == found.chance


def test_figures_tell_little_of_a_goal_among_others_over_days(target):
    found = kinds_by_figures(target, timedelta(days=1), 5, 30)
    assert found.right < found.chance + 0.25
