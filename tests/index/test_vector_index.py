"""The large plan on a small scale: IVF, chosen probes, stored int16, exact rescoring."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_company import SETTINGS, HashEncoder, people

from index.night.build import build_from_arrays
from index.people_file.people_file import read_people
from index.retrieval import dot_products, vector_index
from index.retrieval.dot_products import floats, inner_products, stored
from index.retrieval.plan import Plan, Probes
from index.retrieval.shortlist import first_stage
from index.retrieval.vector_index import VectorIndex
from index.snapshot.snapshot import Snapshot
from recommender.retrieval import ListQuery

N_PEOPLE = 3000
NOBODYS = np.zeros(0, np.int64)
PER_PERSON = 4


def drawn(n, dim=24, n_clusters=40, seed=0):
    """Draw unit rows around some centres, as texts are."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(7).standard_normal((n_clusters, dim))
    rows = centres[rng.integers(0, n_clusters, n)] + 0.7 * rng.standard_normal((n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def large(small, monkeypatch):
    """A company that is built by the large plan because the limit is set low."""
    from small_company import write

    monkeypatch.setattr(dot_products, "FLAT_PASSAGES", 2000)
    monkeypatch.setattr(vector_index, "COMPRESSED_DIM", 16)
    monkeypatch.setattr("index.snapshot.snapshot.EXACT_PEOPLE", 200)
    frame = read_people(write(people(N_PEOPLE), small / "many.csv")).frame
    rows = np.repeat(np.arange(N_PEOPLE, dtype=np.int32), PER_PERSON)
    fields = np.tile(np.array([0, 1, 4, 5], np.uint8), N_PEOPLE)
    texts = pd.Series(
        [f"passage {number} of {row}" for number, row in enumerate(rows)], dtype="str"
    )
    passages = pd.DataFrame({"person_row": rows, "field": fields, "text": texts})
    report = build_from_arrays(
        frame, passages, drawn(len(rows)), index_dir=small / "index", encoder=HashEncoder(),
        settings=SETTINGS, as_of=np.datetime64("2026-11-01"),
    )  # fmt: skip
    return Snapshot.open(report.folder, encoder=HashEncoder())


def exact(snapshot, query, eligible, n):
    """Rank the eligible by their best passage, by brute force."""
    similarity = floats(np.asarray(snapshot.passage_vectors)) @ query
    best = np.maximum.reduceat(similarity, snapshot.starts[:-1])
    rows = np.flatnonzero(eligible)
    return rows[np.argsort(-best[rows])[:n]]


def test_the_large_plan_finds_who_is_nearest_however_few_are_eligible(large):
    plan = large.manifest.plan
    assert plan.kind == "ivf"
    assert large.passage_vectors.dtype == np.int16
    assert all(probe.recall >= vector_index.MIN_RECALL for probe in plan.probes)
    rng = np.random.default_rng(3)
    for fraction in (0.02, 0.1, 0.5, 1.0):
        found = []
        for query in drawn(20, seed=5):
            eligible = rng.random(N_PEOPLE) < fraction
            among = large.find(query, large.lexical.scores("passage"), eligible, 100)
            assert eligible[among].all()
            wanted = exact(large, query, eligible, 30)
            found.append(np.isin(wanted, among).mean())
        assert np.mean(found) >= 0.98


def test_candidates_of_the_large_plan_are_scored_exactly(large):
    query = drawn(2, seed=9)
    eligible = np.random.default_rng(0).random(N_PEOPLE) < 0.5
    found = large.candidates("passage 77", query, [ListQuery(eligible)], 50, NOBODYS)
    expected = query @ floats(np.asarray(large.passage_vectors)[found.passage]).T
    assert found.similarity == pytest.approx(expected, abs=1e-5)
    whole = large.candidates("passage 77", query, [ListQuery(eligible)], None, NOBODYS)
    assert (whole.rows == np.flatnonzero(eligible)).all()
    place = np.searchsorted(whole.rows, found.rows)
    assert found.lexical == pytest.approx(whole.lexical[place])


@pytest.mark.parametrize("fraction", [0.02, 0.5])
def test_the_closest_of_those_found_are_the_candidates(large, fraction):
    query, text = drawn(1, seed=11), "passage 77"
    eligible = np.random.default_rng(1).random(N_PEOPLE) < fraction
    words = large.lexical.scores(text)
    among = large.find(query[0], words, eligible, 30)
    profile = large.passages.whole_profiles(query[0], among)
    close = first_stage(ListQuery(eligible), profile, words[among])
    wanted = among[np.argsort(-close, kind="stable")[:30]]
    chosen = large.candidates(text, query, [ListQuery(eligible)], 30, NOBODYS).rows
    assert len(chosen) == min(30, len(among))
    kept, left = np.isin(among, chosen), ~np.isin(among, chosen)
    assert close[kept].min() >= close[left].max(initial=-2)
    assert len(np.intersect1d(chosen, wanted)) >= len(chosen) - 1


def test_a_rare_word_brings_its_person_among_those_found(large):
    row = 1234
    (text,) = large.texts(large.passages_of(row)[-1:])
    number = text.split()[1]
    (far,) = -large.vectors(large.passages_of(row)[:1])
    everyone = np.ones(N_PEOPLE, bool)
    assert row in large.find(far, large.lexical.scores(f"passage {number}"), everyone, 20)
    assert row not in large.find(far, large.lexical.scores(""), everyone, 20)


def test_a_part_of_fewer_eligible_people_needs_more_probes():
    plan = Plan(
        kind="ivf",
        nlist=64,
        probes=(
            Probes(fraction=0.02, nprobe=32, recall=0.99),
            Probes(fraction=0.5, nprobe=4, recall=0.99),
        ),
    )
    asked = [plan.nprobe(fraction) for fraction in (0.001, 0.02, 0.3, 0.5, 1.0)]
    assert asked == [64, 32, 32, 4, 4]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_search_returns_anybody_who_is_not_eligible(data):
    n = data.draw(st.integers(1, 40))
    counts = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    eligible = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    k = data.draw(st.integers(1, 60))
    rows = np.repeat(np.arange(n, dtype=np.int32), counts)
    unit = drawn(len(rows), 8, 3, seed=data.draw(st.integers(0, 99)))
    index = VectorIndex.build(unit, rows, unit)
    found = index.search(unit[:2], eligible, k)
    assert eligible[found].all()
    if k >= len(rows):
        assert set(found) == set(np.flatnonzero(eligible))


def test_inner_products_are_those_of_numpy():
    many, few = drawn(5001, 24), drawn(3, 24, seed=1)
    assert inner_products(few, many) == pytest.approx(few @ many.T, abs=1e-6)


def test_fixed_point_keeps_five_digits():
    rows = drawn(1000)
    kept = stored(rows, np.dtype(np.int16))
    assert kept.dtype == np.int16
    assert np.abs(floats(kept) - rows).max() <= 0.5 / dot_products.FIXED_POINT + 1e-7


def test_the_first_stage_by_hand():
    """Half the similarity of the profile, and .6 of the words' b / (b + 1)."""
    profile, bm25 = np.array([0.4, 0.4, -0.2], np.float32), np.array([0, 1, 3], np.float32)
    query = ListQuery(np.ones(3, bool), profile=0.5, words=0.6)
    assert first_stage(query, profile, bm25) == pytest.approx([0.2, 0.5, 0.35])


def test_without_weight_on_words_candidates_are_chosen_by_profile_alone(large):
    query, text = drawn(1, seed=11), "passage 77"
    everyone = np.ones(N_PEOPLE, bool)
    chosen = large.candidates(text, query, [ListQuery(everyone, 1.0, 0.0)], 30, NOBODYS).rows
    among = large.find(query[0], large.lexical.scores(text), everyone, 30)
    profile = large.passages.whole_profiles(query[0], among)
    assert set(chosen) == set(among[np.argsort(-profile)[:30]])


def test_drawn_vectors_are_told_and_not_embedded_again(large):
    assert large.manifest.model.drawn
    digest = hashlib.sha256(large.policy_text.encode()).hexdigest()
    assert large.manifest.policy_sha256 == digest
