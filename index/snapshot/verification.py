"""Proving a snapshot before anybody reads it: bytes, counts, vectors, searches."""

import numpy as np

from index.encoder.protocol import Encoder
from index.snapshot import manifest
from index.snapshot.snapshot import Snapshot
from recommender.errors import BuildError
from recommender.goals import centred
from recommender.profiles import Field
from recommender.rules import Mask

SAMPLE = 24
"""How many vectors are made again, and how many searches are compared."""
NEIGHBOURS = 10
MIN_COSINE = 0.999
"""A vector made again in another batch; rounding leaves more than .99999 of it."""
TIE = 1e-3
"""Two similarities that differ by less are equal: vectors of a large index are kept as int16."""
MIN_RECALL = 0.95


def verify(snapshot: Snapshot, encoder: Encoder | None) -> None:
    """Check a snapshot's bytes, counts, a sample of vectors, and a sample of searches.

    Args:
        snapshot: the opened snapshot.
        encoder: what made its vectors; None where they cannot be made again (drawn ones).

    Raises:
        SnapshotError: a file is damaged.
        BuildError: the content does not hold together; the message says where.
    """
    manifest.check_snapshot(snapshot.folder, snapshot.manifest)
    _check_counts(snapshot)
    pieces = np.flatnonzero(np.asarray(snapshot.passage_fields) != int(Field.PROFILE))
    rows = np.random.default_rng(0).choice(pieces, min(SAMPLE, len(pieces)), replace=False)
    if encoder is not None and len(rows):
        _check_vectors(snapshot, encoder, np.sort(rows))
    _check_searches(snapshot, np.sort(rows))


def _check_counts(snapshot: Snapshot) -> None:
    passages, people = snapshot.manifest.n_passages, snapshot.manifest.n_people
    counts = {
        "people": (len(snapshot.people), people),
        "passage starts": (len(snapshot.starts), people + 1),
        "passages by person": (int(snapshot.starts[-1]), passages),
        "fields": (len(snapshot.passage_fields), passages),
        "vectors": (len(snapshot.passage_vectors), passages),
        "FAISS": (len(snapshot.index), passages),
        "texts": (len(snapshot.passage_cells), passages),
        "people's texts": (len(snapshot.people_cells), people),
    }
    for name, (found, expected) in counts.items():
        if found != expected:
            raise BuildError(
                f"the snapshot {snapshot.snapshot_id} has {found:,} {name} where {expected:,} "
                "should be; it was not published"
            )


def _check_vectors(
    snapshot: Snapshot, encoder: Encoder, rows: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> None:
    again = centred(encoder.encode_passages(snapshot.texts(rows)), snapshot.centroids[1])
    cosines = (again * snapshot.vectors(rows)).sum(axis=1)
    if cosines.min() < MIN_COSINE:
        raise BuildError(
            f"{int((cosines < MIN_COSINE).sum())} of {len(rows)} vectors of the snapshot "
            f"{snapshot.snapshot_id} are not what the encoder says (cosine {cosines.min():.4f}); "
            "it was not published. Remove the cache folder of the index and build again"
        )


def _check_searches(snapshot: Snapshot, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    person_of = np.searchsorted(snapshot.starts, rows, side="right") - 1
    eligible = np.random.default_rng(1).random(len(snapshot.people)) < 0.5
    eligible[person_of] = True
    queries = snapshot.vectors(rows)
    hit = sum(_is_found(snapshot, queries[[number]], eligible) for number in range(len(person_of)))
    if hit < MIN_RECALL * len(rows):
        raise BuildError(
            f"{len(rows) - hit} of {len(rows)} searches in the snapshot {snapshot.snapshot_id} do "
            "not find the vector that was searched for; it was not published"
        )


def _is_found(
    snapshot: Snapshot, query: np.ndarray[tuple[int, int], np.dtype[np.float32]], eligible: Mask
) -> bool:
    """Return whether a search finds a passage as close as the one searched for.

    It need not be the same person's: where many share a title and wrote nothing, their vectors are
    equal, and whoever of them is found is right.
    """
    found = snapshot.index.search(query, eligible, NEIGHBOURS)
    if not len(found):
        return False
    _, numbers = snapshot.passages.of(found)
    closest = float(snapshot.passages.similarity(query, numbers).max())
    return closest >= float((query * query).sum()) - TIE
