"""Searching a snapshot of the sample company, built once by the real model."""

import subprocess
import sys

import numpy as np
import pytest

from index.search import IndexReader
from recommender.profiles import Field
from recommender.retrieval import Retriever


@pytest.fixture(scope="module")
def snapshot(halden_index):
    found: Retriever = IndexReader(halden_index).current()
    return found


GOAL = "I want to practise presenting my own work"


def test_it_returns_only_eligible_people_and_all_of_their_passages(snapshot):
    eligible = np.random.default_rng(5).random(len(snapshot.people)) < 0.4
    vectors = snapshot.encode([GOAL, "English in front of people"])
    found = snapshot.candidates(GOAL, vectors, [eligible], 20, None)
    assert eligible[found.rows].all()
    assert (np.diff(found.rows) > 0).all()
    assert 10 <= len(found) <= 60
    for place, row in enumerate(found.rows):
        span = slice(found.starts[place], found.starts[place + 1])
        assert (found.passage[span] == snapshot.passages_of(row)).all()
    assert (found.field == snapshot.fields(found.passage)).all()


def test_similarities_are_cosines_with_the_stored_vectors(snapshot):
    vectors = snapshot.encode([GOAL])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    everyone = np.ones(len(snapshot.people), bool)
    found = snapshot.candidates(GOAL, vectors, [everyone], None, None)
    assert len(found) == len(snapshot.people)
    expected = vectors @ snapshot.vectors(found.passage).T
    assert found.similarity == pytest.approx(expected, abs=1e-5)


def test_the_best_by_meaning_and_by_words_are_among_the_candidates(snapshot):
    vectors = snapshot.encode([GOAL])
    everyone = np.ones(len(snapshot.people), bool)
    whole = snapshot.candidates(GOAL, vectors, [everyone], None, None)
    few = snapshot.candidates(GOAL, vectors, [everyone], 20, None)
    best = np.maximum.reduceat(whole.similarity[0], whole.starts[:-1])
    assert set(np.argsort(-best)[:10]) <= set(few.rows)
    assert set(np.argsort(-whole.lexical)[:5]) <= set(few.rows)


def test_a_persons_last_passage_is_the_whole_profile(snapshot):
    for row in (0, 100, len(snapshot.people) - 1):
        passages = snapshot.passages_of(row)
        assert snapshot.fields(passages)[-1] == Field.PROFILE
        assert snapshot.people.text(row, "job_title") in snapshot.texts(passages)[-1]


def test_the_query_path_never_loads_torch(halden_index):
    program = (
        "import sys; from pathlib import Path; from index.search import IndexReader; "
        "s = IndexReader(Path(sys.argv[1])).current(); s.encode(['a goal']); "
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
