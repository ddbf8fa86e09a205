"""How vectors are kept, and products of a few queries with many of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

FLAT_PASSAGES = 200_000
"""Up to here one pass over all vectors costs less than about 30 ms: an exact index."""
BLOCK = 2048
"""Vectors multiplied at once: 3 MB, about a core's cache."""
FEW_ROWS = 512
"""Vectors multiplied with one query after the other where they lie."""
MANY_ROWS = 10_000
"""From so many on a single query is multiplied on all threads: a millisecond on one."""

FIXED_POINT = 32767
"""What a one is in vectors stored as int16: as exact as float16 for unit rows, five times faster to
turn into float32."""

Stored = NDArray[np.float32 | np.int16]


def is_large(n: int) -> bool:
    """Whether so many vectors are kept as int16 and searched by lists, not one by one."""
    return n > FLAT_PASSAGES


def floats(vectors: Stored) -> NDArray[np.float32]:
    """Turn stored vectors into float32 unit rows."""
    if vectors.dtype == np.int16:
        return vectors.astype(np.float32) * np.float32(1 / FIXED_POINT)
    return np.asarray(vectors, np.float32)


def empty(n: int, dim: int) -> Stored:
    """Make room for `n` vectors in the form in which a snapshot of this size keeps them."""
    form = np.dtype(np.int16 if is_large(n) else np.float32)
    room: Stored = np.empty((n, dim), form)
    return room


def stored(vectors: NDArray[np.float32], form: np.dtype[Any]) -> Stored:
    """Turn float32 unit rows into the form of `empty`."""
    if form == np.int16:
        return np.rint(vectors * FIXED_POINT).astype(np.int16)
    return vectors


def inner_products(
    queries: NDArray[np.float32], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Multiply a few queries with many vectors: `(n_queries, n_vectors)` float32.

    By FAISS's own kernel, a block that stays in the cache at a time: for one to four queries two to
    three times faster than a matrix product by OpenBLAS.
    """
    vectors = np.ascontiguousarray(vectors, np.float32)
    queries = np.ascontiguousarray(queries, np.float32)
    products = np.empty((len(queries), len(vectors)), np.float32)
    dim = vectors.shape[1]
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        pointer = faiss.swig_ptr(block)
        for query, row in zip(queries, products, strict=True):
            faiss.fvec_inner_products_ny(  # type: ignore[attr-defined]
                faiss.swig_ptr(row[start:]), faiss.swig_ptr(query), pointer, dim, len(block)
            )
    return products


def products_of(
    queries: NDArray[np.float32], vectors: Stored, numbers: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Multiply queries with some of many vectors where they lie: `(n_queries, k)` float32.

    Args:
        queries: `(n_queries, dim)` float32.
        vectors: `(n, dim)`; those that are kept as float32 only.
        numbers: `(k,)`: which rows of `vectors`.
    """
    queries = np.ascontiguousarray(queries, np.float32)
    numbers = np.ascontiguousarray(numbers, np.int64)
    products = np.empty((len(queries), len(numbers)), np.float32)
    if len(queries) == 1 and len(numbers) > MANY_ROWS:
        _multiply(queries[0], vectors, numbers, products[0])
        return products
    with one_thread():
        for start in range(0, len(numbers), FEW_ROWS):
            some = numbers[start : start + FEW_ROWS]
            for query, row in zip(queries, products, strict=True):
                _multiply(query, vectors, some, row[start:])
    return products


def _multiply(
    query: NDArray[np.float32],
    vectors: Stored,
    numbers: NDArray[np.int64],
    into: NDArray[np.float32],
) -> None:
    if len(numbers):
        faiss.fvec_inner_products_by_idx(  # type: ignore[attr-defined]
            faiss.swig_ptr(into),
            faiss.swig_ptr(query),
            faiss.swig_ptr(vectors),
            faiss.swig_ptr(numbers),
            vectors.shape[1],
            1,
            len(numbers),
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep what FAISS does for this thread on one core.

    Two save 3 ms of a search among a million people where both are free; where they are not, each
    part of a search waits for the slower one, which costs ten times that.
    """
    n_threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(n_threads)
