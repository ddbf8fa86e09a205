"""Writing a snapshot's files into the staging folder, and moving it into its place."""

import hashlib
import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.disk import files
from index.disk.index_folder import IndexFolder, now
from index.goal_models.kind_model import KindModel
from index.goal_models.need_model import NeedModel
from index.retrieval.bm25 import LexicalIndex
from index.retrieval.char_ngrams import GramIndex
from index.retrieval.dot_products import Stored, empty, stored
from index.retrieval.plan import Plan
from index.retrieval.vector_index import VectorIndex
from index.snapshot import manifest
from index.snapshot.identities import write_identities
from index.snapshot.tables import write_frame, write_people_columns
from recommender.errors import InputError
from recommender.goals import centred
from recommender.people import People
from recommender.profiles import Field

PEOPLE_AT_ONCE = 16_000
"""People whose passages are centred and compared in one step."""

LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "pandas", "pyarrow", "tokenizers")


@dataclass(frozen=True, slots=True)
class Content:
    """All that a snapshot is made of."""

    people: pd.DataFrame
    """A validated people frame; row i is person i."""
    passages: pd.DataFrame
    """As `recommender.profiles.passages_frame` gives them."""
    vectors: Stored
    """`(n_passages, dim)`: centred unit rows, in the form in which they are kept."""
    goals: NDArray[np.float32]
    """`(n, dim)`: centred reference goals, to choose a large index's probes by."""
    centroids: NDArray[np.float32]
    """`(2, dim)`: what was subtracted from goals, and from passages."""
    kinds: KindModel
    needs: NeedModel
    as_of: np.datetime64
    model: manifest.Model
    policy: str
    report: dict[str, Any]
    """What the build did; numbers only."""
    created_at: datetime | None = None
    """Of the snapshot that this one takes the place of; None for now."""
    identities: pd.DataFrame | None = None
    """Who the people are, as `index.snapshot.identities.COLUMNS`; None where nobody is real."""


def centre(
    vectors: NDArray[np.float32], passages: pd.DataFrame, centroid: NDArray[np.float32]
) -> Stored:
    """Centre the passages' vectors.

    Args:
        vectors: `(n, dim)` float32, unit rows; those of whole profiles are not read.
        passages: as `passages_frame` gives them, each person's whole profile last.
        centroid: `(dim,)`: what is subtracted.

    Returns:
        `(n, dim)` centred unit rows, a whole profile's being the mean direction of the person's
        other passages.
    """
    own = empty(*vectors.shape)
    profiles = np.flatnonzero(passages["field"].to_numpy() == int(Field.PROFILE))
    starts = np.concatenate((np.zeros(1, np.int64), profiles + 1))
    for first in range(0, len(profiles), PEOPLE_AT_ONCE):
        some = profiles[first : first + PEOPLE_AT_ONCE]
        span = slice(int(starts[first]), int(some[-1]) + 1)
        unit = centred(np.asarray(vectors[span], np.float32), centroid)
        _fill_profiles(unit, starts[first : first + len(some)] - span.start, some - span.start)
        own[span] = stored(unit, own.dtype)
    return own


def _fill_profiles(
    unit: NDArray[np.float32], starts: NDArray[np.int64], profiles: NDArray[np.int64]
) -> None:
    """Set each whole profile's vector to the mean direction of the person's other passages."""
    unit[profiles] = 0.0
    sums = np.add.reduceat(unit, starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    unit[profiles] = sums / np.maximum(lengths, np.finfo(np.float32).tiny)


def write_snapshot(index: IndexFolder, content: Content) -> Path:
    """Write a snapshot aside, hash it, and move it into its place; the lock must be held.

    Returns:
        Its folder, not published and not verified yet.

    Raises:
        BuildError: it cannot be written; nothing of it is left.
        InputError: the passages do not fit the people.
    """
    staging = index.staging / "snapshot"
    files.remove_folder(staging)
    files.make_folder(staging)
    plan = _write_files(staging, content)
    made = _manifest(index, staging, content, plan)
    files.write_text(staging / manifest.MANIFEST, made.text())
    folder = index.snapshots / made.snapshot_id
    if folder.exists():  # written before by a command that was killed; its name vouches for it
        files.remove_folder(staging)
    else:
        files.move(staging, folder)
    return folder


def _write_files(staging: Path, content: Content) -> Plan:
    person_row = content.passages["person_row"].to_numpy()
    field = content.passages["field"].to_numpy()
    starts = np.searchsorted(person_row, np.arange(len(content.people) + 1)).astype(np.int64)
    profiles = field == int(Field.PROFILE)
    if (np.diff(person_row) < 0).any() or not profiles[starts[1:] - 1].all():
        raise InputError("passages must stand by person, each person's whole profile last")
    people = People.from_frame(content.people, content.as_of)
    write_frame(staging / manifest.PEOPLE, content.people)
    write_people_columns(staging / manifest.COLUMNS, people)
    if content.identities is not None:
        write_identities(staging, content.identities)
    write_frame(staging / manifest.PASSAGES, content.passages)
    files.write_array(staging / manifest.VECTORS, content.vectors)
    files.write_array(staging / manifest.CENTROIDS, content.centroids)
    content.kinds.save(staging)
    content.needs.save(staging)
    files.write_array(staging / manifest.GOALS, content.goals)
    files.write_array(staging / manifest.STARTS, starts)
    files.write_array(staging / manifest.FIELDS, field)
    files.write_text(staging / manifest.POLICY, content.policy)
    vector_index = VectorIndex.build(content.vectors, person_row, content.goals)
    vector_index.save(staging)
    whole = content.passages["text"].to_numpy()[profiles].tolist()
    LexicalIndex.build(whole).save(staging)
    GramIndex.build(whole).save(staging)
    files.write_json(staging / manifest.REPORT, content.report)
    return vector_index.plan


def _manifest(index: IndexFolder, staging: Path, content: Content, plan: Plan) -> manifest.Manifest:
    made = content.created_at
    if made is None:
        last = max((manifest.time_of(name) for name in index.ids()), default=now())
        made = max(now(), last + timedelta(milliseconds=1))
    return manifest.Manifest(
        format=manifest.FORMAT,
        created_at=made.replace(microsecond=made.microsecond // 1000 * 1000),
        as_of=str(content.as_of),
        model=content.model,
        n_people=len(content.people),
        n_passages=len(content.passages),
        plan=plan,
        versions={name: metadata.version(name) for name in LIBRARIES}
        | {"python": platform.python_version()},
        policy_sha256=hashlib.sha256(content.policy.encode()).hexdigest(),
        files=manifest.record_files(staging),
    )
