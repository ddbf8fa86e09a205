"""A manifest vouches for what lies in its own folder, and for nothing else."""

import json
from hashlib import sha256

import pytest

from index.__main__ import main
from index.disk.files import sha256_of
from index.snapshot import manifest
from recommender.errors import SnapshotError


def snapshot(index, name, target):
    """Forge a snapshot of another format, with a manifest whose hash is right."""
    record = {"sha256": sha256_of(target), "size": target.stat().st_size}
    text = json.dumps({"format": 1, "files": {name: record}}).encode()
    folder = index / "snapshots" / f"20261201T020000000Z-{sha256(text).hexdigest()[:12]}"
    folder.mkdir(parents=True)
    (folder / manifest.MANIFEST).write_bytes(text)
    return folder


@pytest.mark.parametrize(
    "name",
    ["../../../secret", "{}", "sub/../../../../secret", ".", "..", "", "a\nb", "manifest.json"],
)
def test_verify_does_not_vouch_for_files_elsewhere(name, tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text("hello")
    folder = snapshot(tmp_path / "index", name.format(secret), secret)
    with pytest.raises(SnapshotError, match=r"manifest\.json .* is damaged"):
        manifest.read_listing(folder)
    assert main(["verify", "--index", str(tmp_path / "index")]) == 1
    told = capsys.readouterr()
    assert "all whole" not in told.out
    assert "manifest.json of the snapshot" in told.err


def test_verify_does_not_follow_links(tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text("hello")
    folder = snapshot(tmp_path / "index", "people.parquet", secret)
    assert manifest.find_damage(folder, manifest.read_listing(folder)) == ["people.parquet"]
    (folder / "people.parquet").write_text("hello")
    assert manifest.find_damage(folder, manifest.read_listing(folder)) == []
    (folder / "people.parquet").unlink()
    (folder / "people.parquet").symlink_to(secret)
    assert main(["verify", "--index", str(tmp_path / "index")]) == 1
    assert "people.parquet of the snapshot" in capsys.readouterr().err
