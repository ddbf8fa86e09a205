"""The gate, on real snapshots: what it stops, what it lets pass, and what it will not judge."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eval.__main__ import main
from eval.gate.coverage import check_helpers, helpers_in, profiles_in
from eval.gate.limits import read_canaries, read_limits
from index.encoder.embedding_cache import CachingEncoder
from index.encoder.load import load_encoder
from index.encoder.protocol import EncoderSettings
from index.night.build import build, build_from_arrays
from index.people_file.people_file import read_people
from index.snapshot.manifest import FORMAT
from recommender.errors import InputError
from recommender.policy import default_policy
from recommender.profiles import passages_frame
from recommender.relationships import Relationship

LOOSE = '[mentor]\nline_of_command = "allowed"\n'
FEW = "[canaries]\nseekers = 4\n[rules]\nseekers = 30\n"
"""Fewer seekers than on a real night, so that the tests are quick."""

Gate = Callable[..., tuple[int, dict[str, dict[str, object]]]]


@pytest.fixture(scope="module")
def published(halden_index: Path) -> Path:
    return snapshot_of(halden_index)


@pytest.fixture(scope="module")
def few_goals(halden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company with its first thirty goals, so that the tests are quick."""
    folder = tmp_path_factory.mktemp("few") / "halden"
    folder.mkdir()
    shutil.copy(halden / "people.csv", folder)
    goals = (halden / "goals.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:31]
    (folder / "goals.csv").write_text("".join(goals), encoding="utf-8")
    names = tuple(f"{goal.split(',')[0]}," for goal in goals)
    qrels = (halden / "qrels.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in qrels if row.startswith(names)]
    (folder / "qrels.csv").write_text("".join(kept), encoding="utf-8")
    return folder


@pytest.fixture
def index_copy(halden_index: Path, tmp_path: Path) -> Path:
    """An index folder of its own that has all vectors at hand."""
    folder = tmp_path / "index"
    shutil.copytree(halden_index, folder)
    return folder


@pytest.fixture
def gate(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Gate:
    limits = tmp_path / "few.toml"
    limits.write_text(FEW)

    def run(candidate: Path, *more: str) -> tuple[int, dict[str, dict[str, object]]]:
        asked = ["gate", "--candidate", str(candidate), "--published", str(published), "--json"]
        if "--limits" not in more:
            more = (*more, "--limits", str(limits))
        code = main([*asked, *more])
        report = json.loads(capsys.readouterr().out)
        outcome = {0: "pass", 1: "fail", 2: "could not judge"}[code]
        assert report["outcome"] == outcome
        return code, {check["name"]: check for check in report["checks"]}

    return run


def smaller_export(halden: Path, folder: Path) -> tuple[Path, float]:
    """Write the sample's people without three in ten, and give the share that is gone."""
    with (halden / "people.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    bosses = {row["manager_id"] for row in rows}
    # Nobody's manager goes, so that the file stays a valid export
    leaves = [row["person_id"] for row in rows if row["person_id"] not in bosses]
    gone = set(leaves[: int(0.3 * len(rows))])
    smaller = folder / "people.csv"
    with smaller.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["person_id"] not in gone)
    return smaller, len(gone) / len(rows)


def snapshot_of(index_dir: Path) -> Path:
    name = (index_dir / "CURRENT").read_text(encoding="utf-8").split()[0]
    return index_dir / "snapshots" / name


@pytest.mark.slow
def test_an_unchanged_snapshot_passes(published: Path, gate: Gate, few_goals: Path) -> None:
    code, checks = gate(published, "--dataset", str(few_goals))
    assert code == 0
    assert checks["canaries: overlap"]["value"] == 1
    assert checks["vectors of unchanged texts"]["value"] == 1
    assert checks["broken rules"]["value"] == 0
    assert checks["quality: nDCG@5 drop"]["value"] == 0


@pytest.mark.slow
def test_managers_as_mentors_do_not_pass(index_copy: Path, halden: Path, gate: Gate) -> None:
    """The rules are those of the published policy and the project's, not the candidate's own."""
    report = build(halden / "people.csv", index_copy, policy_text=LOOSE, publish=True)
    code, checks = gate(index_copy / "snapshots" / report.snapshot_id)
    assert code == 1
    assert checks["broken rules"]["verdict"] == "fail"
    assert "mentor line_of_command" in str(checks["broken rules"]["says"])
    assert checks["vectors of unchanged texts"]["verdict"] == "pass"


@pytest.mark.slow
def test_a_rule_loosened_on_purpose_is_said_twice(
    index_copy: Path, halden: Path, gate: Gate, tmp_path: Path
) -> None:
    report = build(halden / "people.csv", index_copy, policy_text=LOOSE, publish=True)
    limits = tmp_path / "limits.toml"
    limits.write_text(FEW + 'loosened = ["mentor line_of_command"]\n')
    candidate = index_copy / "snapshots" / report.snapshot_id
    _, checks = gate(candidate, "--limits", str(limits))
    assert checks["broken rules"]["verdict"] == "pass"


@pytest.mark.slow
def test_thirty_percent_missing_do_not_pass(
    index_copy: Path, halden: Path, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smaller, lost_share = smaller_export(halden, tmp_path)
    report = build(smaller, index_copy, accept_drop=True, publish=True)
    code, checks = gate(index_copy / "snapshots" / report.snapshot_id)
    assert code == 1
    assert checks["people lost"]["verdict"] == "fail"
    assert checks["people lost"]["value"] == pytest.approx(lost_share)
    assert checks["broken rules"]["verdict"] == "pass"
    _, meant = gate(index_copy / "snapshots" / report.snapshot_id, "--accept-drop")
    assert meant["people lost"]["verdict"] == "pass"
    assert meant["departments lost"]["verdict"] == "pass"
    lost = [check for name, check in meant.items() if name.endswith("lost")]
    assert [check["verdict"] for check in lost] == ["pass"] * len(lost)  # of those who stayed
    monkeypatch.setenv("LEARNING_RELATIONSHIPS_ACCEPT_DROP", "1")  # as a night says it
    assert gate(index_copy / "snapshots" / report.snapshot_id)[1] == meant


@pytest.mark.slow
def test_a_department_under_another_name_is_not_lost(
    index_copy: Path, halden: Path, gate: Gate, tmp_path: Path
) -> None:
    renamed = tmp_path / "people.csv"
    text = (halden / "people.csv").read_text(encoding="utf-8")
    renamed.write_text(text.replace(",Data,", ",Data and Insight,"), encoding="utf-8")
    report = build(renamed, index_copy, publish=True)
    assert report.changes.changed > 15
    _, checks = gate(index_copy / "snapshots" / report.snapshot_id)
    assert checks["departments lost"]["verdict"] == "pass"


@pytest.mark.slow
def test_shuffled_vectors_do_not_pass(
    index_copy: Path, halden: Path, few_goals: Path, gate: Gate
) -> None:
    people = read_people(halden / "people.csv")
    passages = passages_frame(people.frame)
    settings = EncoderSettings()
    vectors = np.array(
        embed(index_copy, settings, passages["text"].tolist()), np.float32
    )  # fmt: skip
    np.random.default_rng(3).shuffle(vectors)
    report = build_from_arrays(
        people.frame, passages, vectors, index_dir=index_copy, encoder=load_encoder(settings),
        settings=settings, as_of=people.as_of, publish=True,
    )  # fmt: skip
    code, checks = gate(index_copy / "snapshots" / report.snapshot_id, "--dataset", str(few_goals))
    assert code == 1
    assert checks["vectors of unchanged texts"]["verdict"] == "fail"
    assert checks["canaries: overlap"]["verdict"] == "fail"
    assert checks["quality: nDCG@5 drop"]["verdict"] == "fail"
    assert checks["people lost"]["verdict"] == "pass"


@pytest.fixture
def older(
    index_copy: Path, published: Path, make_older: Callable[..., Path]
) -> tuple[Path, list[str]]:
    """A published snapshot of another format, and the gate's arguments for it."""
    folder = make_older(index_copy, published.name)
    limits = index_copy.parent / "older.toml"
    limits.write_text(FEW)
    return folder, ["gate", "--json", "--limits", str(limits), "--published", str(folder)]


@pytest.mark.slow
def test_against_another_format_people_and_rules_are_judged(
    older: tuple[Path, list[str]], published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*older[1], "--candidate", str(published)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["published"] == older[0].name
    checks = {check["name"]: check for check in report["checks"]}
    assert checks["people lost"]["value"] == 0
    assert checks["departments lost"]["value"] == 0
    assert checks["broken rules"]["value"] == 0
    lost = {name: check for name, check in checks.items() if name.endswith("lost")}
    assert set(lost) == {
        "people lost", "departments lost", "profiles lost", "mentor helpers lost",
        "coach helpers lost", "sponsor helpers lost", "peer helpers lost",
    }  # fmt: skip
    assert {check["value"] for check in lost.values()} == {0}
    assert not any(", 0 " in check["says"] for check in lost.values())
    assert f"format {FORMAT - 1}" in checks["vectors, answers"]["says"]
    assert "quality: nDCG@5 drop" not in checks


@pytest.mark.slow
def test_against_another_format_judged_goals_are_said_not_to_be_compared(
    older: tuple[Path, list[str]], published: Path, few_goals: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    asked = [*older[1], "--candidate", str(published), "--dataset", str(few_goals)]
    assert main(asked) == 0
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    quality = checks["quality: nDCG@5 drop"]
    assert quality["verdict"] == "pass"
    assert quality["value"] is None
    assert "not compared" in quality["says"]
    assert f"format {FORMAT - 1}" in quality["says"]


@pytest.mark.slow
def test_against_another_format_lost_helpers_and_profiles_do_not_pass(
    older: tuple[Path, list[str]], index_copy: Path, halden: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with (halden / "people.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    texts = ("about", "can_help_with", "experience", "skills")
    with (tmp_path / "people.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow(
                row
                | ({"open_to": ""} if number % 20 else {})
                | (dict.fromkeys(texts, "") if number % 2 else {})
            )
    report = build(tmp_path / "people.csv", index_copy, publish=False)
    assert main([*older[1], "--candidate", str(report.folder)]) == 1
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    failed = {name for name, check in checks.items() if check["verdict"] == "fail"}
    assert failed == {"profiles lost", *(f"{kind} helpers lost" for kind in Relationship)}


@pytest.mark.slow
def test_against_a_format_that_does_not_tell_them_helpers_and_profiles_are_not_compared(
    index_copy: Path, published: Path, make_older: Callable[..., Path], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    older = make_older(index_copy, published.name, without=["open_to", "about"])
    limits = tmp_path / "few.toml"
    limits.write_text(FEW)
    asked = ["gate", "--json", "--limits", str(limits), "--published", str(older)]
    assert main([*asked, "--candidate", str(published)]) == 0
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert "not compared" in checks["profiles lost"]["says"]
    assert "not compared" in checks["helpers lost"]["says"]
    assert checks["people lost"]["value"] == 0


def test_only_what_another_format_tells_is_counted() -> None:
    table = pd.DataFrame(
        {
            "person_id": ["A", "B", "C", "D"],
            "department": "Rail",
            "status": ["active", "active", "leave", "active"],
            "open_to": ["mentor;peer", "", "mentor", "mentor"],
            "capacity": [1, 2, 1, 0],
            "manager_id": "somebody else",
            **dict.fromkeys(("about", "can_help_with", "skills"), ""),
            "experience": ["Berth 3", "", None, " "],
        }
    )
    profiles, helpers = profiles_in(table), helpers_in(table)
    assert profiles is not None
    assert profiles.to_dict() == {"A": True, "B": False, "C": False, "D": False}
    assert helpers is not None
    checks = {check.name: check for check in check_helpers(helpers, helpers, read_limits(None))}
    assert checks["mentor helpers lost"].says == "1 of those who stayed can be a mentor, 1 could"
    assert checks["coach helpers lost"].says == "0 of those who stayed can be a coach, 0 could"
    assert helpers_in(table.replace({"open_to": {"mentor": "godparent"}})) is None
    assert helpers_in(table.drop(columns="capacity")) is None
    assert profiles_in(table.drop(columns="about")) is None


@pytest.mark.slow
def test_against_another_format_what_is_bad_does_not_pass(
    older: tuple[Path, list[str]], index_copy: Path, halden: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    people, _ = smaller_export(halden, tmp_path)
    report = build(people, index_copy, policy_text=LOOSE, accept_drop=True, publish=False)
    assert main([*older[1], "--candidate", str(report.folder)]) == 1
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["people lost"]["verdict"] == "fail"
    assert checks["broken rules"]["verdict"] == "fail"


def test_against_another_format_nothing_is_judged_by_damaged_people(
    older: tuple[Path, list[str]], published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = older[0] / "people.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert main([*older[1], "--candidate", str(published)]) == 2
    assert "people.parquet" in capsys.readouterr().err


@pytest.mark.slow
def test_a_dataset_of_another_company_cannot_be_judged(
    published: Path, gate: Gate, small: Path
) -> None:
    code, checks = gate(published, "--dataset", str(small))
    assert code == 2
    assert checks["quality: nDCG@5 drop"]["verdict"] == "could not judge"


def test_a_missing_snapshot_cannot_be_judged(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ["--candidate", str(tmp_path / "none"), "--published", str(published)]
    assert main(["gate", *sides]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("could not judge: ")
    assert said.err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(("judged", "code"), [(False, 0), (True, 2)])
def test_only_judged_goals_need_the_library_that_measures(
    published: Path, few_goals: Path, tmp_path: Path, judged: bool, code: int
) -> None:
    """A plain install published one night and then none, when the gate could not be imported."""
    limits = tmp_path / "few.toml"
    limits.write_text(FEW)
    asked = ["gate", "--candidate", str(published), "--published", str(published)]
    asked += ["--limits", str(limits), *(["--dataset", str(few_goals)] if judged else [])]
    without = (
        "import sys; sys.modules['ir_measures'] = None; from eval.__main__ import main; "
        f"sys.exit(main({asked!r}))"
    )
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("could not judge: ") == judged


@pytest.mark.parametrize(
    "accident", [KeyError("P0007"), MemoryError(), BrokenPipeError(), KeyboardInterrupt()]
)
def test_no_accident_is_a_verdict(
    accident: BaseException, published: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise accident

    monkeypatch.setattr("eval.gate.gate.open_sides", fail)
    assert main(["gate", "--candidate", str(published), "--published", str(published)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("could not judge: ")
    assert said.err.count("\n") == 1
    assert "P0007" not in said.err, "what went wrong may name a person"


@pytest.mark.parametrize(("library", "extra"), [("psutil", "eval"), ("vl_convert", "eval")])
def test_what_an_extra_brings_is_said(
    library: str, extra: str, tmp_path: Path, small: Path, repository: Path
) -> None:
    asked = {
        "psutil": ["speed", "--people", "100"],
        "vl_convert": ["report", str(small), "--out", str(tmp_path / "report.html")],
    }[library]
    without = (
        f"import sys; sys.modules[{library!r}] = None; from eval.__main__ import main; "
        f"sys.exit(main({asked!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", without], capture_output=True, text=True, cwd=repository
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"pip install 'learning-relationships[{extra}]'" in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[people]\nmax_lost = 0.5\n", "people.max_lost is no limit"),
        ("[people]\nmax_lost_share = 2\n", "people.max_lost_share"),
        ('[people]\nmax_lost_share = "much"\n', "people.max_lost_share"),
        ("[peeple]\n", "peeple is no limit"),
        ("people = 3\n", "people"),
        ("[people\n", "not valid TOML"),
    ],
)
def test_limits_are_read_strictly(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"limits\.toml") as caught:
        read_limits(path)
    assert says in str(caught.value)


def test_own_limits_hold_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text("[people]\nmax_lost_share = 0.5\n")
    own, packaged = read_limits(path), read_limits(None)
    assert own.people.max_lost_share == 0.5
    assert own.people.department_people == packaged.people.department_people
    assert own.canaries == packaged.canaries


def test_there_are_three_canaries_of_each_kind() -> None:
    kinds = [canary.relationship for canary in read_canaries()]
    assert {kind: kinds.count(kind) for kind in Relationship} == dict.fromkeys(Relationship, 3)
    assert default_policy().mentor.line_of_command == "never"


def embed(index_dir: Path, settings: EncoderSettings, texts: list[str]) -> object:
    from index.disk.index_folder import IndexFolder
    from index.night.build import caching

    encoder = caching(IndexFolder(index_dir), load_encoder(settings))
    assert isinstance(encoder, CachingEncoder)
    return encoder.encode_passages(texts)
