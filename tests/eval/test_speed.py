"""The drawn company and the stopwatch: a real, small one is built, opened and asked."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eval.performance.speed import (
    FLOOR,
    TASKS,
    Times,
    compare,
    read_goals,
)
from eval.performance.synthetic import (
    AS_OF,
    Spread,
    draw_passages,
    draw_people,
)
from index.people_file.people_file import read_people
from recommender.people import PEOPLE_COLUMNS, People
from recommender.profiles import Field

N = 400


@pytest.fixture(scope="module")
def real(halden: Path) -> pd.DataFrame:
    return read_people(halden / "people.csv").frame


@pytest.fixture(scope="module")
def drawn(real: pd.DataFrame) -> pd.DataFrame:
    return draw_people(N, real, seed=1)


def test_a_drawn_company_is_a_forest_of_people_with_places_and_openings(drawn: pd.DataFrame):
    assert tuple(drawn.columns) == PEOPLE_COLUMNS
    people = People.from_frame(drawn, AS_OF)
    assert people.org.placed.all()
    assert (people.manager < 0).sum() == 1
    assert people.level.min() >= 1
    assert people.level.max() == 10
    above = people.manager >= 0
    gap = people.level[people.manager[above]] - people.level[above]
    assert (gap >= -1).all()
    assert 0.4 < (people.open_to != 0).mean() < 1


def test_the_same_seed_draws_the_same_company(real: pd.DataFrame, drawn: pd.DataFrame):
    pd.testing.assert_frame_equal(draw_people(N, real, seed=1), drawn)
    assert not draw_people(N, real, seed=2).equals(drawn)


def test_a_person_has_five_passages_on_average(drawn: pd.DataFrame):
    assert len(draw_passages(drawn)) / N == pytest.approx(5.0, abs=0.25)


def test_drawn_vectors_have_the_mean_and_the_covariance_of_the_real_ones(tmp_path: Path, drawn):
    rng = np.random.default_rng(0)
    axes = np.linspace(0.1, 1.0, 8)
    real = rng.standard_normal((200, 8)) * axes + 3.0
    real = (real / np.linalg.norm(real, axis=1, keepdims=True)).astype(np.float32)
    spread = Spread(real, np.full(200, int(Field.ROLE), np.uint8))
    vectors = spread.draw(draw_passages(drawn), tmp_path / "vectors.npy", seed=3)
    vectors = np.asarray(vectors, np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=2e-3)
    assert vectors.mean(axis=0) == pytest.approx(real.mean(axis=0), abs=0.02)
    assert np.diag(np.cov(vectors.T)) == pytest.approx(np.diag(np.cov(real.T)), rel=0.25, abs=1e-3)


def test_ratios_are_of_the_best_round():
    # the floor's best rounds are 10 and 20 ms, the whole's 15 and 40: by goal 1.5 and 2
    floor = Times({"whole": np.array([[0.010, 0.050], [0.030, 0.020]])})
    whole = Times({"whole": np.array([[0.015, 0.090], [0.099, 0.040]])})
    found = compare({FLOOR: floor, "coach": whole})["coach"]
    assert found["ratio"]["p50"] == pytest.approx(27.5 / 15)
    assert found["ratio"]["by_goal"] == pytest.approx(1.75)
    assert found["milliseconds"]["whole"]["p50"] == pytest.approx((40 + 90) / 2)


def test_goals_are_spread_over_the_file(halden: Path):
    every = read_goals(halden, None)
    assert len(every) == 192
    assert read_goals(halden, 3) == [every[0], every[96], every[-1]]


@pytest.mark.slow
def test_the_command_builds_opens_and_times_a_company(repository: Path, tmp_path: Path):
    command = [sys.executable, "-m", "eval", "speed", "--people", str(N), "--goals", "2"]
    command += ["--rounds", "1", "--index", str(tmp_path / "index")]
    done = subprocess.run(
        [*command, "--json"], cwd=repository, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["people"] == N
    assert found["plan"] == "flat"
    assert set(found["times"]) == {FLOOR, *TASKS}
    for name in TASKS:
        parts = found["times"][name]["milliseconds"]
        for part in ("eligibility", "search", "ranking"):
            # each was timed within a whole answer
            assert 0 < parts[part]["p50"] <= parts["whole"]["p50"], part
        floor = found["times"][FLOOR]["milliseconds"]["whole"]["p50"]
        assert found["times"][name]["ratio"]["p50"] == pytest.approx(
            parts["whole"]["p50"] / floor, rel=0.01
        )
    assert found["recall"]["coach"] == 1.0
    assert found["kept"]["coach"] == 1.0
    assert found["memory"]["resident_mb"] > 50
    again = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    assert "the index was there already" in again.stdout
    assert "× the floor" in again.stdout


def test_a_company_of_nobody_is_wrong_usage(repository: Path):
    done = subprocess.run(
        [sys.executable, "-m", "eval", "speed", "--people", "0"],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "at least 1" in done.stderr
