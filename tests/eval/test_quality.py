"""Measures worked by hand, through the same door as any run."""

from math import log2
from pathlib import Path

import numpy as np
import pytest

from eval.datasets.dataset import Dataset, read_dataset
from eval.metrics.quality import (
    ALL_KINDS,
    PAIR_LOSS,
    count_pair_loss,
    measure_lists,
    measure_quality,
)
from eval.systems.runs import Run, read_run
from tests.eval.small_dataset import write_small_dataset

RUN = """\
goal_id,relationship,person_id,rank,score
G1,coach,P05,1,5
G1,coach,P04,2,4
G1,coach,P11,3,3
G2,mentor,P02,1,0.5
G2,mentor,P03,2,0.25
"""


@pytest.fixture(scope="module")
def dataset(small: Path) -> Dataset:
    return read_dataset(small)


@pytest.fixture
def run(dataset: Dataset, tmp_path: Path) -> Run:
    path = tmp_path / "run.csv"
    path.write_text(RUN)
    return read_run(path, dataset)


def test_measures_by_hand(run: Run, dataset: Dataset) -> None:
    """Gains are 2^g - 1: 1, 3, 7; the good grade is 2."""
    lists = measure_lists(run.frame, dataset).set_index("goal_id")
    # G1: P05 (grade 1) first, P11 (grade 2) third; best is P11, P05
    dcg = 1 / log2(2) + 3 / log2(4)
    best = 3 / log2(2) + 1 / log2(3)
    assert lists.loc["G1", "nDCG@5"] == pytest.approx(dcg / best)
    assert lists.loc["G1", "P@5"] == pytest.approx(1 / 5)
    assert lists.loc["G1", "RR"] == pytest.approx(1 / 3)
    assert lists.loc["G1", "R@50"] == 1
    # G2 is in the best order
    assert lists.loc["G2", "nDCG@5"] == pytest.approx(1)
    assert lists.loc["G2", "RR"] == 1


def test_a_judged_list_that_the_run_misses_counts_as_zero(run: Run, dataset: Dataset) -> None:
    lists = measure_lists(run.frame, dataset).set_index("goal_id")
    assert lists.loc["G3", ["nDCG@5", "nDCG@10", "P@5", "RR", "R@50"]].tolist() == [0] * 5
    quality = measure_quality(run, dataset)
    mean = quality.means[ALL_KINDS, "nDCG@5"]
    assert mean.n == 3
    assert mean.value == pytest.approx((lists.loc["G1", "nDCG@5"] + 1 + 0) / 3)
    assert quality.means["peer", "RR"].value == 0


def test_rows_of_lists_that_nobody_judged_change_nothing(run: Run, dataset: Dataset) -> None:
    import pandas as pd

    more = pd.DataFrame(
        [("G4", "coach", "P10", 1, 9.0)], columns=list(run.frame.columns)
    )  # fmt: skip
    both = pd.concat([run.frame, more], ignore_index=True)
    assert measure_lists(both, dataset).equals(measure_lists(run.frame, dataset))


def test_goals_of_one_seeker_are_one_cluster(dataset: Dataset, run: Run) -> None:
    assert measure_lists(run.frame, dataset)["seeker"].tolist() == ["P08", "P07", "P05"]


def test_pair_loss_by_hand() -> None:
    """Ratings 5, 3, 1. Scores put 3 before 5 (lost: 2), tie 3 with 1 (half of 2), 5 before 1."""
    wrong, total = count_pair_loss(np.array([5.0, 3.0, 1.0]), np.array([0.4, 0.5, 0.5]))
    assert total == 2 + 2 + 4
    # 5 against 3: wrong, 2; 3 against 1: tie, 1; 5 against 1: 0.4 < 0.5, wrong, 4
    assert wrong == 2 + 1 + 4


@pytest.mark.parametrize(("scores", "loss"), [([3, 2, 1], 0), ([1, 2, 3], 1), ([1, 1, 1], 0.5)])
def test_pair_loss_at_its_ends(scores: list[float], loss: float) -> None:
    wrong, total = count_pair_loss(np.array([5.0, 4.5, 1.0]), np.array(scores, np.float64))
    assert wrong / total == loss


def test_equal_ratings_make_no_pair() -> None:
    assert count_pair_loss(np.array([3.0, 3.0]), np.array([1.0, 2.0])) == (0, 0)


def test_the_pair_loss_adds_up_persons_before_dividing(tmp_path: Path) -> None:
    """One person lost 4 of 4, the other 0 of 1: together 4 of 5. What is missing stands last."""
    goals = "goal_id,text\nA,a\nB,b\n"
    qrels = "goal_id,person_id,grade\nA,P01,5\nB,P01,1\nA,P02,1.5\nB,P02,2.5\n"
    folder = write_small_dataset(
        tmp_path / "d", goals=goals, qrels=qrels, kinds="", demographics=""
    )
    dataset = read_dataset(folder)
    path = tmp_path / "run.csv"
    path.write_text("goal_id,person_id,score\nA,P01,1\nB,P01,2\nB,P02,-7\n")
    quality = measure_quality(read_run(path, dataset), dataset)
    assert list(quality.means) == [(ALL_KINDS, PAIR_LOSS)]
    assert quality.means[ALL_KINDS, PAIR_LOSS].value == pytest.approx(4 / 5)
    assert quality.means[ALL_KINDS, PAIR_LOSS].n == 2
