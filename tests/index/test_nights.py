"""Nights of a small company: what is embedded again, what is published, what is refused."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from small_company import HashEncoder, night, people, write

from index.__main__ import main
from index.disk.cache_folder import cache_folder
from index.disk.index_folder import IndexFolder
from index.goal_models.kept_reference import kept_reference
from index.night.build import build
from index.serving.publishing import prune, publish, rollback
from index.serving.reader import IndexReader, Snapshot
from index.snapshot.manifest import read_report
from recommender.errors import (
    BuildError,
    BusyError,
    DropError,
    GateError,
    PolicyError,
    SnapshotError,
)


def test_an_unchanged_export_embeds_nothing_and_gives_the_same_vectors(small):
    first = night(small)
    again = HashEncoder()
    second = night(small, encoder=again)
    assert first.build.n_embedded > 0
    assert again.embedded[:-24] == []  # only the sample that verification makes again
    assert second.build.n_embedded == 0
    assert second.build.changes.as_dict() == {
        "added": 0, "changed": 0, "moved": 0, "unchanged": 24, "left": 0,
    }  # fmt: skip
    old, new = Snapshot.open(first.build.folder), Snapshot.open(second.build.folder)
    assert (old.passage_vectors == new.passage_vectors).all()


def test_only_what_changed_is_embedded_and_each_change_is_counted_once(small):
    night(small)
    frame = people()
    frame.loc[5, "about"] = "I now keep the tugs"
    frame.loc[20, "manager_id"] = "P003"
    frame = frame.drop(index=23)
    joined = frame.iloc[[1]].assign(person_id="P900", about="I came from the airport")
    frame = pd.concat([frame, joined], ignore_index=True)
    done = night(small, frame)
    assert done.build.changes.as_dict() == {
        "added": 1, "changed": 1, "moved": 1, "unchanged": 21, "left": 1,
    }  # fmt: skip
    assert done.build.n_embedded == 2  # P900's other texts are those of P001
    assert read_report(done.build.folder)["passages"]["embedded"] == 2
    assert "P023" not in set(IndexReader(small / "index").current().people.ids)


def test_a_damaged_piece_of_the_cache_is_embedded_again(small):
    night(small)
    (segment,) = (small / "index" / "cache" / HashEncoder.revision).glob("*.npy")
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 2] ^= 1
    segment.write_bytes(raw)
    assert main(["verify", "--index", str(small / "index")]) == 1
    done = night(small)
    assert done.build.n_embedded == done.build.n_texts > 0
    assert main(["verify", "--index", str(small / "index")]) == 0


def test_a_later_build_waits_until_it_is_published(small):
    first = night(small).build.snapshot_id
    report = build(small / "people.csv", small / "index", encoder=HashEncoder())
    reader = IndexReader(small / "index")
    old = reader.current()
    assert not report.published
    assert old.snapshot_id == first
    index = IndexFolder(small / "index")
    assert publish(index, None) == report.snapshot_id
    assert reader.current().snapshot_id == report.snapshot_id
    assert reader.current() is reader.current()
    assert old.texts(old.passages_of(3))  # the old one still answers those who hold it


def test_rollback_goes_back_one_night_at_a_time(small):
    ids = [night(small).build.snapshot_id for _ in range(3)]
    index = IndexFolder(small / "index")
    assert rollback(index, None) == ids[1]
    assert rollback(index, None) == ids[0]
    with pytest.raises(SnapshotError, match="no whole snapshot that was published before"):
        rollback(index, None)
    assert rollback(index, ids[2]) == ids[2]
    assert IndexReader(small / "index").current().snapshot_id == ids[2]
    assert [entry["action"] for entry in index.history()] == ["publish"] * 3 + ["rollback"] * 3


def test_prune_keeps_the_newest_and_always_the_one_that_serves(small):
    ids = [night(small).build.snapshot_id for _ in range(4)]
    index = IndexFolder(small / "index")
    rollback(index, ids[0])
    assert prune(index, 2) == ids[1:3]
    assert index.ids() == [ids[0], ids[3]]


def test_prune_drops_embeddings_of_those_who_left(small):
    night(small)
    night(small, people().iloc[:22])
    index = IndexFolder(small / "index")
    before = _cached(index)
    prune(index, 1)
    n_gone = 2 * 5 - 2  # two people's texts, without the two department roles and shared skills
    assert before - _cached(index) in range(n_gone - 2, n_gone + 3)


def _cached(index):
    return sum(len(np.load(path)) for path in index.cache.glob("*/*.npy"))


def test_losing_many_people_needs_a_word(small):
    night(small)
    with pytest.raises(DropError, match=r"5 of the 24 people.*--accept-drop"):
        night(small, people().iloc[:19])
    assert night(small, people().iloc[:19], accept_drop=True).build.changes.left == 5


def test_losing_a_whole_department_needs_a_word(small):
    many = people(48)
    many.loc[[41, 43], "department"] = "Customs"
    night(small, many)
    with pytest.raises(DropError, match="'Customs'"):
        night(small, many.drop(index=[41, 43]))
    many.loc[[41, 43], "department"] = "Rail"  # they are here, their department has another name
    assert night(small, many).build.published


def test_a_department_of_one_is_a_whole_department(small):
    frame = people()
    frame.loc[23, "department"] = "Customs"
    night(small, frame)
    with pytest.raises(DropError, match=r"'Customs' is .* \(1 person\); .*--accept-drop"):
        night(small, frame.drop(index=23))
    frame.loc[22, "department"] = "Customs"
    night(small, frame)
    assert night(small, frame.drop(index=23)).build.changes.left == 1  # one of two is a leaver


def test_a_policy_that_cannot_be_used_is_refused_before_anything_is_embedded(small):
    encoder = HashEncoder()
    with pytest.raises(PolicyError):
        night(small, encoder=encoder, policy_text="foo = 3")
    assert encoder.embedded == []


def test_too_few_to_keep_is_refused_before_anything_is_published(small):
    with pytest.raises(BuildError, match="at least one"):
        night(small, keep=0)
    assert not (small / "index").exists()


def test_the_drop_is_seen_though_the_served_snapshot_is_damaged(small):
    folder = night(small).build.folder
    (folder / "vectors.npy").write_bytes(b"")
    with pytest.raises(DropError):
        night(small, people().iloc[:19])
    done = night(small, people(), gate="false")
    assert done.gate == "nothing whole to compare with"
    assert done.build.compared_with is None
    assert done.build.changes.unchanged == 24


@pytest.mark.parametrize("own", [False, True])
def test_any_gate_is_told_that_the_drop_is_meant(small, monkeypatch, tmp_path, own):
    script = tmp_path / "gate.py"
    script.write_text(
        "import os, pathlib\n"
        f"asked = os.environ['LEARNING_RELATIONSHIPS_ACCEPT_DROP']\n"
        f"pathlib.Path({str(tmp_path / 'asked')!r}).write_text(asked)\n"
    )
    monkeypatch.setattr("index.night.nightly.GATE", (sys.executable, str(script)))
    monkeypatch.setenv(
        "LEARNING_RELATIONSHIPS_ACCEPT_DROP", "1"
    )  # left over: it counts for nothing
    gate = f"{sys.executable} {script}" if own else None
    night(small)
    night(small, gate=gate)
    assert (tmp_path / "asked").read_text() == ""
    night(small, people().iloc[:19], gate=gate, accept_drop=True)
    assert (tmp_path / "asked").read_text() == "1"


def test_candidates_that_were_refused_do_not_pile_up_or_push_out_what_was_published(small):
    ids = [night(small).build.snapshot_id for _ in range(2)]
    for _ in range(4):
        with pytest.raises(GateError):
            night(small, gate="false", keep=2)
    index = IndexFolder(small / "index")
    assert index.ids()[:2] == ids
    assert len(index.ids()) == 3
    assert [entry["why"] for entry in index.history() if entry["action"] == "stopped"] == [
        "GateError"
    ] * 4
    night(small, keep=2)
    assert index.ids()[0] == ids[1]  # still there to go back to
    assert len(index.ids()) == 2


def test_a_snapshot_older_than_what_serves_does_not_wait_to_be_published(small):
    night(small)
    build(small / "people.csv", small / "index", encoder=HashEncoder())
    serving = night(small).build.snapshot_id
    index = IndexFolder(small / "index")
    with pytest.raises(SnapshotError, match="no snapshot newer than"):
        publish(index, None)
    assert index.current_id() == serving


def test_rollback_passes_over_a_damaged_snapshot(small):
    ids = [night(small).build.snapshot_id for _ in range(3)]
    (small / "index" / "snapshots" / ids[1] / "vectors.npy").write_bytes(b"")
    assert rollback(IndexFolder(small / "index"), None) == ids[0]


def test_a_failing_gate_keeps_yesterday_serving(small):
    first = night(small, gate="false").build.snapshot_id  # nothing to compare with yet
    with pytest.raises(GateError, match="not published"):
        night(small, gate="false")
    index = IndexFolder(small / "index")
    assert index.current_id() == first
    assert len(index.ids()) == 2


def test_the_gate_is_given_both_snapshots(small, tmp_path):
    first = night(small).build.folder
    gate = tmp_path / "gate.sh"
    gate.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    gate.chmod(0o755)
    second = night(small, gate=str(gate)).build.folder
    expected = f"--candidate {second} --published {first}"
    assert (tmp_path / "asked").read_text().strip() == expected


def test_a_second_build_at_the_same_time_stops(small):
    with IndexFolder(small / "index").locked(), pytest.raises(BusyError, match="another build"):
        night(small)


def test_exit_codes_and_messages(small, capsys):
    index = str(small / "index")
    assert main(["status", "--index", index]) == 1
    assert main(["prune", "--keep", "1", "--index", index]) == 1
    assert not (small / "index").exists()  # only a build makes one
    (small / "index").mkdir()
    assert main(["status", "--index", index]) == 0
    assert main(["verify", "--index", index]) == 1
    assert main(["publish", "--index", index]) == 1
    assert main(["rollback", "--index", index]) == 1
    assert main(["build", str(small / "none.csv"), "--index", index]) == 1
    with IndexFolder(small / "index").locked():
        assert main(["prune", "--keep", "1", "--index", index]) == 4
    for line in capsys.readouterr().err.splitlines():
        assert line
        assert not line.startswith(("Traceback", " "))
    for wrong in (["rollback"], ["nightly", "people.csv", "--index", index, "--keep", "0"]):
        with pytest.raises(SystemExit) as stopped:
            main(wrong)
        assert stopped.value.code == 2


def test_a_failure_is_told_to_programs_too(small, capsys):
    index = str(small / "index")
    assert main(["nightly", str(small / "none.csv"), "--index", index, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == "PeopleFileError"
    assert told["exit_code"] == 1
    assert "none.csv" in told["message"]
    assert IndexFolder(small / "index").history()[-1]["action"] == "stopped"


def test_status_tells_the_history_and_who_made_it(small, capsys):
    night(small)
    night(small, people().iloc[:23])
    assert main(["status", "--json", "--index", str(small / "index")]) == 0
    state = json.loads(capsys.readouterr().out)
    assert [snapshot["state"] for snapshot in state["snapshots"]] == ["earlier", "published"]
    assert state["snapshots"][1]["report"]["people"]["left"] == 1
    assert state["snapshots"][1]["bytes"] > 10_000
    assert all(entry["by"] and entry["at"] for entry in state["history"])


def test_the_next_night_needs_no_help_after_the_served_snapshot_was_damaged(small):
    folder = night(small).build.folder
    (folder / "passages.parquet").write_bytes(b"")
    with pytest.raises(SnapshotError, match=r"passages\.parquet"):
        IndexReader(small / "index").current()
    assert night(small).build.published
    assert IndexReader(small / "index").current()


def test_a_reader_keeps_what_it_has_when_the_new_one_is_damaged(small, caplog):
    night(small)
    reader = IndexReader(small / "index")
    old = reader.current()
    report = build(small / "people.csv", small / "index", encoder=HashEncoder())
    (report.folder / "vectors.npy").write_bytes(b"")
    (small / "index" / "CURRENT").write_text(report.snapshot_id)
    assert reader.current() is old
    assert "vectors.npy" in caplog.text


def test_nothing_that_a_night_writes_for_operators_holds_personal_data(
    small, capfd, caplog, monkeypatch
):
    """What it prints, logs, reports and keeps as history: counts and times only."""
    monkeypatch.setattr("index.night.build.load_encoder", lambda _: HashEncoder())
    caplog.set_level("DEBUG")
    asked = [
        "nightly", str(small / "people.csv"), "--index", str(small / "index"), "--gate", "true",
    ]  # fmt: skip
    assert main(asked) == 0
    write(people().iloc[:22], small / "people.csv")
    assert main([*asked, "--json"]) == 0
    write(people().iloc[:5], small / "people.csv")
    assert main([*asked, "--json"]) == 5
    write(people().assign(manager_id="P500"), small / "people.csv")
    main(asked)
    assert main(["status", "--index", str(small / "index")]) == 0
    printed = capfd.readouterr()
    written = [printed.out, printed.err, caplog.text]
    for name in ("history.jsonl", "CURRENT", "report.json", "manifest.json"):
        written += [path.read_text() for path in (small / "index").rglob(name)]
    for text in written:
        for personal in ("Person ", "Planner", "quay", "Berth", "crane", "P01", "P02"):
            assert personal not in text
    assert len(written) >= 9


def test_each_snapshot_holds_the_report_of_its_night(small):
    done = night(small)
    report = read_report(done.build.folder)
    assert "report.json" in Snapshot.open(done.build.folder).manifest.files
    assert report["people"]["added"] == report["people"]["total"] == 24
    assert report["passages"]["embedded"] == done.build.n_embedded
    assert set(report["seconds"]) >= {"read", "compare", "embed"}


def test_the_reference_texts_are_embedded_once_for_all_companies(small):
    first = HashEncoder()
    kept_reference(first)
    second = HashEncoder()
    kept = kept_reference(second)
    assert second.embedded == []
    (folder,) = (cache_folder() / "reference").glob(f"{HashEncoder.revision}-*")
    raw = bytearray((folder / "centroids.npy").read_bytes())
    raw[-1] ^= 1
    (folder / "centroids.npy").write_bytes(raw)
    again = kept_reference(second)
    assert len(second.embedded) > 1000
    assert (again.centroids == kept.centroids).all()
