"""Exposure, coverage by hand; and broken rules found by code apart from the recommender's."""

from math import log2
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eval.datasets.dataset import read_dataset
from eval.metrics.exposure import (
    expose,
    measure_conduct,
    share_of_most,
)
from eval.metrics.rule_violations import RuleBook
from eval.systems.runs import read_run
from recommender.eligibility import eligibility
from recommender.live import LiveFacts
from recommender.policy import Policy, default_policy, parse_policy
from recommender.relationships import Relationship

LOOSE = parse_policy(
    '[mentor]\nline_of_command = "allowed"\nmin_levels_above = "any"\n'
    '[sponsor]\nline_of_command = "skip_level"\ncontractors = true\n',
    "loose.toml",
)


def test_exposure_is_a_sum_of_discounts() -> None:
    top = pd.DataFrame({"person_id": ["a", "b", "a"], "rank": [1, 3, 2]})
    assert expose(top).to_dict() == pytest.approx({"a": 1 + 1 / log2(3), "b": 1 / 2})


def test_the_share_of_the_most_suggested() -> None:
    assert share_of_most(np.array([4, 0, 3, 3]), 2) == pytest.approx(0.7)
    assert share_of_most(np.zeros(3, np.int64), 2) == 0


def test_coverage_counts_the_eligible_of_all_lists(small: Path, tmp_path: Path) -> None:
    dataset = read_dataset(small)
    path = tmp_path / "run.csv"
    path.write_text("goal_id,relationship,person_id,score\nG1,coach,P05,1\nG2,mentor,P02,1\n")
    found = measure_conduct(read_run(path, dataset), dataset, default_policy())
    assert found.coverage == pytest.approx(2 / found.eligible)
    assert found.catalogue_share == 1
    assert not found.violations


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("G1,coach,P04,1", "line_of_command"),  # P08's manager
        ("G1,coach,P08,1", "self"),
        ("G1,coach,P13,1", "no_capacity"),
        ("G1,coach,P07,1", "not_opted_in"),
        ("G1,coach,P99,1", "unknown_person"),
        ("G2,mentor,P06,1", "line_of_command"),  # P07's manager
        ("G2,mentor,P01,1", "line_of_command"),  # three levels above P07
        ("G3,peer,P06,1", ""),
        ("G3,peer,P07,1", ""),
        ("G4,sponsor,P11,1", "contractor"),
        ("G4,peer,P06,1", "level_gap"),
    ],
)
def test_a_broken_rule_is_found(row: str, rule: str, small: Path, tmp_path: Path) -> None:
    dataset = read_dataset(small)
    path = tmp_path / "run.csv"
    others = "G1,coach,P05,2\nG2,mentor,P02,2\n"
    path.write_text(f"goal_id,relationship,person_id,score\n{others}{row}\n")
    found = measure_conduct(read_run(path, dataset), dataset, default_policy()).violations
    assert (rule in found) if rule else (found.total() == 0)


@pytest.mark.parametrize("policy", [default_policy(), LOOSE], ids=["default", "loose"])
def test_two_codes_agree_on_who_may_be_suggested(policy: Policy, halden: Path) -> None:
    """Masks over numbered lines, and a walk from manager to manager, on the sample company."""
    people = read_dataset(halden).people
    book = RuleBook(people)
    for seeker in range(0, len(people), 8):
        for kind in Relationship:
            mask = eligibility(people, seeker, kind, policy, LiveFacts.none()).mask
            broken = [
                book.broken_rules(
                    str(people.ids[seeker]), str(people.ids[row]), kind, policy.of(kind)
                )
                for row in range(len(people))
            ]
            assert [not rules for rules in broken] == mask.tolist()
