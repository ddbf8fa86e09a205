"""Audits: rates by hand and by fairlearn, small groups withheld, and a closed door."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, count, selection_rate, true_positive_rate

from eval.__main__ import main
from eval.datasets.dataset import Dataset, read_dataset, read_demographics
from eval.metrics.fairness_audit import (
    FOUR_FIFTHS,
    HELPERS,
    SEEKERS,
    audit,
)
from eval.systems.runs import Run, read_run
from eval.systems.systems import eligible_for
from recommender.policy import default_policy
from tests.eval.small_dataset import read_rows, write_small_dataset

GROUP_WORDS = ("demographic", "gender", "ethnicity", "age_band")
MAY_KNOW = {"eval/metrics/fairness_audit.py", "eval/datasets/dataset.py"}
TURNS_AWAY = {"index/people_file/tables/header.py"}
"""Names such columns and files to refuse them in a people export."""


@pytest.fixture(scope="module")
def halden_run(halden: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Run]:
    out = tmp_path_factory.mktemp("audited")
    assert main(["run", str(halden), "--system", "bm25", "--out", str(out)]) == 0
    dataset = read_dataset(halden)
    return dataset, read_run(out, dataset)


@pytest.fixture(scope="module")
def found(halden_run: tuple[Dataset, Run]) -> pd.DataFrame:
    dataset, run = halden_run
    return audit(run, dataset, default_policy())


def test_only_the_audit_can_read_what_people_declare(repository: Path) -> None:
    """No name, attribute, import or text of any other file speaks of groups; prose may."""
    guilty = set()
    for package in ("recommender", "index", "app", "eval"):
        for path in sorted((repository / package).rglob("*.py")):
            name = path.relative_to(repository).as_posix()
            for word in _words_of(ast.parse(path.read_text(encoding="utf-8"))):
                if any(group in word.lower() for group in GROUP_WORDS):
                    guilty.add(name)
    assert guilty - TURNS_AWAY == MAY_KNOW


def test_the_guard_sees_every_way_to_name_a_file() -> None:
    for code in (
        "open('demographics.csv')", "from eval.datasets import read_demographics",
        "import eval.datasets as d\nd.read_demographics(x)", "frame.gender", "f'{x}/demographics'",
        "read(demographics=1)", "from eval.demographics import x",
    ):  # fmt: skip
        words = list(_words_of(ast.parse(code)))
        assert any(group in word for word in words for group in GROUP_WORDS), code
    assert not list(_words_of(ast.parse('"""Demographics are kept out."""')))


def test_rates_agree_with_fairlearn(halden_run: tuple[Dataset, Run], found: pd.DataFrame) -> None:
    dataset, run = halden_run
    groups = read_demographics(dataset)
    keys = ["goal_id", "relationship", "person_id"]
    rows = []
    for ask in dataset.asks:
        for row in np.flatnonzero(eligible_for(ask, dataset, default_policy())).tolist():
            rows += [(ask.goal_id, ask.kind, dataset.people.ids[row], row)]
    pairs = pd.DataFrame(rows, columns=[*keys, "row"])
    pairs = pairs.merge(run.top(5)[[*keys, "rank"]], on=keys, how="left")
    pairs = pairs.merge(dataset.qrels, on=keys, how="left")
    frame = MetricFrame(
        metrics={"rate": selection_rate, "good": true_positive_rate, "n": count},
        y_true=pairs["grade"].fillna(0) >= 2,
        y_pred=pairs["rank"].notna(),
        sensitive_features=groups.iloc[pairs["row"]].reset_index(drop=True)["ethnicity"],
    )
    mine = found[(found["side"] == HELPERS) & (found["attribute"] == "ethnicity")]
    for measure, theirs in (("selection rate", "rate"), ("good ones found", "good")):
        ours = mine[mine["measure"] == measure].set_index("group")["value"]
        assert ours.to_dict() == pytest.approx(frame.by_group[theirs].to_dict())


def test_ratios_are_against_the_best_off_group(found: pd.DataFrame) -> None:
    shown = found[~found["withheld"] & found["impact_ratio"].notna()]
    for _, part in shown.groupby(["side", "measure", "attribute"]):
        best = part[part["is_reference"]]
        assert len(best) == 1
        assert "undisclosed" not in best["group"].iloc[0]
        assert best["impact_ratio"].iloc[0] == 1
        ratios = part["value"] / best["value"].iloc[0]
        assert part["impact_ratio"].tolist() == pytest.approx(ratios.tolist())
        assert (part["below_four_fifths"] == (part["impact_ratio"] < FOUR_FIFTHS)).all()
        assert (part["low"] <= part["value"] + 1e-9).all()
        assert (part["value"] <= part["high"] + 1e-9).all()


def test_groups_of_fewer_than_ten_are_withheld(
    halden_run: tuple[Dataset, Run], found: pd.DataFrame
) -> None:
    nonbinary = found[found["group"] == "nonbinary"]
    assert len(nonbinary) > 0
    assert nonbinary["withheld"].all()
    figures = ["people", "value", "low", "high", "impact_ratio", "ratio_low", "ratio_high"]
    assert nonbinary[figures].isna().all(axis=None)
    assert (found.loc[~found["withheld"], "people"] >= 10).all()
    assert set(found["attribute"]) >= {"gender", "gender × ethnicity", "ethnicity × age_band"}


def test_a_group_under_two_percent_is_withheld(tmp_path: Path) -> None:
    """Ten of 600 are enough people and too small a share."""
    header = "person_id,display_name,job_title,job_level,manager_id,about,open_to,capacity\n"
    boss = "Q000,Boss,Boss,9,,I lead.,,1\n"
    others = "".join(
        f"Q{n:03},N{n},Job,{n % 3 + 3},Q000,I do thing {n}.,peer,1\n" for n in range(1, 600)
    )
    groups = "person_id,team\n" + "".join(
        f"Q{n:03},{'few' if 1 <= n <= 10 else 'many'}\n" for n in range(600)
    )
    goals = "goal_id,person_id,text,relationship\n" + "".join(
        f"G{n},Q{n:03},Help with thing {n + 1},peer\n" for n in range(20, 40)
    )
    qrels = "goal_id,relationship,person_id,grade\n" + "".join(
        f"G{n},peer,Q{n + 3:03},3\n" for n in range(20, 40)
    )
    folder = write_small_dataset(
        tmp_path / "d", people=header + boss + others, goals=goals, qrels=qrels, kinds="",
        demographics=groups,
    )  # fmt: skip
    out = tmp_path / "run"
    assert main(["run", str(folder), "--system", "random", "--out", str(out)]) == 0
    dataset = read_dataset(folder)
    found = audit(read_run(out, dataset), dataset, default_policy())
    helpers = found[found["side"] == HELPERS].drop_duplicates("group").set_index("group")
    assert helpers["withheld"].to_dict() == {"few": True, "many": False}


def test_seekers_are_served_by_hand(tmp_path: Path) -> None:
    """Ten women get the right helper first, ten men get him sixth: 1 against 0."""
    header = "person_id,display_name,job_title,job_level,manager_id,open_to,capacity\n"
    people = "B,Boss,Boss,9,,,1\n" + "".join(
        f"S{n:02},S,Job,3,B,peer,1\n" for n in range(20)
    ) + "".join(f"H{n},H,Job,3,B,peer,1\n" for n in range(6))  # fmt: skip
    goals = "goal_id,person_id,text,relationship\n" + "".join(
        f"G{n:02},S{n:02},help,peer\n" for n in range(20)
    )
    qrels = "goal_id,relationship,person_id,grade\n" + "".join(
        f"G{n:02},peer,H0,3\n" for n in range(20)
    )
    groups = "person_id,sex\n" + "".join(f"S{n:02},{'wm'[n % 2]}\n" for n in range(20))
    folder = write_small_dataset(
        tmp_path / "d", people=header + people, goals=goals, qrels=qrels, kinds="",
        demographics=groups,
    )  # fmt: skip
    rows = [
        f"G{n:02},peer,H{h},{(6 if n % 2 == 0 else -1) if h == 0 else 6 - h}"
        for n in range(20)
        for h in range(6)
    ]
    path = tmp_path / "run.csv"
    path.write_text("goal_id,relationship,person_id,score\n" + "\n".join(rows) + "\n")
    dataset = read_dataset(folder)
    found = audit(read_run(path, dataset), dataset, default_policy())
    seekers = found[(found["side"] == SEEKERS) & (found["measure"] == "selection rate")]
    by_group = seekers.set_index("group")
    assert by_group["value"].dropna().to_dict() == {"w": 1, "m": 0}
    assert by_group["below_four_fifths"].to_dict() == {"w": False, "m": True, "undisclosed": False}
    grades = found[(found["side"] == SEEKERS) & (found["measure"] == "mean grade")]
    assert grades.set_index("group")["value"].dropna().to_dict() == {"w": 3 / 5, "m": 0}


def test_the_command_prints_and_writes(
    halden: Path, halden_run: tuple[Dataset, Run], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    _, run = halden_run
    path = tmp_path / "run.csv"
    run.frame.to_csv(path, index=False)
    assert main(["audit", str(halden), str(path), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "withheld: too few people" in said
    assert "impact ratio" in said
    assert {row["side"] for row in read_rows(tmp_path / "audit.csv")} == {HELPERS, SEEKERS}


def test_without_groups_there_is_nothing_to_audit(
    tmp_path: Path, small_runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small_dataset(tmp_path / "d", demographics="")
    assert main(["audit", str(folder), str(small_runs / "bm25")]) == 1
    assert "no declared groups" in capsys.readouterr().err


def _words_of(tree: ast.AST) -> list[str]:
    """List the names and texts of a module, without docstrings."""
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    words: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words += [] if id(node) in prose else [node.value]
        elif isinstance(node, ast.Name):
            words.append(node.id)
        elif isinstance(node, ast.Attribute):
            words.append(node.attr)
        elif isinstance(node, ast.alias):
            words.append(node.name)
        elif isinstance(node, ast.ImportFrom):
            words.append(node.module or "")
        elif isinstance(node, ast.arg | ast.keyword):
            words.append(node.arg or "")
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            words.append(node.name)
    return words
