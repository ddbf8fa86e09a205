"""After an upgrade that changed the snapshot's format: the first night, and every other command."""

import json

import numpy as np
import pandas as pd
import pytest
from small_company import HashEncoder, night, people, write

from index.__main__ import main
from index.disk.index_folder import IndexFolder
from index.night.build import build
from index.night.changes import compare
from index.night.erasure import forget
from index.serving.publishing import prune
from index.serving.reader import IndexReader
from index.snapshot.manifest import FORMAT
from recommender.errors import DropError, GateError, SnapshotError, UnknownPersonError
from recommender.people import PEOPLE_COLUMNS


@pytest.fixture
def upgraded(small, make_older):
    """Three nights are over, and then came a version with another format."""
    for name in [night(small).build.snapshot_id for _ in range(3)]:
        make_older(small / "index", name)
    with pytest.raises(SnapshotError, match=f"format {FORMAT - 1}.*nightly"):
        IndexReader(small / "index").current()
    return IndexFolder(small / "index")


def test_the_first_night_is_held_against_the_people_of_the_other_format(upgraded):
    folder, served = upgraded.path.parent, upgraded.current_id()
    with pytest.raises(DropError, match="5 of the 24 people"):
        night(folder, people().iloc[:19])
    frame = people()
    frame.loc[5, "about"] = "I now keep the tugs"
    frame.loc[20, "manager_id"] = "P003"
    joined = frame.iloc[[1]].assign(person_id="P900")
    encoder = HashEncoder()
    done = night(folder, pd.concat([frame.drop(index=23), joined], ignore_index=True), encoder)
    assert done.build.changes.as_dict() == {
        "added": 1, "changed": 1, "moved": 1, "unchanged": 21, "left": 1,
    }  # fmt: skip
    assert (done.build.compared_with, done.build.compared_format) == (served, FORMAT - 1)
    assert done.build.n_embedded == 1  # the cache outlives a change of the format
    assert IndexReader(upgraded.path).current().snapshot_id == done.build.snapshot_id


def test_the_gate_is_asked_and_what_came_of_it_is_said_as_it_is(
    upgraded, tmp_path, monkeypatch, capfd
):
    folder, served = upgraded.path.parent, upgraded.current_id()
    with pytest.raises(GateError):
        night(folder, gate="false")
    assert upgraded.current_id() == served
    gate = tmp_path / "gate.sh"
    gate.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    gate.chmod(0o755)
    monkeypatch.setattr("index.night.build.load_encoder", lambda _: HashEncoder())
    asked = ["nightly", str(folder / "people.csv"), "--index", str(upgraded.path)]
    assert main([*asked, "--gate", str(gate)]) == 0
    told = capfd.readouterr().out
    assert (tmp_path / "asked").read_text().split()[-1] == str(upgraded.snapshot(served))
    assert f"compared with the people of {served}, whose format {FORMAT - 1} this" in told
    assert "gate: passed, as far as another format can be compared" in told
    assert night(folder, gate="true").gate == "passed"


@pytest.mark.parametrize("name", ["people.parquet", "manifest.json"])
def test_damaged_people_of_another_format_are_not_compared_with(upgraded, name):
    for folder in upgraded.snapshots.iterdir():
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole.replace(b"2026", b"2025").replace(b"PAR1", b"PAR2"))
    done = night(upgraded.path.parent, people().iloc[:19], gate="false")
    assert done.gate == "nothing whole to compare with"
    assert done.build.compared_with is done.build.compared_format is None
    assert done.build.changes.added == 19


def test_the_drop_is_seen_though_other_files_of_the_other_format_are_damaged(upgraded):
    for folder in upgraded.snapshots.iterdir():
        (folder / "vectors.npy").write_bytes(b"")
    with pytest.raises(DropError, match="5 of the 24 people"):
        night(upgraded.path.parent, people().iloc[:19])
    done = night(upgraded.path.parent, people(), gate="false")
    assert done.gate == "nothing whole to compare with"
    assert done.build.changes.unchanged == 24


@pytest.fixture
def unread(small, make_older):
    """Two nights are over, and then came a version that cannot read whom they published."""
    for name in [night(small).build.snapshot_id for _ in range(2)]:
        make_older(small / "index", name, without=["department"])
    return IndexFolder(small / "index")


def test_whole_people_that_cannot_be_read_stop_the_night_until_it_is_meant(
    unread, capfd, monkeypatch
):
    monkeypatch.setattr("index.night.build.load_encoder", lambda _: HashEncoder())
    old, served = unread.ids()
    write(people().iloc[:19], unread.path.parent / "people.csv")
    asked = ["nightly", str(unread.path.parent / "people.csv"), "--index", str(unread.path)]
    assert main(asked) == 5
    said = capfd.readouterr().err
    assert f"cannot read the people of the published snapshot {served}" in said
    assert "--accept-drop" in said
    assert (unread.ids(), unread.current_id()) == ([old, served], served)
    assert unread.history()[-1]["why"] == "DropError"

    assert main([*asked, "--accept-drop", "--json"]) == 0
    outcome = "accepted without a comparison, since the people published cannot be read"
    told = json.loads(capfd.readouterr().out)
    assert told["gate"]["outcome"] == unread.history()[-1]["gate"] == outcome
    assert told["compared_with"] is None
    assert night(unread.path.parent, gate="true").gate == "passed"


def test_a_build_by_itself_stops_too(unread):
    with pytest.raises(DropError, match="cannot read the people"):
        build(unread.path.parent / "people.csv", unread.path, encoder=HashEncoder())


def test_an_older_one_that_can_be_read_is_compared_with_all_the_same(small, make_older):
    first, second = (night(small).build.snapshot_id for _ in range(2))
    make_older(small / "index", second, without=["department"])
    with pytest.raises(DropError, match="5 of the 24 people"):
        night(small, people().iloc[:19])
    assert night(small, people(), gate="true").build.compared_with == first


def test_damage_stops_no_night_though_what_is_damaged_could_not_be_read_either(unread):
    for folder in unread.snapshots.iterdir():
        (folder / "vectors.npy").write_bytes(b"")
    assert night(unread.path.parent, gate="false").gate == "nothing whole to compare with"


def test_damage_of_a_newer_one_stops_no_night_though_an_older_one_cannot_be_read(unread):
    done = night(unread.path.parent, accept_drop=True)
    (done.build.folder / "people.parquet").write_bytes(b"")
    assert night(unread.path.parent, gate="false").gate == "nothing whole to compare with"


def test_a_column_that_only_this_version_has_changes_nobody():
    frame = people().reindex(columns=list(PEOPLE_COLUMNS))
    changes = compare(frame.drop(columns=["languages"]), frame.assign(languages="en"))
    assert changes.unchanged == 24


def test_status_and_verify_say_that_what_serves_cannot_be_opened(upgraded, capsys):
    where = ["--index", str(upgraded.path)]
    cannot = f"{upgraded.current_id()} has format {FORMAT - 1}, this version opens {FORMAT}"
    assert main(["status", *where]) == 1
    told = capsys.readouterr().out
    assert f"problem: the snapshot {cannot}; 'python -m index nightly' makes a new one" in told
    assert told.count(f"has format {FORMAT - 1}") == 1 + 3
    assert main(["verify", *where]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert cannot in said.err


def test_once_a_new_one_serves_old_formats_are_no_problem_but_their_damage_is(upgraded, capsys):
    where = ["--index", str(upgraded.path)]
    *_, last = old = upgraded.ids()
    night(upgraded.path.parent)
    assert main(["status", *where]) == main(["verify", *where]) == 0
    said = capsys.readouterr().out
    assert "4 snapshots checked: all whole\n" in said
    assert f"of another format, which this version cannot open: {', '.join(old)}\n" in said
    path = upgraded.snapshot(last) / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert main(["verify", *where]) == 1
    assert capsys.readouterr().err == f"vectors.npy of the snapshot {last} is damaged or missing\n"


def test_nobody_can_go_back_to_another_format(upgraded, capsys):
    where = ["--index", str(upgraded.path)]
    *_, last = upgraded.ids()
    new = night(upgraded.path.parent).build.snapshot_id
    assert main(["rollback", *where]) == 1
    assert "no whole snapshot that was published before" in capsys.readouterr().err
    for command in (["rollback", "--to", last], ["publish", last]):
        assert main([*command, *where]) == 1
        assert f"has format {FORMAT - 1}, this version opens" in capsys.readouterr().err
    assert upgraded.current_id() == new


def test_pruning_before_the_first_night_drops_no_embedding(upgraded):
    with upgraded.locked():
        assert len(prune(upgraded, 1)) == 2
    frame = people().iloc[:23]
    encoder = HashEncoder()
    assert night(upgraded.path.parent, frame, encoder, keep=1).build.n_embedded == 0
    assert len(upgraded.ids()) == 1
    before = sum(len(np.load(path)) for path in upgraded.cache.glob("*/*.npy"))
    assert before == night(upgraded.path.parent).build.n_texts  # those of P023 went with that night


def test_forget_claims_nothing_before_the_first_night(upgraded, capsys):
    asked = ["forget", "P007", "--index", str(upgraded.path)]
    kept = upgraded.ids()
    assert main(asked) == 1
    said = capsys.readouterr().err
    assert "nightly' makes a new one. Nobody is forgotten yet; forget again then" in said
    assert upgraded.ids() == kept


def test_forget_removes_what_it_cannot_write_again(upgraded, capsys):
    folder = upgraded.path.parent
    old = upgraded.ids()
    night(folder, people().drop(index=7).replace({"manager_id": {"P007": "P003"}}))
    assert main(["forget", "P007", "--index", str(upgraded.path), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done == {"snapshots": upgraded.ids(), "removed": old}  # their fingerprint goes too
    assert len(upgraded.ids()) == 1
    with pytest.raises(UnknownPersonError):
        forget(upgraded, "P007")
    assert upgraded.history()[-2]["removed"] == old


def test_forget_keeps_another_format_only_where_the_person_is_surely_not_in_it(upgraded):
    first, second, third = upgraded.ids()
    frame = people()
    frame.loc[0, "person_id"] = "P900"
    frame = frame.replace({"manager_id": {"P000": "P900"}})
    night(upgraded.path.parent, frame)
    (upgraded.snapshot(second) / "people.parquet").write_bytes(b"")
    with upgraded.locked():
        done = forget(upgraded, "P900")
    assert done.removed == [second]
    assert upgraded.ids() == [first, third, *done.written]
