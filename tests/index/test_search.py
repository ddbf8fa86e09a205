"""Searching a snapshot of the sample company, built once by the real model."""

import subprocess
import sys

import numpy as np
import pytest

from index.serving.reader import IndexReader
from recommender.answers import Request
from recommender.goals import read_goal
from recommender.policy import default_policy
from recommender.profiles import Field
from recommender.rank_goal import encode_goal
from recommender.recommend import recommend, why_not
from recommender.retrieval import ListQuery, Retriever


@pytest.fixture(scope="module")
def snapshot(halden_index):
    found: Retriever = IndexReader(halden_index).current()
    return found


GOAL = "I want to practise presenting my own work"
NOBODYS = np.zeros(0, np.int64)
TWO = read_goal("I want to practise presenting my own work. English in front of people, too.")


def test_it_returns_only_eligible_people_and_all_of_their_passages(snapshot):
    eligible = np.random.default_rng(5).random(len(snapshot.people)) < 0.4
    vectors = encode_goal(snapshot, TWO)[1]
    found = snapshot.candidates(GOAL, vectors, [ListQuery(eligible)], 20, NOBODYS)
    assert eligible[found.rows].all()
    assert (np.diff(found.rows) > 0).all()
    assert 10 <= len(found) <= 60
    for place, row in enumerate(found.rows):
        span = slice(found.starts[place], found.starts[place + 1])
        assert (found.passage[span] == snapshot.passages_of(row)).all()
    assert (found.field == snapshot.fields(found.passage)).all()


def test_similarities_are_cosines_with_the_stored_vectors(snapshot):
    vectors = encode_goal(snapshot, read_goal(GOAL))[1]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    everyone = np.ones(len(snapshot.people), bool)
    found = snapshot.candidates(GOAL, vectors, [ListQuery(everyone)], None, NOBODYS)
    assert len(found) == len(snapshot.people)
    expected = vectors @ snapshot.vectors(found.passage).T
    assert found.similarity == pytest.approx(expected, abs=1e-5)


def test_those_with_the_closest_whole_profiles_are_the_candidates(snapshot):
    """By meaning and by words together, as all signals weigh them."""
    vectors = encode_goal(snapshot, read_goal(GOAL))[1]
    everyone = np.ones(len(snapshot.people), bool)
    whole = snapshot.candidates(GOAL, vectors, [ListQuery(everyone)], None, NOBODYS)
    few = snapshot.candidates(GOAL, vectors, [ListQuery(everyone)], 20, NOBODYS)
    profile = whole.similarity[0, whole.field == Field.PROFILE]
    close = 0.5 * profile + 0.6 * whole.lexical / (whole.lexical + 1)
    assert set(few.rows) == set(np.argsort(-close)[:20])


def test_who_is_found_for_a_list_does_not_depend_on_the_other_lists(snapshot):
    rng = np.random.default_rng(8)
    n_people = len(snapshot.people)
    masks = [rng.random(n_people) < share for share in (0.02, 0.3, 0.6, 1.0)]
    vectors = encode_goal(snapshot, TWO)[1]
    own = snapshot.passages_of(3)
    queries = [ListQuery(mask) for mask in masks]
    together = snapshot.candidates(GOAL, vectors, queries, 15, own)
    for mask, places in zip(masks, together.lists, strict=True):
        alone = snapshot.candidates(GOAL, vectors, [ListQuery(mask)], 15, own)
        rows = together.rows[places]
        assert rows.tolist() == alone.rows.tolist()
        assert mask[rows].all()
        assert (together.lexical[places] == alone.lexical).all()
        assert (together.grams[places] == alone.grams).all()
        entries = np.concatenate(
            [np.arange(together.starts[place], together.starts[place + 1]) for place in places]
        )
        assert (together.passage[entries] == alone.passage).all()
        assert (together.similarity[:, entries] == alone.similarity).all()
        assert (together.own[:, entries] == alone.own).all()


def test_the_seekers_own_passages_are_compared_with_all_the_whole_profile_left_out(snapshot):
    everyone = np.ones(len(snapshot.people), bool)
    found = snapshot.candidates(
        GOAL,
        encode_goal(snapshot, read_goal(GOAL))[1],
        [ListQuery(everyone)],
        None,
        snapshot.passages_of(7)[:-1],
    )
    own = snapshot.vectors(snapshot.passages_of(7)[:-1])
    assert found.own == pytest.approx(own @ snapshot.vectors(found.passage).T, abs=1e-5)
    alone = snapshot.candidates(
        GOAL, encode_goal(snapshot, read_goal(GOAL))[1], [ListQuery(everyone)], None, NOBODYS
    )
    assert alone.own.shape == (0, len(alone.passage))


def test_all_kinds_at_once_are_answered_as_each_by_itself(snapshot):
    policy = default_policy()
    goal = "I want to practise presenting. I also want to lead a team one day."
    for seeker in ("H0012", "H0100"):
        together = recommend(snapshot, Request(seeker, goal), policy)
        for part in together.lists:
            alone = recommend(snapshot, Request(seeker, goal, part.relationship), policy)
            assert alone.lists == (part,)
            for suggestion in part.suggestions:
                request = Request(seeker, goal, part.relationship)
                said = why_not(snapshot, request, suggestion.person_id, policy)
                assert said.rank == suggestion.rank
                total = sum(one.contribution for one in suggestion.contributions)
                assert total == pytest.approx(suggestion.score, abs=1e-12)


def test_a_persons_last_passage_is_the_whole_profile(snapshot):
    for row in (0, 100, len(snapshot.people) - 1):
        passages = snapshot.passages_of(row)
        assert snapshot.fields(passages)[-1] == Field.PROFILE
        assert snapshot.people.text(row, "job_title") in snapshot.texts(passages)[-1]


def test_the_query_path_never_loads_torch(halden_index):
    program = (
        "import sys; from pathlib import Path; from index.serving.reader import IndexReader; "
        "s = IndexReader(Path(sys.argv[1])).current(); s.encode_parts(['a goal']); "
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'bm25s', 'pandera'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(halden_index)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
