"""Forgetting a person: no byte of their texts or vectors stays under the index folder."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from small_company import SETTINGS, HashEncoder, people, write

from index.__main__ import main
from index.disk.index_folder import IndexFolder
from index.encoder.embedding_cache import EmbeddingCache, keys_of
from index.night.erasure import forget
from index.night.nightly import run_night
from index.retrieval.dot_products import FIXED_POINT
from index.serving.reader import IndexReader
from recommender.errors import SnapshotError, UnknownPersonError


def forgotten(index, person_id):
    with index.locked():
        return forget(index, person_id)


@pytest.fixture
def two_nights(small):
    """Two snapshots; in the second P007 has a new text and a new manager above."""
    frame = people()
    for _ in range(2):
        write(frame, small / "people.csv")
        run_night(
            small / "people.csv", small / "index", settings=SETTINGS, encoder=HashEncoder(),
            gate="",
        )  # fmt: skip
        frame.loc[7, "about"] = "I am a very unusual diver"
    return IndexFolder(small / "index")


OWN = ("Person 7", "quay number 7 running", "Berth 7 since 2011", "very unusual diver", "crane 7")


def test_no_byte_of_the_person_is_left_anywhere(two_nights):
    index = two_nights
    snapshot = IndexReader(index.path).current()
    row = snapshot.people.row("P007")
    passages = snapshot.passages_of(row)
    vectors = [snapshot.passage_vectors[passage].tobytes() for passage in passages]
    raw = HashEncoder().encode_passages(snapshot.texts(passages)[:-3])
    vectors += [vector.tobytes() for vector in raw]
    assert sum(_holding(index, vectors[0])) == 2  # vectors.npy and index.faiss of the second night
    assert _texts(index, "very unusual diver") > 0

    done = forgotten(index, "P007")

    assert (len(done.written), done.removed) == (2, [])
    for vector in vectors:
        assert sum(_holding(index, vector)) == 0
    for text in OWN:
        assert sum(_holding(index, text.encode())) == 0
        assert _texts(index, text) == 0
    assert sum(_holding(index, b"P007")) == 0
    assert _texts(index, "P007") == 0


@pytest.mark.parametrize("form", ["flat", "ivf"])
def test_no_form_of_the_persons_vectors_is_left(small, monkeypatch, form):
    """As the model gave them, centred, as numbers of any size, and in parts."""
    if form == "ivf":
        # kept as int16, searched by codes
        monkeypatch.setattr("index.retrieval.dot_products.FLAT_PASSAGES", 50)
    write(people(), small / "people.csv")
    for _ in range(2):
        run_night(
            small / "people.csv", small / "index", settings=SETTINGS, encoder=HashEncoder(), gate=""
        )
    index = IndexFolder(small / "index")
    snapshot = IndexReader(index.path).current()
    assert snapshot.manifest.plan.kind == form
    kept = {"flat": np.float32, "ivf": np.int16}[form]
    assert snapshot.passage_vectors.dtype == kept
    passages = snapshot.passages_of(snapshot.people.row("P007"))
    own = [
        place
        for place, text in zip(passages, snapshot.texts(passages), strict=True)
        if any(part in text for part in ("7 ", " 7"))
    ]
    raw = HashEncoder().encode_passages(snapshot.texts(np.array(own)))
    needles = [
        vector[start : start + 8].astype(kind).tobytes() if kind != np.int16
        else np.rint(vector[start : start + 8] * FIXED_POINT).astype(np.int16).tobytes()
        for vector in (*raw, *snapshot.vectors(np.array(own)))
        for start in (0, 8, 16)
        for kind in (np.float32, np.float16, np.float64, np.int16)
    ]  # fmt: skip
    assert len(own) >= 5
    assert sum(sum(_holding(index, needle)) > 0 for needle in needles) >= len(needles) // 8
    forgotten(index, "P007")
    assert [needle for needle in needles if any(_holding(index, needle))] == []
    after = IndexReader(index.path).current()
    assert len(after.index) == len(after.passage_vectors) == after.manifest.n_passages


def _holding(index, needle):
    return [needle in path.read_bytes() for path in index.path.rglob("*") if path.is_file()]


def _texts(index, needle):
    """Count the cells that hold a text; Parquet is compressed, so that bytes do not tell."""
    count = 0
    for path in index.path.rglob("*.parquet"):
        for column in pq.read_table(path).columns:
            count += sum(needle in str(cell) for cell in column.to_pylist())
    return count


def test_texts_that_others_have_too_stay_in_the_cache(two_nights):
    forgotten(two_nights, "P007")
    again = HashEncoder()
    folder = two_nights.path.parent
    write(people().drop(index=7).replace({"manager_id": {"P007": "P003"}}), folder / "people.csv")
    night = run_night(
        folder / "people.csv", two_nights.path, settings=SETTINGS, encoder=again, gate=""
    )
    assert night.build.n_embedded == 0
    assert night.build.changes.as_dict() == {
        "added": 0, "changed": 0, "moved": 0, "unchanged": 23, "left": 0,
    }  # fmt: skip


def test_their_reports_stay_below_the_next_manager(two_nights):
    before = IndexReader(two_nights.path).current().people
    reports = [before.ids[row] for row in np.flatnonzero(before.manager == before.row("P007"))]
    assert reports == ["P015", "P016"]
    forgotten(two_nights, "P007")
    after = IndexReader(two_nights.path).current().people
    for person in reports:
        assert after.ids[after.manager[after.row(person)]] == "P003"  # P007's own manager
        assert after.org.in_chain(after.row("P000"), after.row(person))


def test_everyone_else_is_as_before_and_the_order_of_nights_too(two_nights):
    reader = IndexReader(two_nights.path)
    old = reader.current()
    old_ids = two_nights.ids()
    forgotten(two_nights, "P007")
    new = reader.current()
    assert new.snapshot_id != old.snapshot_id
    assert [name[:19] for name in two_nights.ids()] == [name[:19] for name in old_ids]
    kept = [row for row in range(len(old.people)) if old.people.ids[row] != "P007"]
    assert list(new.people.ids) == [old.people.ids[row] for row in kept]
    for place, row in enumerate(kept):
        assert new.texts(new.passages_of(place)) == old.texts(old.passages_of(row))
        same = old.vectors(old.passages_of(row))
        assert (new.vectors(new.passages_of(place)) == same).all()
    columns = [name for name in old.people.frame if name != "manager_id"]
    expected = old.people.frame[columns].iloc[kept].reset_index(drop=True)
    pd.testing.assert_frame_equal(new.people.frame[columns], expected)


def test_a_text_that_only_a_killed_build_embedded_goes_from_the_cache_too(two_nights):
    """It is in no snapshot, so that nobody can tell whose it was."""
    folder = two_nights.path / "cache" / HashEncoder.revision
    cache = EmbeddingCache.open(folder, HashEncoder.dim)
    vector = HashEncoder().encode_passages(["P007's newest text"])
    cache.add(keys_of("passage", ["P007's newest text"]), vector)
    assert sum(_holding(two_nights, vector.tobytes())) == 1
    forgotten(two_nights, "P007")
    assert sum(_holding(two_nights, vector.tobytes())) == 0


def test_how_far_it_is_is_told_snapshot_by_snapshot(two_nights, capsys):
    assert main(["forget", "P007", "--index", str(two_nights.path), "--json"]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)["snapshots"]) == 2
    assert said.err.splitlines() == [
        "looking for the person",
        "clearing the cache of embeddings",
        "rewriting snapshots",
        "rewriting snapshots 0 of 2",
        "rewriting snapshots 2 of 2",
    ]


def test_an_unknown_person_changes_nothing(two_nights):
    names = two_nights.ids()
    with pytest.raises(UnknownPersonError):
        forgotten(two_nights, "P999")
    assert two_nights.ids() == names


@pytest.fixture
def damaged(two_nights):
    """The older of two snapshots, of which nobody can tell any more whom it has."""
    old = two_nights.ids()[0]
    (two_nights.snapshot(old) / "people.parquet").write_bytes(b"")
    return old


def test_a_mistyped_id_removes_nothing_though_nobody_can_tell(two_nights, damaged, capsys):
    names, history = two_nights.ids(), two_nights.history()
    assert main(["forget", "P007typo", "--index", str(two_nights.path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == "SnapshotError"
    assert f"whether {damaged} has" in told["message"]
    assert "No snapshot is removed and nobody is forgotten" in told["message"]
    assert "--unreadable" in told["message"]
    assert (two_nights.ids(), two_nights.history()) == (names, history)
    with pytest.raises(SnapshotError):  # and again: no success is ever claimed
        forgotten(two_nights, "P007typo")


def test_what_cannot_be_read_goes_by_a_word_where_no_other_has_the_person(
    two_nights, damaged, capsys
):
    _, whole = two_nights.ids()
    asked = ["forget", "P999", "--unreadable", "--index", str(two_nights.path), "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out) == {"snapshots": [], "removed": [damaged]}
    assert two_nights.ids() == [whole]
    assert two_nights.history()[-1]["removed"] == [damaged]
    assert main(asked) == 1  # now all can be read, and none has them
    assert json.loads(capsys.readouterr().out)["error"] == "UnknownPersonError"


def test_what_cannot_be_read_goes_by_name_where_another_has_the_person(two_nights, damaged, capsys):
    assert main(["forget", "P007", "--index", str(two_nights.path)]) == 0
    assert f"removed, since damaged or of another format: {damaged}." in capsys.readouterr().out
    assert len(two_nights.ids()) == 1
    assert sum(_holding(two_nights, b"P007")) == 0


def test_a_kill_among_removals_leaves_what_is_sure_to_be_found_again(
    two_nights, make_older, monkeypatch
):
    """Else the second try would find nobody who has the person, and one that nobody can read."""
    first, second = two_nights.ids()
    export = two_nights.path.parent / "people.csv"
    write(people().drop(index=7).replace({"manager_id": {"P007": "P003"}}), export)
    run_night(export, two_nights.path, settings=SETTINGS, encoder=HashEncoder(), gate="")
    older = make_older(two_nights.path, first).name
    (two_nights.snapshot(second) / "people.parquet").write_bytes(b"")
    discard, removed = IndexFolder.discard, []

    def killed(index, folder):
        if removed:
            raise KeyboardInterrupt
        discard(index, folder)
        removed.append(folder.name)

    with monkeypatch.context() as patched:
        patched.setattr(IndexFolder, "discard", killed)
        with pytest.raises(KeyboardInterrupt):
            forgotten(two_nights, "P007")
    assert removed == [second]
    assert forgotten(two_nights, "P007").removed == [older]
    assert len(two_nights.ids()) == 1
