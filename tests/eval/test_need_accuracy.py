"""How well needs are told from circumstances, counted by hand on goals read by a stand-in."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from eval.datasets.dataset import read_dataset
from eval.metrics.need_accuracy import measure_needs
from recommender.errors import DatasetError
from recommender.retrieval import Retriever
from tests.eval.small_dataset import write_small_dataset

GOALS = """\
goal_id,person_id,text,relationship
G1,P05,"I have worked at the quay for years. I want to learn SQL joins now.",coach
G2,P07,"All of us left the team by now. One evening a week will do. I want to lead a team too.",
"""
LABELS = """\
goal_id,part,label
G2,3,need
G1,1,need
G1,2,need
G2,1,circumstance
G2,2,terms
"""


class FirstIsBackground:
    """Reads the first part of every goal as a circumstance."""

    def goal_centroid(self, language: str) -> np.ndarray:
        return np.zeros(2, np.float32)

    def encode_parts(self, parts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        one = np.ones((len(parts), 2), np.float32)
        return one, one

    def need_probabilities(self, manner: np.ndarray, parts: Sequence[str]) -> np.ndarray:
        return np.array([float(number > 0) for number in range(len(parts))])


def test_shares_by_hand(tmp_path: Path) -> None:
    """Two first parts are read as circumstances, one rightly; one of two circumstances is found."""
    folder = write_small_dataset(
        tmp_path / "d", goals=GOALS, qrels="goal_id,relationship,person_id,grade\nG1,coach,P02,2\n",
        kinds="", needs=LABELS,
    )  # fmt: skip
    found = measure_needs(read_dataset(folder), cast("Retriever", FirstIsBackground()))
    assert (found.n_goals, found.n_parts, found.n_needs) == (2, 5, 3)
    assert found.right.value == pytest.approx(0.5)
    assert found.found.value == pytest.approx(0.5)


def test_labels_that_do_not_fit_the_parts_are_named(tmp_path: Path) -> None:
    folder = write_small_dataset(
        tmp_path / "d", goals=GOALS, qrels="goal_id,relationship,person_id,grade\nG1,coach,P02,2\n",
        kinds="", needs=LABELS.replace("G1,2,need\n", ""),
    )  # fmt: skip
    with pytest.raises(DatasetError, match="1 parts of G1, which is read as 2"):
        measure_needs(read_dataset(folder), cast("Retriever", FirstIsBackground()))


def test_without_labels_it_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no needs\.csv; add it"):
        measure_needs(
            read_dataset(write_small_dataset(tmp_path / "d")),
            cast("Retriever", FirstIsBackground()),
        )
