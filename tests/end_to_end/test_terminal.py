"""The terminal's doors, as an employee uses them: the real command, model and index."""

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app.__main__ import main
from app.store.database import Store
from app.store.offers import save_offer
from app.store.records import Offer

REPOSITORY = Path(__file__).resolve().parents[2]
GOAL = "I want to learn to present my work in English without reading from the screen."


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run_app(*arguments: str) -> Done:
    """Run the command in this process; one test below runs it as a process of its own."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(str(stop.code))
    return Done(code, out.getvalue(), err.getvalue())


def answer(index: Path, person: str, goal: str = GOAL, *more: str) -> dict[str, Any]:
    done = run_app(
        "recommend", "--index", str(index), "--person", person, "--goal", goal, "--json", *more
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def people(halden: Path) -> pd.DataFrame:
    return pd.read_csv(halden / "people.csv", dtype=str, keep_default_na=False).set_index(
        "person_id"
    )


def line_of_command(people: pd.DataFrame, person: str) -> set[str]:
    line = set()
    for one in people.index:
        upper = one
        path = [one]
        while upper := people.at[upper, "manager_id"]:
            path.append(upper)
        if person in path:
            line |= set(path[: path.index(person) + 1]) if one != person else set(path)
    return line - {person}


@pytest.mark.parametrize("person", ["H0012", "H0003", "H0040", "H0031"])
def test_the_answer_keeps_the_contract_and_the_rules(
    halden_index: Path, people: pd.DataFrame, person: str
) -> None:
    document = answer(halden_index, person)
    assert set(document) >= {"seeker", "goal", "snapshot", "lists"}
    assert [part["relationship"] for part in document["lists"]] == [
        "mentor",
        "coach",
        "sponsor",
        "peer",
    ]
    line, level = line_of_command(people, person), int(people.at[person, "job_level"])
    for part in document["lists"]:
        kind = part["relationship"]
        assert set(part) >= {"relationship", "question", "suggestions", "excluded"}
        ids = [suggestion["person_id"] for suggestion in part["suggestions"]]
        assert len(ids) == len(set(ids)) <= 5
        assert person not in ids
        for rank, suggestion in enumerate(part["suggestions"], start=1):
            assert suggestion["rank"] == rank
            row = people.loc[suggestion["person_id"]]
            assert row["status"] == "active"
            assert kind in row["open_to"].split(";")
            assert int(row["capacity"]) >= 1
            gap = int(row["job_level"]) - level
            assert {"mentor": gap >= 1, "coach": True, "sponsor": gap >= 2, "peer": abs(gap) <= 1}[
                kind
            ]
            assert kind != "sponsor" or row["worker_type"] == "employee"
            if kind == "coach":
                assert row["manager_id"] != person
                assert people.at[person, "manager_id"] != suggestion["person_id"]
            else:
                assert suggestion["person_id"] not in line
            total = sum(part["contribution"] for part in suggestion["contributions"])
            assert total == pytest.approx(suggestion["score"], abs=1e-9)
            for term in suggestion["contributions"]:
                assert term["value"] * term["weight"] == pytest.approx(
                    term["contribution"], abs=1e-9
                )
            assert suggestion["evidence"]
            profile = " ".join(
                " ".join(
                    row[["about", "experience", "can_help_with", "job_title", "department", "team"]]
                ).split()
            )
            profile += ", ".join(skill.strip() for skill in row["skills"].split(";"))
            for item in suggestion["evidence"]:
                assert set(item) == {"need", "field", "passage", "similarity"}
                assert item["field"] == "role" or item["passage"] in profile
            assert suggestion["first_conversation"]
            assert suggestion["strength"] in {"strong", "fair", "weak"}


def test_one_kind_and_a_limit(halden_index: Path) -> None:
    document = answer(halden_index, "H0012", GOAL, "--relationship", "coach", "--limit", "3")
    assert [part["relationship"] for part in document["lists"]] == ["coach"]
    assert len(document["lists"][0]["suggestions"]) == 3


def test_why_not_says_the_rule_and_the_rank(halden_index: Path) -> None:
    manager = run_app(
        "why-not", "--index", str(halden_index), "--person", "H0012", "--candidate", "H0003",
        "--relationship", "mentor", "--json",
    )  # fmt: skip
    document = json.loads(manager.stdout)
    assert set(document) == {"eligible", "reasons", "rank", "held_back_by"}
    if not document["eligible"]:
        assert document["rank"] is None
        assert all(set(reason) == {"rule", "says"} for reason in document["reasons"])
    last = answer(halden_index, "H0012", GOAL, "--relationship", "peer", "--limit", "40")
    behind = last["lists"][0]["suggestions"][-1]
    ranked = run_app(
        "why-not", "--index", str(halden_index), "--person", "H0012", "--candidate",
        behind["person_id"], "--relationship", "peer", "--goal", GOAL, "--json",
    )  # fmt: skip
    document = json.loads(ranked.stdout)
    assert document["eligible"]
    assert document["rank"] == behind["rank"]
    assert all(item["contribution"] < 0 for item in document["held_back_by"])
    assert document["held_back_by"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--person", "nobody", "--goal", GOAL], "nobody"),
        (["--person", "H0012", "--goal", "   "], "goal"),
        (["--person", "H0012", "--goal", "🎉"], "goal"),
    ],
)
def test_bad_input_is_one_line_and_exit_1(
    halden_index: Path, arguments: list[str], says: str
) -> None:
    done = run_app("recommend", "--index", str(halden_index), *arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_a_missing_index_is_one_line_and_exit_1(tmp_path: Path) -> None:
    done = run_app("recommend", "--index", str(tmp_path), "--person", "H0012", "--goal", GOAL)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "index build" in done.stderr


def test_a_file_in_place_of_an_index_is_one_line_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("not a folder")
    done = run_app(
        "recommend", "--index", str(tmp_path / "index"), "--person", "H0012", "--goal", GOAL
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "--index" in done.stderr


def test_several_needs_are_told_apart_and_signals_have_names(halden_index: Path) -> None:
    goal = "I want to lead a small team one day. How do I read a balance sheet?"
    asked = ["--index", str(halden_index), "--person", "H0012", "--goal", goal]
    text = run_app("recommend", *asked, "--relationship", "coach").stdout
    assert "Need 2: How do I read a balance sheet?" in text
    assert "For need 2: “" in text
    assert "To begin: " in text
    assert "line_of_command" not in text
    twentieth = answer(halden_index, "H0012", goal, "--relationship", "peer", "--limit", "20")
    last = twentieth["lists"][0]["suggestions"][-1]["person_id"]
    why = run_app("why-not", *asked, "--candidate", last, "--relationship", "peer").stdout
    assert "number 20" in why
    assert "what they wrote" in why or "common ground" in why
    assert "-0.000" not in why


def test_circumstances_are_said_to_be_background(halden_index: Path) -> None:
    story, wish = "We had a bad year and two people left.", "I want to say no to customers."
    asked = ("recommend", "--index", str(halden_index), "--person", "H0012")
    text = run_app(*asked, "--goal", f"{wish} {story}", "--relationship", "coach").stdout
    assert f"Need 1: {wish}" in text
    assert f"Background, counts less: {story}" in text
    assert "For need" not in text, "there is but one"
    reading = answer(halden_index, "H0012", f"{wish} {story}")["reading"]
    assert (reading["needs"], reading["circumstances"]) == ([wish], [story])


def test_halves_of_characters_from_a_broken_terminal_are_no_traceback(halden_index: Path) -> None:
    assert answer(halden_index, "H0012", "learn \udcff to weld")["goal"] == "learn to weld"


def test_wrong_usage_is_exit_2(halden_index: Path) -> None:
    assert run_app("recommend", "--index", str(halden_index)).returncode == 2
    kind = ["--person", "H0012", "--goal", GOAL, "--relationship", "friend"]
    assert run_app("recommend", "--index", str(halden_index), *kind).returncode == 2


def test_the_query_path_loads_no_torch(halden_index: Path) -> None:
    arguments = ["recommend", "--index", str(halden_index), "--person", "H0012", "--goal", GOAL]
    code = (
        f"import sys; from app.__main__ import main; main({arguments!r}); "
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_terminal_tells_what_the_store_knows(halden_index: Path, tmp_path: Path) -> None:
    """Who paused this morning is not suggested at noon, at this door as at the page."""
    store = f"sqlite:///{tmp_path / 'store.sqlite'}"
    assert run_app("migrate", "--store", store).returncode == 0
    command = ("recommend", "--index", str(halden_index), "--person", "H0012", "--goal", GOAL,
               "--relationship", "coach", "--json")  # fmt: skip
    without = run_app(*command)
    assert "no --store" in without.stderr
    first, second = [
        one["person_id"] for one in json.loads(without.stdout)["lists"][0]["suggestions"][:2]
    ]
    with Store(store).writing() as connection:
        tomorrow = datetime.now(UTC).date() + timedelta(days=2)
        away = Offer(first, paused_until=tomorrow)
        save_offer(connection, away, datetime.now(UTC))
        save_offer(connection, Offer(second, quotable=frozenset()), datetime.now(UTC))
    told = run_app(*command, "--store", store)
    assert told.stderr == ""
    (part,) = json.loads(told.stdout)["lists"]
    found = {one["person_id"]: one for one in part["suggestions"]}
    assert first not in found
    assert found[second]["evidence"] == []
    said = run_app("why-not", "--index", str(halden_index), "--person", "H0012", "--candidate",
                   first, "--relationship", "coach", "--store", store)  # fmt: skip
    assert "not available" in said.stdout
