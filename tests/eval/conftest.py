"""The small company, and what it takes to run systems on it with the real model."""

from pathlib import Path

import pytest

from eval.__main__ import main
from tests.eval.small_dataset import write_small_dataset


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset's folder; do not change it."""
    return write_small_dataset(tmp_path_factory.mktemp("small") / "fourteen")


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where indexes and vectors are kept for all tests of a session."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="session")
def small_runs(small: Path, work: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of the recommender, BM25 and a random order on the small dataset, by their names."""
    folder = tmp_path_factory.mktemp("runs")
    for system in ("recommender", "bm25", "random"):
        out = str(folder / system)
        asked = ["run", str(small), "--system", system, "--out", out, "--work", str(work)]
        assert main(asked) == 0
    return folder
