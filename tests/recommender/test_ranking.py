"""Signals and order, worked by hand on the small company."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.best_passages import best_passages
from recommender.policy import KindPolicy, default_policy
from recommender.profiles import Field
from recommender.ranking import rank
from recommender.relationships import Relationship
from recommender.retrieval import Candidates
from recommender.signals import SIGNALS, SignalContext
from recommender.working_hours import overlapping_hours
from tests.recommender.company import ADA, BO, CY, DI, ED, FAY, GUS, Shelf, small_company

PEOPLE = small_company()
A, S, R, W = Field.ABOUT, Field.SKILLS, Field.ROLE, Field.PROFILE


def candidates(
    rows: list[int], passages: list[list[tuple[Field, float]]], words: list[float]
) -> Candidates:
    counts = [len(entries) for entries in passages]
    flat = [entry for entries in passages for entry in entries]
    return Candidates(
        rows=np.array(rows, np.int64),
        lists=(np.arange(len(rows)),),
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        passage=np.arange(len(flat), dtype=np.int64),
        field=np.array([field for field, _ in flat], np.uint8),
        similarity=np.array([[value for _, value in flat]], np.float32),
        own=np.zeros((0, len(flat)), np.float32),
        lexical=np.array(words, np.float32),
        grams=np.array(words, np.float32) / 4,
    )


def match(
    found: Candidates,
    kind: Relationship = Relationship.COACH,
    seeker: int = CY,
    shelf: Shelf | None = None,
) -> SignalContext:
    n_passages = len(found.passage)
    own = Shelf(PEOPLE, [-1] * n_passages + [CY], [[0.6, 0.8]] * n_passages + [[1.0, 0.0]])
    shelf = shelf or own
    mine = shelf.vectors(shelf.passages_of(seeker)).reshape(-1, 2)
    cosines = mine @ shelf.vectors(found.passage).T
    return SignalContext(shelf, replace(found, own=cosines), kind, seeker)


def weighed(weights: dict[str, float]) -> KindPolicy:
    """Return a kind's policy with these weights alone."""
    return default_policy().coach.model_copy(update={"weights": weights})


TWO = candidates(
    [BO, FAY],
    [[(A, 0.5), (S, 0.25), (R, 0.0), (R, -0.5), (W, 0.75)], [(R, 0.5), (W, 0.25)]],
    [2.0, 0.0],
)


def signal(name: str, at: SignalContext) -> list[float]:
    return [float(value) for value in SIGNALS[name].compute(at)]


def test_passages_is_the_mean_of_the_three_best_and_a_missing_one_counts_as_nothing() -> None:
    assert signal("passages", match(TWO)) == pytest.approx([0.25, 0.5 / 3])


def test_profile_is_the_similarity_of_the_whole() -> None:
    assert signal("profile", match(TWO)) == pytest.approx([0.75, 0.25])


def test_words_is_half_at_one_and_grams_are_a_cosine() -> None:
    assert signal("words", match(TWO)) == pytest.approx([2 / 3, 0.0])
    assert signal("grams", match(TWO)) == pytest.approx([0.5, 0.0])


def test_somebody_without_passages_is_last() -> None:
    empty = candidates([BO, FAY], [[(W, 0.9)], [(R, -0.9)]], [0.0, 0.0])
    assert best_passages(empty, 3).tolist() == [-1.0, pytest.approx(-0.3)]


ALL = candidates([ADA, BO, DI, ED, FAY, GUS], [[(R, 0.0)]] * 6, [0.0] * 6)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [  # gaps above Cy: Ada 4, Bo 2, Di 0, Ed 2, Fay 1, Gus unknown
        (Relationship.MENTOR, [1 / 3, 1.0, 1.0, 1.0, 1.0, 0.5]),
        (Relationship.COACH, [1.0, 1.0, 1 / 3, 1.0, 2 / 3, 0.5]),
        (Relationship.SPONSOR, [0.75, 0.25, 0.0, 0.25, 0.0, 0.5]),
        (Relationship.PEER, [0.0, 0.0, 1.0, 0.0, 0.5, 0.5]),
    ],
)
def test_step_by_kind(kind: Relationship, expected: list[float]) -> None:
    assert signal("step", match(ALL, kind)) == pytest.approx(expected)


def test_scope_counts_everyone_below() -> None:
    # below Ada five, Bo two, Ed one; seven people in all
    expected = [np.log(6) / np.log(7), np.log(3) / np.log(7), 0, np.log(2) / np.log(7), 0, 0]
    assert signal("scope", match(ALL, Relationship.SPONSOR)) == pytest.approx(expected)


def test_nearness_counts_steps_through_the_nearest_common_manager() -> None:
    # from Cy: Ada 2, Bo 1, Di 2, Ed 3, Fay 4, Gus not at all
    expected = [6 / 8, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 0.0]
    assert signal("nearness", match(ALL, Relationship.PEER)) == pytest.approx(expected)


def test_common_ground_is_the_harmonic_mean_of_both_directions() -> None:
    # Cy wrote east and north; Bo wrote east and halfway between; Fay the opposite of east.
    found = candidates([BO, FAY], [[(A, 0.0), (A, 0.0)], [(A, 0.0)]], [0.0, 0.0])
    shelf = Shelf(PEOPLE, [BO, BO, FAY, CY, CY], [[1, 0], [0.6, 0.8], [-1, 0], [1, 0], [0, 1]])
    # each of Cy's at its best in Bo's: 1 and .8; each of Bo's in Cy's: 1 and .8
    value = signal("common_ground", match(found, Relationship.PEER, CY, shelf))
    assert value == pytest.approx([0.9, 0.0])


def test_a_title_alone_is_no_common_ground() -> None:
    # Bo wrote nothing: his only passage is his role, and it is just what Cy wrote
    found = candidates([BO], [[(A, 0.0)]], [0.0])
    found.field[:] = Field.ROLE
    shelf = Shelf(PEOPLE, [BO, CY], [[1, 0], [1, 0]])
    assert signal("common_ground", match(found, Relationship.PEER, CY, shelf)) == [0.0]


def test_departments_languages_and_freshness() -> None:
    at = match(ALL, Relationship.MENTOR)
    assert signal("other_department", at) == [1.0, 0.0, 0.0, 1.0, 1.0, 0.5]
    assert signal("language", at) == [1.0, 1.0, 0.0, 1.0, 0.5, 1.0]
    fresh = signal("fresh", at)
    assert fresh[0] == 1.0
    assert fresh[1] == pytest.approx((1095 - 730) / (1095 - 30))
    assert fresh[2] == 0.0
    assert fresh[4:] == [0.5, 0.5]


def test_hours_from_nine_to_five_in_both_places() -> None:
    # November: Amsterdam +1, Sao Paulo -3, Kolkata +5.5; Fay's and Gus's are unknown.
    at = match(ALL, Relationship.PEER)
    assert signal("hours", at) == pytest.approx([1.0, 1.0, 1.0, 3.5 / 4, 1.0, 1.0])
    rows = np.array([BO, DI, ED, FAY, GUS])
    assert overlapping_hours(PEOPLE, CY, rows).tolist() == [8.0, 4.0, 3.5, 4.0, 4.0]


def test_the_order_is_the_weighted_sum() -> None:
    ranking = rank(
        match(TWO), weighed({"passages": 1.0, "profile": 0.5, "words": 0.3, "fresh": 0.0})
    )
    assert ranking.signals == ("passages", "profile", "words")
    assert ranking.rows.tolist() == [BO, FAY]
    assert ranking.scores == pytest.approx([0.25 + 0.375 + 0.2, 0.5 / 3 + 0.125])


def test_equal_scores_stand_in_the_order_of_rows() -> None:
    assert rank(match(ALL), weighed({"passages": 1.0})).rows.tolist() == [ADA, BO, DI, ED, FAY, GUS]


def test_a_kind_ranks_its_own_places_and_shares_what_is_the_same_for_all() -> None:
    at = match(TWO)
    weights = weighed({"passages": 1.0, "step": 1.0})
    mentor = rank(at.of(Relationship.MENTOR), weights, np.array([1]))
    coach = rank(at.of(Relationship.COACH), weights)
    assert mentor.rows.tolist() == [FAY]
    assert mentor.index.tolist() == [1]
    assert set(at.known) == {"passages"}
    # Fay is one level above Cy: just right for a mentor; (1 + 1) / 3 for a coach
    assert mentor.scores == pytest.approx([0.5 / 3 + 1.0])
    assert coach.scores[coach.rows == FAY] == pytest.approx([0.5 / 3 + 2 / 3])


values = st.floats(-1, 1, width=32)


@given(
    st.lists(st.tuples(values, values, values, st.floats(0, 60, width=32)), min_size=1, max_size=6),
    st.sampled_from(Relationship),
    st.dictionaries(st.sampled_from(sorted(SIGNALS)), st.floats(-3, 3)),
)
def test_signals_keep_their_range_and_contributions_sum_to_the_score(
    people: list[tuple[float, float, float, float]],
    kind: Relationship,
    weights: dict[str, float],
) -> None:
    rows = [ADA, BO, DI, ED, FAY, GUS][: len(people)]
    found = candidates(
        rows, [[(A, a), (S, b), (W, c)] for a, b, c, _ in people], [d for *_, d in people]
    )
    at = match(found, kind)
    for name, item in SIGNALS.items():
        value = item.compute(at)
        assert ((item.low <= value) & (value <= item.high)).all(), name
    ranking = rank(at, weighed(weights))
    assert np.abs(ranking.contributions.sum(axis=0) - ranking.scores).max() <= 1e-9
    assert (np.diff(ranking.scores) <= 0).all()
    assert ((ranking.probability >= 0) & (ranking.probability <= 1)).all()
    assert sorted(ranking.rows.tolist()) == rows
    assert found.rows[ranking.index].tolist() == ranking.rows.tolist()
