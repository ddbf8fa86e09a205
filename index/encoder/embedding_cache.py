"""Embeddings that were already made, kept by text, side, model and prompt.

A cache folder holds immutable segments. A segment's name is the hash of its bytes, so one that is
damaged is found when it is opened, and thrown away: its texts are embedded again.
"""

import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.disk.files import sha256_of
from index.encoder.protocol import EncoderAround, Progress

KEY_BYTES = 16
BLOCK = 4096
"""Texts embedded between two segments: what a killed build loses at most."""
MERGE_FROM = 24
"""From this many segments on, a build merges them into one."""

_log = logging.getLogger(__name__)


@dataclass
class EmbeddingCache:
    """Vectors by the hash of their text, for one revision of one encoder."""

    folder: Path
    dim: int
    _segments: dict[Path, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, dim: int) -> Self:
        """Open a cache folder, made where missing; damaged segments are removed.

        Raises:
            BuildError: the folder cannot be written.
        """
        files.make_folder(folder)
        cache = cls(folder, dim)
        for path in sorted(folder.glob("*.npy")):
            segment = _read_segment(path, dim)
            if segment is None:
                _log.warning("a damaged embedding segment is thrown away: %s", path.name)
                files.remove_file(path)
            else:
                cache._segments[path] = segment
        return cache

    def find(self, keys: NDArray[np.bytes_]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Look keys up.

        Returns:
            `(n,)` bool, which were found, and `(n, dim)` float32, zeros where not.
        """
        found = np.zeros(len(keys), np.bool_)
        vectors = np.zeros((len(keys), self.dim), np.float32)
        for segment in self._segments.values():
            stored = np.asarray(segment["key"])
            if not len(stored):
                continue
            order = np.argsort(stored)
            place = np.searchsorted(stored, keys, sorter=order)
            place = order[np.minimum(place, len(stored) - 1)]
            hits = np.flatnonzero((stored[place] == keys) & ~found)
            vectors[hits] = segment["vector"][place[hits]]
            found[hits] = True
        return found, vectors

    def add(self, keys: NDArray[np.bytes_], vectors: NDArray[np.float32]) -> None:
        """Keep `(n, dim)` vectors under `(n,)` keys, in a new segment."""
        segment = np.empty(len(keys), _dtype(self.dim))
        segment["key"], segment["vector"] = keys, vectors
        self._write(segment)

    def keep_only(self, keys: NDArray[np.bytes_]) -> int:
        """Drop every vector whose key is not among `keys`; returns how many were dropped."""
        dropped = 0
        for path, segment in list(self._segments.items()):
            kept = np.isin(np.asarray(segment["key"]), keys)
            if not kept.all():
                dropped += int((~kept).sum())
                if kept.any():
                    self._write(np.asarray(segment[kept]))
                self._remove([path])
        return dropped

    def merge(self) -> None:
        """Make one segment of many, where there are `MERGE_FROM` or more."""
        if len(self._segments) >= MERGE_FROM:
            whole = np.concatenate(list(self._segments.values()))
            _, first = np.unique(whole["key"], return_index=True)
            old = list(self._segments)
            self._write(whole[first])
            self._remove(old)

    def __len__(self) -> int:
        return sum(len(segment) for segment in self._segments.values())

    def _write(self, segment: NDArray[Any]) -> None:
        unnamed = self.folder / f"new.{os.getpid()}"
        with files.writing(unnamed) as temporary, temporary.open("wb") as stream:
            np.save(stream, segment, allow_pickle=False)
        path = self.folder / f"{sha256_of(unnamed)[:32]}.npy"
        files.move(unnamed, path)
        self._segments[path] = np.load(path, mmap_mode="r", allow_pickle=False)

    def _remove(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._segments.pop(path, None)
            files.remove_file(path)


@dataclass
class CachingEncoder(EncoderAround):
    """An `Encoder` that embeds each passage and goal once; parts of goals it does not remember."""

    cache: EmbeddingCache
    embedded: int = 0
    """Texts that had to be embedded since this was made."""
    remembered: int = 0
    """Different texts that were found in the cache."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals; see `Encoder`."""
        return self._encode("query", texts, None)

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed passages; see `Encoder`."""
        return self._encode("passage", texts, progress)

    def _encode(
        self, side: str, texts: Sequence[str], progress: Progress | None
    ) -> NDArray[np.float32]:
        keys = keys_of(side, texts)
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        found, vectors = self.cache.find(unique)
        missing = np.flatnonzero(~found)
        self.remembered += len(unique) - len(missing)
        self.embedded += len(missing)
        lengths = np.array([len(texts[first[place]]) for place in missing], np.int64)
        missing = missing[np.argsort(-lengths, kind="stable")]
        for start in range(0, len(missing), BLOCK):
            block = missing[start : start + BLOCK]
            vectors[block] = self._embed(
                side, [texts[first[place]] for place in block], _shifted(progress, start, missing)
            )
            self.cache.add(unique[block], vectors[block])
        return np.ascontiguousarray(vectors[inverse.reshape(-1)])

    def _embed(self, side: str, texts: list[str], progress: Progress | None) -> NDArray[np.float32]:
        if side == "query":
            return self.inner.encode_queries(texts)
        return self.inner.encode_passages(texts, progress)


def keys_of(side: str, texts: Sequence[str]) -> NDArray[np.bytes_]:
    """Hash texts: `(n,)` of `KEY_BYTES` bytes each; `side` is "query" or "passage"."""
    prefix = f"{side}\0".encode()
    digests = b"".join(
        hashlib.blake2b(prefix + text.encode(), digest_size=KEY_BYTES).digest() for text in texts
    )
    return np.frombuffer(digests, np.dtype(f"S{KEY_BYTES}"))


def find_damaged_segments(folder: Path) -> list[Path]:
    """List the segments of a cache folder whose bytes are not what their names say."""
    return [path for path in sorted(folder.glob("*.npy")) if sha256_of(path)[:32] != path.stem]


def _shifted(progress: Progress | None, start: int, missing: NDArray[np.int64]) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(start + done, len(missing))


def _dtype(dim: int) -> np.dtype[Any]:
    return np.dtype([("key", f"S{KEY_BYTES}"), ("vector", np.float32, (dim,))])


def _read_segment(path: Path, dim: int) -> NDArray[Any] | None:
    try:
        if sha256_of(path)[:32] != path.stem:
            return None
        segment: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        return None
    return segment if segment.dtype == _dtype(dim) else None
