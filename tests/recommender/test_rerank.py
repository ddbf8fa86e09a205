"""From an order to a list: worked by hand, against a plain greedy choice, and as rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.answers import Request
from recommender.errors import InputError
from recommender.explanation import list_contributions
from recommender.live import LiveFacts
from recommender.policy import ListSettings, parse_policy
from recommender.profiles import Field
from recommender.ranking import Ranking
from recommender.recommend import recommend, why_not
from recommender.relationships import Relationship
from recommender.rerank import ALIKE_FROM, loads, rerank
from recommender.retrieval import Candidates
from tests.recommender.company import BO, CY, DI, ED, FAY, Shelf, small_company

PEOPLE = small_company()


class Profiles(Shelf):
    """A shelf on which every passage is a whole profile."""

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        return np.full(len(passages), Field.PROFILE, np.uint8)


def at_angle(degrees: float) -> list[float]:
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


def an_order(
    scores: list[float], directions: list[list[float]]
) -> tuple[Ranking, Candidates, Profiles]:
    """Rank rows 0, 1, … by one signal of weight 1, each with one profile."""
    n = len(scores)
    found = Candidates(
        rows=np.arange(n), lists=(np.arange(n),), starts=np.arange(n + 1), passage=np.arange(n),
        field=np.full(n, Field.PROFILE, np.uint8), similarity=np.zeros((1, n), np.float32),
        own=np.zeros((0, n), np.float32), lexical=np.zeros(n, np.float32),
        grams=np.zeros(n, np.float32),
    )  # fmt: skip
    order = np.lexsort((np.arange(n), -np.array(scores)))
    values = np.array(scores)[order]
    ranking = Ranking(order, values, ("fit",), np.ones(1), values[None, :], order, values / 2)
    return ranking, found, Profiles(PEOPLE, list(range(n)), directions)


def penalties(alike: float, load: float) -> ListSettings:
    return ListSettings(length=3, candidates=200, alike_penalty=alike, load_penalty=load)


def test_the_second_of_two_clones_gives_way_and_says_what_it_lost() -> None:
    ranking, found, shelf = an_order([0.9, 0.8, 0.7], [at_angle(0), at_angle(0), at_angle(90)])
    made = rerank(ranking, shelf, found, np.zeros(3), penalties(0.2, 0.1), 3)
    assert made.rows.tolist() == [0, 2, 1]
    assert made.scores == pytest.approx([0.9, 0.7, 0.6])
    lost = {part.signal: part for part in list_contributions(made, 2)}
    assert lost["too_alike"].contribution == pytest.approx(-0.2)
    assert lost["too_alike"].label == "much like one above"
    assert [part.signal for part in list_contributions(made, 0)] == ["fit"]


def test_likeness_counts_from_half_a_cosine_on() -> None:
    # 60 degrees are a cosine of .5, nothing; 45 degrees are .707, that is .414 of the way to one
    ranking, found, shelf = an_order([0.9, 0.8, 0.7], [at_angle(0), at_angle(60), at_angle(-45)])
    made = rerank(ranking, shelf, found, np.zeros(3), penalties(0.2, 0.0), 3)
    assert made.scores == pytest.approx([0.9, 0.8, 0.7 - 0.2 * 0.41421356], abs=1e-6)


def test_who_is_shown_to_many_gives_way() -> None:
    ranking, found, shelf = an_order([0.9, 0.8], [at_angle(0), at_angle(90)])
    made = rerank(ranking, shelf, found, np.array([1.0, 0.2]), penalties(0.2, 0.15), 2)
    assert made.rows.tolist() == [1, 0]
    assert made.scores == pytest.approx([0.77, 0.75])
    assert made.index.tolist() == [1, 0]


def test_load_is_exposure_in_four_steps_up_to_ten() -> None:
    people = small_company()
    live = LiveFacts(
        exposure_rows=np.array([BO, DI, ED, FAY]), exposure=np.array([2.4, 2.6, 40.0, 5.0])
    )
    found = loads(people, live, np.array([CY, BO, DI, ED, FAY]))
    assert found.tolist() == [0.0, 0.0, 0.25, 1.0, 0.5]


@given(
    st.lists(st.integers(0, 100), min_size=7, max_size=7),
    st.lists(st.integers(0, 100), min_size=7, max_size=7),
    st.lists(st.floats(0, 50), min_size=7, max_size=7),
)
def test_load_tells_nothing_of_places(
    capacity: list[int], free: list[int], exposure: list[float]
) -> None:
    everybody = np.arange(7)
    live = LiveFacts(
        exposure_rows=everybody, exposure=np.array(exposure),
        capacity_rows=everybody, capacity_free=np.array(free, np.int16),
    )  # fmt: skip
    bare = LiveFacts(exposure_rows=everybody, exposure=np.array(exposure))
    found = loads(small_company(capacity=capacity), live, everybody)
    assert found.tolist() == loads(small_company(), bare, everybody).tolist()


def test_exposure_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match="exposure_rows and exposure differ"):
        LiveFacts(exposure=np.array([1.0]))
    with pytest.raises(InputError, match="exposure_rows holds"):
        LiveFacts(exposure_rows=np.array([1, 1]), exposure=np.array([1.0, 1.0]))


SCORES = st.lists(st.floats(-2, 2, allow_nan=False, width=32), min_size=1, max_size=120)


@given(SCORES, st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_a_list_is_the_plain_greedy_choice_and_an_exact_sum(
    scores: list[float], seed: int, alike: float, load: float, length: int
) -> None:
    random = np.random.default_rng(seed)
    n = len(scores)
    # few directions, so that there are clones beyond those compared first
    directions = [at_angle(30 * angle) for angle in random.integers(0, 5, n)]
    loaded = random.choice([0.0, 0.0, 0.3, 1.0], n)
    ranking, found, shelf = an_order(scores, directions)
    made = rerank(ranking, shelf, found, loaded, penalties(alike, load), length)
    assert sorted(made.rows.tolist()) == list(range(n))
    assert made.contributions.sum(axis=0) == pytest.approx(made.scores, abs=1e-9)
    assert (np.diff(made.scores) <= 1e-12).all()
    assert made.scores[:length] == pytest.approx(
        greedy(ranking, np.array(directions), loaded, alike, load, length), abs=1e-6
    )


def greedy(
    ranking: Ranking, directions: NDArray[np.float64], loaded: NDArray[np.float64],
    alike: float, load: float, length: int,
) -> list[float]:  # fmt: skip
    """Choose among everybody, in plain loops; gives the scores of those chosen."""
    left, chosen, result = list(range(len(ranking.rows))), [], []
    while left and len(chosen) < length:
        now = {}
        for at in left:
            own = directions[ranking.rows[at]]
            like = max((float(own @ directions[ranking.rows[one]]) for one in chosen), default=0)
            lost = max(0.0, like - ALIKE_FROM) / (1 - ALIKE_FROM) if length > 1 else 0.0
            now[at] = ranking.scores[at] - load * loaded[at] - alike * lost
        best = max(left, key=lambda at: now[at])
        chosen.append(best)
        left.remove(best)
        result.append(now[best])
    return result


@given(SCORES)
def test_without_load_and_look_alikes_the_list_is_the_plain_order(scores: list[float]) -> None:
    scores = scores[:6]
    # 60 degrees apart at least
    directions = [at_angle(60 * number) for number in range(len(scores))]
    ranking, found, shelf = an_order(scores, directions)
    assert rerank(ranking, shelf, found, np.zeros(len(scores)), penalties(9, 9), 5) is ranking


def test_recommend_and_why_not_tell_of_the_same_list_and_strength_stays() -> None:
    people = small_company()
    shelf = Shelf(people, [BO, DI, ED, FAY, CY], [at_angle(a) for a in (50, 40, 10, 20, 0)])
    policy = parse_policy("[list]\nload_penalty = 1.0\n[mentor.weights]\nstep = 0\n", "ours.toml")
    request = Request("cy", "learn to keep the books", Relationship.MENTOR)
    busy = LiveFacts(exposure_rows=np.array([ED]), exposure=np.array([50.0]))
    (plain,) = recommend(shelf, request, policy).lists
    (shared,) = recommend(shelf, request, policy, busy).lists
    assert [one.person_id for one in plain.suggestions] == ["ed", "fay"]
    assert [one.person_id for one in shared.suggestions] == ["fay", "ed"]
    before, after = plain.suggestions[0], shared.suggestions[1]
    assert (after.strength, after.probability) == (before.strength, before.probability)
    assert after.score == pytest.approx(before.score - 1.0)
    assert sum(part.contribution for part in after.contributions) == pytest.approx(after.score)
    assert why_not(shelf, request, "ed", policy, busy).rank == 2
    one = Request("cy", request.goal, Relationship.MENTOR, limit=1)
    told = why_not(shelf, one, "ed", policy, busy)
    assert told.held_back_by[0] == ("load", pytest.approx(-1.0))
    assert "chance" not in after.to_json()
