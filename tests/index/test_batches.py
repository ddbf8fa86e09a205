"""What a model's graph is fed, by hand and over any lengths."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.encoder.batches import (
    MAX_BATCH_TOKENS,
    PACKED_TOKENS,
    packed,
    padded,
)

LENGTHS = st.lists(st.integers(1, 2 * PACKED_TOKENS), min_size=1, max_size=40)


def test_two_texts_stand_one_behind_the_other_the_longer_first():
    ((numbers, feed),) = packed([[7, 8], [4, 5, 6]])
    assert numbers == [1, 0]
    assert feed["input_ids"].tolist() == [[4, 5, 6, 7, 8]]
    assert feed["text"].tolist() == [[0, 0, 0, 1, 1]]
    assert feed["places"].tolist() == [[0, 1, 2], [3, 4, -1]]


def test_a_text_a_row_is_filled_up():
    ((numbers, feed),) = padded([[7, 8], [4, 5, 6]], pad_id=1)
    assert numbers == [1, 0]
    assert feed["input_ids"].tolist() == [[4, 5, 6], [7, 8, 1]]
    assert feed["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]


@given(LENGTHS)
def test_every_text_is_packed_whole_and_once_into_rows_that_are_not_too_long(lengths):
    ids = [[number + 1] * length for number, length in enumerate(lengths)]
    seen = []
    for numbers, feed in packed(ids):
        (row,) = feed["input_ids"]
        assert len(numbers) == 1 or len(row) <= PACKED_TOKENS
        for place, number in enumerate(numbers):
            where = feed["places"][place]
            assert row[where[where >= 0]].tolist() == ids[number]
            assert np.flatnonzero(feed["text"][0] == place).tolist() == where[where >= 0].tolist()
        seen += numbers
    assert sorted(seen) == list(range(len(ids)))


@given(LENGTHS)
def test_every_text_is_padded_whole_and_once_with_little_padding(lengths):
    ids = [[number + 1] * length for number, length in enumerate(lengths)]
    seen = []
    for numbers, feed in padded(ids, pad_id=0):
        mask = feed["attention_mask"]
        assert len(numbers) == 1 or mask.size <= MAX_BATCH_TOKENS
        assert mask.mean() >= 0.6
        for row, number in enumerate(numbers):
            assert feed["input_ids"][row][mask[row] == 1].tolist() == ids[number]
        seen += numbers
    assert sorted(seen) == list(range(len(ids)))
