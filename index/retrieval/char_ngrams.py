"""Pieces of words beside whole words: tf-idf of character 4-grams, person by person.

They match "negotiating" with "negotiation" and "Verhandlung" with "verhandeln" in any language that
writes words of letters, without a stemmer for it.

Source: P. McNamee and J. Mayfield, "Character n-gram tokenization for European language text
retrieval", Information Retrieval 7, 2004 (4-grams are best); hashing: K. Weinberger et al.,
"Feature hashing for large scale multitask learning", ICML 2009.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.disk import files

SIZE = 4
BUCKETS = 1 << 18
"""Grams are hashed into so many; two that share a bucket are rare and do little harm."""
PROFILES_AT_ONCE = 2_000
"""Profiles counted in one step."""
AT_ONCE = 1 << 17
"""Entries looked at at once."""

STARTS = "gram_starts.npy"
GRAMS = "gram_buckets.npy"
WEIGHTS = "gram_weights.npy"
FREQUENCIES = "gram_idf.npy"

_WORD = re.compile(r"[^\W_]+")


def grams_of(text: str) -> list[str]:
    """Cut each word, between two `_`, into its 4-grams: "help" into `_hel`, `help`, `elp_`."""
    grams: list[str] = []
    for word in _WORD.findall(text.lower()):
        padded = f"_{word}_"
        grams += [padded[at : at + SIZE] for at in range(max(1, len(padded) - SIZE + 1))]
    return grams


@dataclass(frozen=True, slots=True)
class GramIndex:
    """For each person the hashed grams of their profile, weighed to unit length."""

    starts: NDArray[np.int64]
    """`(n_people + 1,)`: person i owns the entries `starts[i]:starts[i + 1]`."""
    buckets: NDArray[np.int32]
    weights: NDArray[np.float16]
    idf: NDArray[np.float32]
    """`(BUCKETS,)`: 1 + ln((1 + people) / (1 + people with it))."""

    @classmethod
    def build(cls, profiles: Sequence[str]) -> Self:
        """Weigh every gram of every profile; profile i is person i's."""
        known: dict[str, NDArray[np.int32]] = {}
        counted = [
            _count_all(profiles[start : start + PROFILES_AT_ONCE], known)
            for start in range(0, max(len(profiles), 1), PROFILES_AT_ONCE)
        ]
        lengths, buckets, times = (np.concatenate(parts) for parts in zip(*counted, strict=True))
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
        having = np.bincount(buckets, minlength=BUCKETS)
        idf = (1 + np.log((1 + len(profiles)) / (1 + having))).astype(np.float32)
        weights = (1 + np.log(times)) * idf[buckets]
        owner = np.repeat(np.arange(len(lengths)), lengths)
        norms = np.sqrt(np.bincount(owner, weights.astype(np.float64) ** 2, len(lengths)))
        weights /= np.maximum(norms, 1e-9).astype(np.float32)[owner]
        return cls(starts, buckets, weights.astype(np.float16), idf)

    def save(self, folder: Path) -> None:
        """Write the index into a snapshot's folder."""
        files.write_array(folder / STARTS, self.starts)
        files.write_array(folder / GRAMS, self.buckets)
        files.write_array(folder / WEIGHTS, self.weights)
        files.write_array(folder / FREQUENCIES, self.idf)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the index of a snapshot; the entries stay on the disk until they are touched."""
        return cls(
            files.map_array(folder / STARTS),
            files.map_array(folder / GRAMS),
            files.map_array(folder / WEIGHTS),
            np.load(folder / FREQUENCIES),
        )

    def similarity(self, text: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Compare a text with the profiles of `rows`: cosines, `(len(rows),)` float32, 0 to 1."""
        buckets, weights = _count(text)
        weights = weights * self.idf[buckets]
        query = weights / max(float(np.linalg.norm(weights)), 1e-9)
        # a goal has a few hundred grams: the table stays in the cache
        place = np.zeros(BUCKETS, np.uint16)
        place[buckets] = np.arange(1, len(buckets) + 1)
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        ends = np.cumsum(counts)
        sums = np.zeros(len(rows), np.float32)
        for span in _spans(ends):
            pieces = zip(first[span].tolist(), (first[span] + counts[span]).tolist(), strict=True)
            found = place.take(np.concatenate([self.buckets[here:end] for here, end in pieces]))
            hits = np.flatnonzero(found != 0)
            ends_here = np.cumsum(counts[span])
            owner = np.searchsorted(ends_here, hits, side="right")
            entries = hits + (first[span] + counts[span] - ends_here)[owner]
            products = query[found[hits] - 1] * self.weights[entries].astype(np.float32)
            sums[span] = np.bincount(owner, products, span.stop - span.start)
        return sums


def _spans(ends: NDArray[np.int64]) -> Iterator[slice]:
    """Cut people into spans of about `AT_ONCE` entries, so that what is computed stays small."""
    start = 0
    while start < len(ends):
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + AT_ONCE)), start + 1)
        yield slice(start, stop)
        start = stop


def _count(text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Hash a text's grams: ascending buckets, and 1 + ln(count) of each."""
    _, buckets, times = _count_all([text], {})
    return buckets, 1 + np.log(times)


def _count_all(
    texts: Sequence[str], known: dict[str, NDArray[np.int32]]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Hash and count the grams of some texts, cutting each word once.

    Args:
        texts: some profiles.
        known: the buckets of the words that were already cut; more are added.

    Returns:
        How many buckets each text has; the buckets, ascending in each text; and how often each one
        is there.
    """
    found: list[NDArray[np.int32]] = []
    ends: list[int] = []
    for text in texts:
        for word in _WORD.findall(text.lower()):
            buckets = known.get(word)
            if buckets is None:
                buckets = known[word] = _buckets_of(word)
            found.append(buckets)
        ends.append(len(found))
    n_grams = np.concatenate(([0], np.cumsum([len(buckets) for buckets in found]))).astype(np.int64)
    per_text = np.diff(n_grams[np.asarray([0, *ends])])
    owner = np.repeat(np.arange(len(texts)), per_text)
    grams = np.concatenate([np.zeros(0, np.int32), *found])
    keys, counts = np.unique(owner * BUCKETS + grams, return_counts=True)
    lengths = np.bincount(keys // BUCKETS, minlength=len(texts))
    return lengths, (keys % BUCKETS).astype(np.int32), counts.astype(np.float32)


def _buckets_of(word: str) -> NDArray[np.int32]:
    hashed = [zlib.crc32(gram.encode()) & (BUCKETS - 1) for gram in grams_of(word)]
    return np.array(hashed, np.int32)


def _unit(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    return weights / max(float(np.linalg.norm(weights)), 1e-9)
