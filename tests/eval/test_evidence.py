"""Quotations against judged passages, counted by hand on the small company."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from eval.datasets.dataset import read_dataset
from eval.metrics.evidence import measure_evidence
from recommender.errors import DatasetError
from recommender.evidence_model import EvidenceModel
from recommender.policy import default_policy
from recommender.relationships import Relationship
from tests.eval.small_dataset import write_small_dataset
from tests.recommender.company import BO, CY, ED, FAY, Shelf, small_company

PEOPLE = small_company()
LISTED = "goal_id,relationship,person_id,grade\nG1,coach,P02,2\n"


def test_shares_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ed, Fay and Bo may mentor Cy; each has one passage that is nearest to the goal.

    Ed's makes the case, Fay's misleads, Bo's was not judged. Ed and Fay are good: one of two is
    shown with a case, two of two with a quotation.
    """
    folder = write_small_dataset(tmp_path / "d", qrels=LISTED, kinds="")
    read = read_dataset(folder)
    dataset = replace(
        read,
        people=PEOPLE,
        goals=pd.DataFrame(
            [("G", "cy", "learn to keep the books", "mentor")],
            columns=["goal_id", "person_id", "text", "relationship"],
        ),
        qrels=pd.DataFrame(
            [("G", "mentor", "ed", 3.0), ("G", "mentor", "fay", 2.0)],
            columns=["goal_id", "relationship", "person_id", "grade"],
        ),
        evidence=pd.DataFrame(
            [("G", "ed", "about", "passage 0", 2), ("G", "fay", "about", "passage 1", 0)],
            columns=["goal_id", "person_id", "field", "passage", "grade"],
        ),
    )
    policy = default_policy().model_copy(
        update={"mentor": default_policy().of(Relationship.MENTOR).model_copy(
            update={"line_of_command": "allowed"}
        )}
    )  # fmt: skip
    everything = (0.0,) * 14 + (9.0,)
    model = EvidenceModel(everything, everything, 0.5)
    monkeypatch.setattr("recommender.explanation.shipped_model", lambda: model)
    shelf = Shelf(PEOPLE, [ED, FAY, BO, CY], [[1.0, 0.0]] * 4)
    found = measure_evidence(dataset, shelf, policy)
    assert (found.n_lists, found.n_quotations) == (1, 3)
    assert found.judged.value == pytest.approx(2 / 3)
    assert found.makes_the_case.value == pytest.approx(1 / 2)
    assert found.helps.value == 0
    assert found.misleads.value == pytest.approx(1 / 2)
    assert found.good_with_a_case.value == pytest.approx(1 / 2)
    assert found.good_quoted.value == 1


def test_without_judged_passages_it_says_what_is_missing(tmp_path: Path) -> None:
    dataset = read_dataset(write_small_dataset(tmp_path / "d", qrels=LISTED, kinds=""))
    with pytest.raises(DatasetError, match=r"has no evidence\.csv"):
        measure_evidence(dataset, Shelf(PEOPLE, [ED], [[1.0, 0.0]]), default_policy())


def test_faults_are_named_with_their_row(tmp_path: Path) -> None:
    folder = write_small_dataset(tmp_path / "d", qrels=LISTED, kinds="")
    (folder / "evidence.csv").write_text(
        "goal_id,person_id,field,passage,grade\nG1,P02,about,text,2\nG1,P02,about,text,1\n"
        "G9,P02,about,text,1\nG1,P99,about,text,1\nG1,P02,about,other,3\n"
    )
    with pytest.raises(DatasetError) as caught:
        read_dataset(folder)
    assert {problem.row for problem in caught.value.problems} == {3, 4, 5, 6}


def test_the_sample_company_ships_judged_passages(halden: Path) -> None:
    evidence = read_dataset(halden).evidence
    assert evidence is not None
    assert len(evidence) == 2753
    assert (evidence["grade"] == 2).sum() == 244
