"""The small reader: what it compares, and what holds of its word whatever it is shown."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.answers import Request
from recommender.live import LiveFacts
from recommender.policy import default_policy
from recommender.rank_goal import rank_goal
from recommender.reader import READER, Shortlist
from recommender.reading_features import FEATURES, describe_shortlist, standardise
from recommender.recommend import recommend
from recommender.relationships import Relationship
from recommender.small_reader import (
    SMALL_READER,
    ReaderWeights,
    SmallReader,
    fit_of,
    shipped_weights,
)
from recommender.word_overlap import word_overlap
from tests.recommender.company import ADA, BO, CY, ED, FAY, Shelf, small_company

PEOPLE = small_company()
GOAL = "learn to keep the books; find an auditor who likes ledgers"
directions = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(
    lambda pair: [pair[0], pair[1]] if np.hypot(*pair) > 0.1 else [1.0, 0.0]
)


def shelf_of(owner: list[int], found: list[list[float]]) -> Shelf:
    rows = np.array(found) / np.linalg.norm(found, axis=1, keepdims=True)
    return Shelf(PEOPLE, owner, rows.tolist())


owned = st.lists(st.tuples(st.sampled_from([ADA, BO, CY, ED, FAY]), directions), max_size=12).map(
    lambda found: (
        shelf_of(*map(list, zip(*sorted(found, key=lambda one: one[0]), strict=True)))
        if found
        else Shelf(PEOPLE, [CY], [[1.0, 0.0]])
    )
)


@given(owned, st.sampled_from(list(Relationship)), st.sampled_from([GOAL, "books, mostly"]))
def test_every_contribution_is_exact_and_every_opinion_a_distribution(
    shelf: Shelf, kind: Relationship, goal: str
) -> None:
    policy = default_policy()
    (part,) = recommend(shelf, Request("cy", goal, kind), policy, reader=SMALL_READER).lists
    for one in part.suggestions:
        assert sum(own.contribution for own in one.contributions) == pytest.approx(one.score)
        (word,) = [own for own in one.contributions if own.signal == READER]
        assert 0.0 <= word.value <= 1.0
    ranked = rank_goal(
        shelf, goal, CY, [kind], policy, LiveFacts.none(), limit=None, reader=SMALL_READER
    )
    for opinion in ranked.opinions[kind].values():
        assert opinion.grades.min() >= 0.0
        assert opinion.grades.sum() == pytest.approx(1.0)


@given(owned)
def test_a_description_is_finite_and_one_column_for_each_feature(shelf: Shelf) -> None:
    kind = Relationship.MENTOR
    ranked = rank_goal(shelf, GOAL, CY, [kind], default_policy(), LiveFacts.none(), limit=None)
    ranking = ranked.by_signals[kind]
    n = len(ranking.rows)
    shortlist = Shortlist(ranked.goal, ranked.context, ranking, ranked.vectors, n)
    described = describe_shortlist(shortlist)
    assert described.shape == (n, len(FEATURES))
    assert np.isfinite(described).all()


def test_what_all_share_tells_nobody_apart() -> None:
    features = np.array([[1.0, 5.0], [3.0, 5.0]])
    assert standardise(features).tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_a_word_that_few_use_weighs_more() -> None:
    passages = [["ledgers and meetings"], ["meetings"], ["meetings, mostly"]]
    goal = "meetings about ledgers"
    best, mean, whole, _, _, there = word_overlap(goal, [goal], passages).T
    assert best[0] == mean[0] == whole[0] == pytest.approx(np.log(4 / 1.5) + np.log(4 / 3.5))
    assert best[1] == best[2] == pytest.approx(np.log(4 / 3.5))
    assert there.tolist() == [2.0, 1.0, 1.0]


def test_a_goal_that_nobody_fits_stays_one_whoever_stands_first() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(30, len(FEATURES)))
    for kind in Relationship:
        likely, unlikely = (
            np.array([one.good for one in SMALL_READER.judge(features, np.full(30, p), kind)])
            for p in (0.6, 0.05)
        )
        assert (likely > unlikely).all()


def test_the_weights_that_ship_fit_the_features_and_others_are_refused() -> None:
    shipped = shipped_weights()
    again = ReaderWeights.from_json(shipped.to_json())
    assert all(np.allclose(again.ratings[kind], shipped.ratings[kind]) for kind in Relationship)
    with pytest.raises(ValueError, match="train-reader"):
        ReaderWeights.from_json(shipped.to_json().replace('"score"', '"scores"', 1))


@dataclass
class _Texts(Shelf):
    """A shelf whose passages have texts of their own."""

    written: list[str] = field(default_factory=list)

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        return [self.written[number] for number in passages.tolist()]


def test_equals_are_read_alike_by_words_and_only_words_tell_them_apart() -> None:
    both = ([ED, FAY, CY], [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    ratings = dict.fromkeys(Relationship, np.zeros(len(FEATURES)))
    ratings[Relationship.MENTOR] = (np.array(FEATURES) == "word_goal").astype(float)
    constants = dict.fromkeys(Relationship, np.array([0.0, -1.0, -2.0]))
    reader = SmallReader(ReaderWeights(ratings, np.array([1.0, 0.5]), constants))
    request = Request("cy", "keep the ledgers", Relationship.MENTOR)
    for texts, first in ((["ledgers", "x y z", ""], "ed"), (["x y z", "ledgers", ""], "fay")):
        shelf = _Texts(PEOPLE, *both, written=texts)
        (part,) = recommend(shelf, request, default_policy(), reader=reader).lists
        assert part.suggestions[0].person_id == first
        values = {one.person_id: one.contributions for one in part.suggestions}
        word = {own.signal: own.value for own in values[first]}[READER]
        assert word == pytest.approx(float(fit_of(np.array([1.0]))[0]))
