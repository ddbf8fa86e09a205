"""Any valid people file publishes, also where profiles are repeated, empty, or one word."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_company import SETTINGS, HashEncoder, night, write

from index.night.nightly import run_night
from index.retrieval.vector_index import VectorIndex
from index.serving.reader import IndexReader
from recommender.answers import Request
from recommender.policy import default_policy
from recommender.recommend import recommend, why_not
from recommender.relationships import Relationship

TITLES = ("Production Technician I", "Clerk", "x", "Ä", "Production Technician II")
TEXTS = ("", "", "", "shifts", "I keep the cranes running.", "Excel; Excel; Excel", "!", "我")


@st.composite
def companies(draw) -> pd.DataFrame:
    """Draw a company of 1 to 300 people, most of whom share what they wrote, or wrote nothing."""
    n = draw(st.integers(1, 300))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    titles = draw(st.lists(st.sampled_from(TITLES), min_size=1, max_size=5))
    texts = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8))
    columns = draw(st.sets(st.sampled_from(("about", "experience", "skills", "can_help_with"))))
    return pd.DataFrame(
        {
            "person_id": [f"P{row:03d}" for row in range(n)],
            "display_name": "Somebody",
            "job_title": rng.choice(titles, n),
            "job_level": rng.integers(1, 6, n).astype(str),
            "manager_id": ["" if row == 0 else f"P{rng.integers(0, row):03d}" for row in range(n)],
            "open_to": "mentor;coach;sponsor;peer",
            **{column: rng.choice(texts, n) for column in sorted(columns)},
        }
    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(companies())
def test_any_valid_company_publishes_and_answers(frame):
    folder = Path(tempfile.mkdtemp())
    try:
        night(folder, frame)
        snapshot = IndexReader(folder / "index", encoder=HashEncoder()).current()
        goal = "I want to learn to keep shifts. And Excel, too."
        answer = recommend(snapshot, Request("P000", goal), default_policy())
        for part in answer.lists:
            for one in part.suggestions:
                assert np.isfinite(one.score)
                total = sum(term.contribution for term in one.contributions)
                assert total == pytest.approx(one.score, abs=1e-9)
        last = f"P{len(frame) - 1:03d}"
        why_not(snapshot, Request("P000", goal, Relationship.COACH), last, default_policy())
        night(folder, frame)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 1.0])
def test_a_search_of_equal_passages_is_whole_whoever_of_them_is_found(small, share):
    """Where 20 to 50 % shared a passage, the night stopped or not by the draw."""
    n = 200
    same = np.arange(n) < share * n
    frame = pd.DataFrame(
        {
            "person_id": [f"P{row}" for row in range(n)],
            "display_name": "Somebody",
            "job_title": np.where(same, "Technician", [f"Planner {row}" for row in range(n)]),
        }
    )
    night(small, frame)
    assert len(IndexReader(small / "index", encoder=HashEncoder()).current().people) == n


def test_the_file_of_equal_titles_publishes_by_the_real_model(small):
    frame = pd.DataFrame(
        {
            "person_id": [str(row) for row in range(72)],
            "display_name": [f"Person {row}" for row in range(72)],
            "job_title": ["Shop Assistant"] * 30 + [f"Buyer {row}" for row in range(42)],
        }
    )
    path = write(frame, small / "people.csv")
    run_night(path, small / "index", settings=SETTINGS, gate="")
    assert len(IndexReader(small / "index").current().people) == 72


def test_probes_of_a_large_index_know_ties(monkeypatch):
    """All passages alike: nobody can say who should be found, so one list is enough."""
    monkeypatch.setattr("index.retrieval.dot_products.FLAT_PASSAGES", 500)
    rng = np.random.default_rng(0)
    unit = np.repeat(rng.standard_normal((3, 16)).astype(np.float32), 700, axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    rows = np.arange(len(unit), dtype=np.int32)
    plan = VectorIndex.build(unit, rows, unit[::700]).plan
    assert plan.kind == "ivf"
    assert all(probe.recall == 1.0 for probe in plan.probes)
