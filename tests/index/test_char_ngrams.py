"""Pieces of words, worked by hand."""

from pathlib import Path

import numpy as np
import pytest

from index.retrieval.char_ngrams import GramIndex, grams_of


def test_words_are_cut_between_their_ends() -> None:
    assert grams_of("Help me") == ["_hel", "help", "elp_", "_me_"]
    assert grams_of("a b_c") == ["_a_", "_b_", "_c_"]
    assert grams_of("… 🎉") == []


def test_a_text_is_wholly_like_itself_and_unlike_a_stranger() -> None:
    grams = GramIndex.build(["sailing in storms", "tax law", ""])
    found = grams.similarity("sailing in storms", np.array([0, 1, 2]))
    assert found == pytest.approx([1.0, 0.0, 0.0], abs=1e-3)


def test_other_forms_of_a_word_are_found_in_any_language() -> None:
    grams = GramIndex.build(["Verhandlung mit Lieferanten", "Buchhaltung", "negotiations"])
    german = grams.similarity("besser verhandeln", np.array([0, 1, 2]))
    assert german[0] > german[1]
    assert grams.similarity("negotiating", np.array([2]))[0] > 0.4


def test_the_cosine_by_hand() -> None:
    # two profiles of one gram each, so that every idf is 1 + ln(3 / 2); the goal has both grams
    grams = GramIndex.build(["me", "us"])
    assert grams.similarity("me us", np.array([0, 1])) == pytest.approx([0.5**0.5] * 2, abs=1e-3)


def test_it_is_the_same_after_the_disk(tmp_path: Path) -> None:
    grams = GramIndex.build(["sailing in storms", "storm warnings", "tax law"])
    grams.save(tmp_path)
    rows = np.array([0, 2])
    again = GramIndex.open(tmp_path).similarity("storms", rows)
    assert again.tolist() == grams.similarity("storms", rows).tolist()
