"""What a night costs: the change that is measured, what is drawn, and the sums."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eval.commands.nights import table
from eval.performance.night_costs import (
    Clock,
    cells_of,
    measure_nights,
    rewrite,
)

SAMPLE = Path("eval/datasets/halden/people.csv")


class Hashing:
    name = "hash"
    revision = "fedcba9876543210"
    dim = 24

    def __init__(self):
        self.n_texts = 0

    def encode_queries(self, texts):
        return self.encode_passages(texts)

    def encode_parts(self, texts):
        vectors = self.encode_passages(texts)
        return vectors, vectors

    def encode_passages(self, texts, progress=None):
        self.n_texts += len(texts)
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
            vectors[row] = np.random.default_rng(seed).standard_normal(self.dim)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def encoder(monkeypatch, tmp_path):
    monkeypatch.setenv("LEARNING_RELATIONSHIPS_CACHE", str(tmp_path / "cache"))
    return Hashing()


def test_every_text_of_the_chosen_changes_and_nobody_elses():
    people = pd.DataFrame(
        {"about": ["a", "b"], "can_help_with": ["c", ""], "experience": ["d\ne", "f"],
         "skills": ["g;h", "i"], "job_title": ["j", "k"], "email": ["l", "m"]}
    )  # fmt: skip
    changed = rewrite(people, 0.5, "x", seed=0)
    (row,) = np.flatnonzero((changed != people).any(axis=1))
    assert changed.iloc[1 - row].equals(people.iloc[1 - row])
    everyone = rewrite(people, 1.0, "x")
    assert everyone.iloc[0].tolist() == ["a x", "c x", "d x\ne x", "g;h;x", "j x", "l"]
    assert everyone["can_help_with"][1] == ""


def test_an_unchanged_night_embeds_nothing_and_a_changed_one_what_changed(encoder, tmp_path):
    nights = measure_nights(
        cells_of(SAMPLE, 120), SAMPLE, tmp_path, encoder, embed_at_most=10**6,
        shares=(0.0, 0.1, 1.0),
    )  # fmt: skip
    first, unchanged, tenth, everyone = nights
    assert [night.n_changed for night in nights] == [120, 0, 12, 120]
    assert unchanged.n_texts == 0
    assert 0 < tenth.n_texts < 0.2 * first.n_texts
    assert everyone.n_texts == pytest.approx(first.n_texts, rel=0.05)
    assert all(0 <= night.n_embedded - night.n_texts <= 24 for night in nights)  # the build's check


def test_a_night_of_too_many_texts_draws_most_and_reckons(encoder, tmp_path):
    (first,) = measure_nights(
        cells_of(SAMPLE, 120), SAMPLE, tmp_path, encoder, embed_at_most=50, shares=()
    )
    assert 25 <= first.n_embedded <= 50 + 24
    assert first.n_texts > 300
    assert "| ≈ " in table([first, first])


def test_clocks_are_added_and_stretched():
    assert Clock(1.0, 2.0).times(3).plus(Clock(0.5, 1.0), -1) == Clock(2.5, 5.0)
