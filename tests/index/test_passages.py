"""Whose passages are whose, and their similarities, by hand and whoever else is looked at."""

import mmap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.disk import files
from index.retrieval import passages
from index.retrieval.dot_products import stored
from index.retrieval.passages import Passages
from index.retrieval.shortlist import union


def unit(n: int, dim: int = 24) -> np.ndarray:
    drawn = np.random.default_rng(n).standard_normal((n, dim)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_passages_are_listed_person_by_person():
    shelf = Passages(unit(6), np.array([0, 2, 3, 6]))
    starts, numbers = shelf.of(np.array([0, 2]))
    assert starts.tolist() == [0, 2, 5]
    assert numbers.tolist() == [0, 1, 3, 4, 5]
    assert shelf.vectors(numbers).tolist() == unit(6)[numbers].tolist()


def test_whole_profiles_are_the_last_passages_by_hand():
    vectors = np.array([[0, 1], [1, 0], [0.6, 0.8]], np.float32)
    shelf = Passages(vectors, np.array([0, 2, 3]))
    query = np.array([0, 1], np.float32)
    assert shelf.whole_profiles(query, np.array([0, 1])) == pytest.approx([0.0, 0.8])
    assert shelf.whole_profiles(query, np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize("form", [np.float32, np.int16])
@given(rows=st.sets(st.integers(0, 99), min_size=1))
def test_similarities_do_not_depend_on_who_else_is_looked_at(form, rows):
    """To the last bit: no order may change with the company it is made in."""
    shelf = Passages(stored(unit(500), np.dtype(form)), np.arange(0, 501, 5))
    queries, some = unit(7), np.array(sorted(rows))
    _, everyone = shelf.of(np.arange(100))
    _, numbers = shelf.of(some)
    whole = shelf.similarity(queries, everyone)
    assert (shelf.similarity(queries, numbers) == whole[:, numbers]).all()
    assert (shelf.similarity(queries[:1], numbers) == whole[:1, numbers]).all()
    profiles = whole[0].reshape(100, 5)[:, -1]
    assert (shelf.whole_profiles(queries[0], some) == profiles[some]).all()


def test_pages_are_let_go_and_come_back(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(passages, "MAPPED_BYTES", 0)
    monkeypatch.setattr(passages, "SPARED_BYTES", -(10**9))
    files.write_array(tmp_path / "vectors.npy", stored(unit(500), np.dtype(np.int16)))
    mapped = files.map_array(tmp_path / "vectors.npy")
    shelf = Passages(mapped, np.arange(0, 501, 5))
    _, numbers = shelf.of(np.arange(100))
    once = shelf.similarity(unit(3), numbers)
    assert (shelf.similarity(unit(3), numbers) == once).all()


def test_nothing_is_let_go_for_what_other_files_take(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(passages, "MAPPED_BYTES", 0)
    files.write_array(tmp_path / "vectors.npy", stored(unit(500), np.dtype(np.int16)))
    shelf = Passages(files.map_array(tmp_path / "vectors.npy"), np.arange(0, 501, 5))
    let_go: list[int] = []
    monkeypatch.setattr(files, "let_pages_go", lambda array: let_go.append(len(array)))
    mapped = iter([600_000_000, 590_000_000, 800_000_000, 1_100_000_000, 590_000_000])
    monkeypatch.setattr(files, "mapped_bytes", lambda: next(mapped))
    _, numbers = shelf.of(np.arange(100))
    for _ in range(3):
        shelf.similarity(unit(3), numbers)
    assert let_go == [500, 500], "at first and at 1.1 GB; not at 0.8 GB, 0.59 of it others'"


@pytest.mark.bench
def test_what_is_mapped_and_touched_counts_as_memory(tmp_path: Path):
    files.write_array(tmp_path / "numbers.npy", np.arange(4_000_000))
    mapped = files.map_array(tmp_path / "numbers.npy")
    before = files.mapped_bytes()
    assert mapped.sum() == 7_999_998_000_000
    assert files.mapped_bytes() - before > 20_000_000
    files.let_pages_go(mapped)
    assert files.mapped_bytes() - before < 10_000_000


def test_letting_go_reaches_the_map_and_leaves_other_arrays_alone(tmp_path: Path):
    files.write_array(tmp_path / "numbers.npy", np.arange(100_000))
    mapped = files.map_array(tmp_path / "numbers.npy")
    assert isinstance(mapped.base.base, mmap.mmap)
    files.let_pages_go(mapped[10:])
    files.let_pages_go(np.arange(3))
    assert mapped[-1] == 99_999


def test_lists_are_joined_ascending_and_once():
    lists = [np.array([1, 4]), np.array([0, 4]), np.zeros(0, np.int64)]
    assert union(lists, 6).tolist() == [0, 1, 4]
    assert union([], 6).tolist() == []
