"""What one run of a model's graph is fed: several texts at once, none seeing another.

Packed: texts stand one behind the other in a single row, each read as if it were alone, so that
nothing is computed for padding and a goal's needs cost as much as the goal in one piece. Padded: a
text a row, for models that cannot be packed.

Source: packing without letting texts see one another: M. Krell et al., "Efficient sequence packing
without cross-contamination", 2021.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Feed: TypeAlias = dict[str, NDArray[np.int64]]

PACKED_TOKENS = 160
"""Word pieces of a packed row; a longer text has a row of its own. All pairs of a row's pieces are
scored, those of different texts in vain: in rows much longer that costs more than it saves."""
MAX_BATCH_TOKENS = 4096
"""Of padded rows, padding included. Larger batches gain nothing on a CPU: they leave its caches."""
LEAST_SHARE = 0.6
"""A text shorter than this share of its group's longest one begins a new group: padding it would
cost more than one more run."""


def packed(ids: list[list[int]]) -> Iterator[tuple[list[int], Feed]]:
    """Pack texts of like length into rows, the longest first.

    Args:
        ids: each text's word pieces, the special ones included; never empty.

    Yields:
        The texts' numbers, and what the graph is fed: `input_ids` `(1, tokens)`; `text`
        `(1, tokens)`, the place among the numbers of the text that a token belongs to; and
        `places` `(texts, longest)`, where each text's tokens stand in the row, -1 behind them.
    """
    batch: list[int] = []
    size = 0
    for number in _longest_first(ids):
        if batch and size + len(ids[number]) > PACKED_TOKENS:
            yield batch, _pack([ids[one] for one in batch])
            batch, size = [], 0
        batch.append(number)
        size += len(ids[number])
    if batch:
        yield batch, _pack([ids[one] for one in batch])


def _pack(texts: list[list[int]]) -> Feed:
    lengths = np.array([len(text) for text in texts])
    starts = np.cumsum(lengths) - lengths
    column = np.arange(lengths.max())
    places = np.where(column < lengths[:, None], starts[:, None] + column, -1)
    return {
        "input_ids": np.concatenate([np.asarray(text, np.int64) for text in texts])[None],
        "text": np.repeat(np.arange(len(texts)), lengths)[None],
        "places": places,
    }


def padded(ids: list[list[int]], pad_id: int) -> Iterator[tuple[list[int], Feed]]:
    """Group texts of like length, the longest first, `MAX_BATCH_TOKENS` a group at most.

    Yields:
        The texts' numbers, and what the graph is fed: `input_ids` and `attention_mask`, both
        `(texts, longest)`.
    """
    batch: list[int] = []
    for number in _longest_first(ids):
        longest = len(ids[batch[0]]) if batch else 0
        full = bool(batch) and longest * (len(batch) + 1) > MAX_BATCH_TOKENS
        if full or (batch and len(ids[number]) < LEAST_SHARE * longest):
            yield batch, _pad([ids[one] for one in batch], pad_id)
            batch = []
        batch.append(number)
    if batch:
        yield batch, _pad([ids[one] for one in batch], pad_id)


def _pad(texts: list[list[int]], pad_id: int) -> Feed:
    longest = max(len(text) for text in texts)
    filled = np.full((len(texts), longest), pad_id, np.int64)
    mask = np.zeros((len(texts), longest), np.int64)
    for row, text in enumerate(texts):
        filled[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return {"input_ids": filled, "attention_mask": mask}


def _longest_first(ids: list[list[int]]) -> list[int]:
    return sorted(range(len(ids)), key=lambda number: -len(ids[number]))
