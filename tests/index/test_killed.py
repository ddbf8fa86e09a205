"""Commands killed at the steps of their write path, a full disk, and damage to every file."""

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_company import SETTINGS, HashEncoder, people, write

from index.disk.index_folder import IndexFolder
from index.night.nightly import run_night
from index.serving.reader import IndexReader, Snapshot
from index.serving.status import find_all_damage
from index.snapshot import manifest
from recommender.errors import BuildError, SnapshotError

STRIDES = {"first night": 30, "nightly": 6, "rollback": 2, "prune": 3, "forget": 16}
"""Every how many steps to kill; LEARNING_RELATIONSHIPS_KILL_STRIDE=1 takes all of them, which needs
some six minutes."""


def killed(command, scratch):
    script = Path(__file__).with_name("killed_commands.py")
    stride = os.environ.get("LEARNING_RELATIONSHIPS_KILL_STRIDE", str(STRIDES[command]))
    done = subprocess.run(
        [sys.executable, str(script), command, str(scratch), stride],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["killed"] for line in lines] == [True] * (len(lines) - 1) + [False]
    assert len(lines) > 2
    return lines


@pytest.mark.slow
def test_a_night_killed_anywhere_leaves_the_old_or_the_new_snapshot(tmp_path, small):
    lines = killed("nightly", tmp_path)
    for line in lines:
        found = line["found"]
        assert found["people"] == (24 if found["id"] == line["before"] else 23)
        assert found["damage"] == []
        assert line["next"]["people"] == 23
        assert line["next"]["id"] != line["before"]
        assert line["next"]["damage"] == line["litter"] == []
    moved = [line["found"]["id"] != line["before"] for line in lines]
    assert moved == sorted(moved)  # once swapped, the pointer stays
    assert not moved[0]
    assert moved[-1]


@pytest.mark.slow
def test_a_first_night_killed_anywhere_leaves_nothing_or_the_whole_snapshot(tmp_path, small):
    lines = killed("first night", tmp_path)
    for line in lines:
        found = line["found"]
        if found["id"] is None:
            assert "nothing is published in" in found["says"]
            assert all("CURRENT is missing" in sentence for sentence in found["damage"])
        else:
            assert (found["people"], found["damage"]) == (24, [])
        assert (line["next"]["people"], line["next"]["damage"]) == (24, [])
        assert line["next"]["id"] != found["id"]
        assert line["litter"] == []
    moved = [line["found"]["id"] is not None for line in lines]
    assert moved == sorted(moved)  # once there, the pointer stays
    assert not moved[0]
    assert moved[-1]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["rollback", "prune", "forget"])
def test_other_commands_killed_anywhere_can_be_repeated(command, tmp_path, small):
    for line in killed(command, tmp_path):
        assert line["found"]["damage"] == []
        assert line["found"]["people"] == (23 if "forget" in command and _moved(line) else 24)
        assert line["next"]["people"] == 23
        assert line["next"]["damage"] == line["litter"] == []
        if "again" in line:
            assert line["again"]["damage"] == []
            assert line["again"]["people"] == (23 if command == "forget" else 24)


def _moved(line):
    return line["found"]["id"] != line["before"]


def night(folder):
    return run_night(
        folder / "people.csv", folder / "index", settings=SETTINGS, encoder=HashEncoder(), gate=""
    )


def test_a_full_disk_is_told_and_what_serves_goes_on(small):
    old = night(small).build.snapshot_id
    write(people().iloc[:22], small / "people.csv")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = set()
    for size in (0, 600, 3000, 5000, 9000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
        try:
            with pytest.raises(BuildError) as failed:
                night(small)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        told.add(str(failed.value).split(" at ")[0].split(":")[0])
        assert IndexReader(small / "index").current().snapshot_id == old
        assert find_all_damage(IndexFolder(small / "index"), None)[1] == []
    assert told == {"the disk is full"}
    assert night(small).build.changes.left == 2


def test_every_flipped_byte_and_every_cut_is_found_and_named(small):
    folder = night(small).build.folder
    index = IndexFolder(small / "index")
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for damaged in _damages(whole):
            path.write_bytes(damaged)
            _, bad = find_all_damage(index, None)
            assert any(path.name in sentence for sentence in bad), path.name
            with pytest.raises(SnapshotError, match=path.name.replace(".", r"\.")):
                Snapshot.open(folder)
        path.unlink()
        assert any(path.name in sentence for sentence in find_all_damage(index, None)[1])
        with pytest.raises(SnapshotError, match=path.name.replace(".", r"\.")):
            Snapshot.open(folder)
        path.write_bytes(whole)
    assert find_all_damage(index, None)[1] == []
    assert Snapshot.open(folder)


def _damages(whole):
    for place in (0, len(whole) // 2, len(whole) - 1):
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        yield bytes(flipped)
    yield whole[: len(whole) // 2]
    yield whole + b"\0"
    yield b""


def test_a_file_that_does_not_belong_is_named(small):
    folder = night(small).build.folder
    (folder / "notes.txt").write_text("mine")
    assert manifest.find_damage(folder, manifest.read_manifest(folder)) == ["notes.txt"]


def test_a_damaged_pointer_is_named_and_mended(small):
    name = night(small).build.snapshot_id
    pointer = small / "index" / "CURRENT"
    for damaged in (None, b"", b"\xff\x00\x01", b"20990101T000000000Z-000000000000", b"../etc"):
        pointer.unlink() if damaged is None else pointer.write_bytes(damaged)
        with pytest.raises(SnapshotError):
            IndexReader(small / "index").current()
        _, bad = find_all_damage(IndexFolder(small / "index"), None)
        assert any("CURRENT" in sentence for sentence in bad)
    assert night(small).build.snapshot_id != name
    assert find_all_damage(IndexFolder(small / "index"), None)[1] == []


def test_readers_move_through_many_swaps_without_a_break(small):
    """A reader in another process asks all the time while nights publish and prune."""
    night(small)
    program = (
        "import sys, time; from pathlib import Path; from index.serving.reader import IndexReader\n"
        "reader = IndexReader(Path(sys.argv[1])); seen = []\n"
        "print('ready', flush=True)\n"
        "while not (Path(sys.argv[1]) / 'stop').exists():\n"
        "    s = reader.current()\n"
        "    rows = [s.passages_of(r)[-1] for r in range(len(s.people))]\n"
        "    assert len(s.texts(rows)) == s.manifest.n_people == len(s.people.frame)\n"
        "    if s.snapshot_id not in seen: seen.append(s.snapshot_id)\n"
        "print(len(seen), seen == sorted(seen))\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", program, str(small / "index")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout.readline() == "ready\n"
    for _ in range(6):
        run_night(
            small / "people.csv", small / "index", settings=SETTINGS, encoder=HashEncoder(),
            gate="", keep=1,
        )  # fmt: skip
    (small / "index" / "stop").touch()
    out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    seen, in_order = out.split()
    assert int(seen) >= 2
    assert in_order == "True"


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount command")
def test_a_small_file_system_that_fills_up(small):
    """The real thing where mounting is allowed: a tmpfs of 4 MB."""
    disk = small / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        write(people(8), disk / "people.csv")
        old = night(disk).build.snapshot_id
        for _ in range(8):
            try:
                old = night(disk).build.snapshot_id
            except BuildError as error:
                assert "full" in str(error) or "cannot write" in str(error)
                break
        else:
            pytest.fail("the disk never filled up")
        assert IndexReader(disk / "index").current().snapshot_id == old
        assert find_all_damage(IndexFolder(disk / "index"), None)[1] == []
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
