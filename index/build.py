"""From a people file to a snapshot: passages, vectors, words, staged aside and verified."""

import hashlib
import os
import platform
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index import files
from index import snapshot as layout
from index.encoder import Encoder, EncoderSettings, Progress, load_encoder
from index.lexical import LexicalIndex
from index.people_file import read_people
from index.reference import Centring, centred
from index.vectors import VectorIndex
from recommender.policy import default_policy_text
from recommender.profiles import Field, passages_frame

CHUNK = 100_000
"""How many passages are centred and compared at once."""

LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "pandas", "pyarrow", "tokenizers")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; numbers only, no personal data."""

    snapshot_id: str
    folder: Path
    n_people: int
    n_passages: int
    published: bool


def build(
    people: Path,
    index_dir: Path,
    *,
    settings: EncoderSettings | None = None,
    policy_text: str | None = None,
    publish: bool | None = None,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> BuildReport:
    """Build a snapshot from a people file.

    Args:
        people: the people export.
        index_dir: the index folder; made where missing.
        settings: which model embeds.
        policy_text: the policy to keep with the snapshot; None for the project's defaults.
        publish: whether readers move to it; None only where nothing was published before.
        progress: called while passages are embedded.
        encoder: an encoder that is already loaded by `settings`.

    Raises:
        PeopleFileError: the export has problems.
        ModelError: the encoder cannot be loaded.
        BuildError: the snapshot cannot be written.
    """
    read = read_people(people)
    settings = settings or EncoderSettings()
    encoder = encoder or load_encoder(settings)
    passages = passages_frame(read.frame)
    texts = passages["text"].tolist()
    vectors = encoder.encode_passages(texts, progress)
    return build_from_arrays(
        read.frame,
        passages,
        vectors,
        index_dir=index_dir,
        encoder=encoder,
        settings=settings,
        as_of=read.as_of,
        policy_text=policy_text,
        publish=publish,
    )


def build_from_arrays(
    people: pd.DataFrame,
    passages: pd.DataFrame,
    vectors: NDArray[np.float32],
    *,
    index_dir: Path,
    encoder: Encoder,
    settings: EncoderSettings,
    as_of: np.datetime64,
    policy_text: str | None = None,
    publish: bool | None = None,
) -> BuildReport:
    """Build a snapshot from people, passages and vectors that are at hand.

    Args:
        people: a validated people frame; row i is person i.
        passages: as `recommender.profiles.passages_frame` gives them.
        vectors: `(n_passages, dim)` float32, unit rows as the encoder gives them, not centred.
        index_dir: the index folder.
        encoder: what made the vectors, and will embed goals.
        settings: how to load that encoder again.
        as_of: the day of the export.
        policy_text: the policy to keep with the snapshot; None for the project's defaults.
        publish: whether readers move to it; None only where nothing was published before.
    """
    staging = index_dir / "staging" / f"{os.getpid()}"
    files.make_folder(index_dir / "snapshots")
    shutil.rmtree(staging, ignore_errors=True)
    files.make_folder(staging)
    person_row = passages["person_row"].to_numpy()
    starts = np.searchsorted(person_row, np.arange(len(people) + 1)).astype(np.int64)
    centring = Centring.of(encoder)
    own, reference = _centre(vectors, centring)
    policy = policy_text if policy_text is not None else default_policy_text()
    layout.write_frame(staging / layout.PEOPLE, people)
    layout.write_frame(
        staging / layout.PASSAGES,
        passages.assign(reference_mean=reference[0], reference_std=reference[1]),
    )
    files.write_array(staging / layout.VECTORS, own)
    files.write_array(staging / layout.CENTROIDS, np.stack([centring.goals, centring.passages]))
    files.write_array(staging / layout.STARTS, starts)
    files.write_array(staging / layout.FIELDS, passages["field"].to_numpy())
    files.write_array(staging / layout.REFERENCE, reference)
    files.write_text(staging / layout.POLICY, policy)
    VectorIndex.build(own, person_row).save(staging)
    profiles = passages.loc[passages["field"] == int(Field.PROFILE), "text"].tolist()
    LexicalIndex.build(profiles).save(staging)
    manifest = layout.Manifest(
        format=layout.FORMAT,
        created_at=datetime.now(UTC).replace(microsecond=0),
        as_of=str(as_of),
        model=layout.Model(
            name=encoder.name, revision=encoder.revision, dim=encoder.dim, settings=settings
        ),
        n_people=len(people),
        n_passages=len(passages),
        vectors_dtype=str(own.dtype),
        versions=_versions(),
        policy_sha256=hashlib.sha256(policy.encode()).hexdigest(),
        files=layout.record_files(staging),
    )
    files.write_text(staging / layout.MANIFEST, manifest.text())
    files.sync_folder(staging)
    folder = index_dir / "snapshots" / manifest.snapshot_id
    files.move_folder(staging, folder)
    layout.check_snapshot(folder, layout.read_manifest(folder))
    if publish is None:
        publish = not (index_dir / "CURRENT").exists()
    if publish:
        files.write_text(index_dir / "CURRENT", manifest.snapshot_id + "\n")
    return BuildReport(manifest.snapshot_id, folder, len(people), len(passages), publish)


def _centre(
    vectors: NDArray[np.float32], centring: Centring
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    own = np.empty(vectors.shape, np.float32)
    reference = np.empty((2, len(vectors)), np.float32)
    for start in range(0, len(vectors), CHUNK):
        span = slice(start, start + CHUNK)
        own[span] = centred(vectors[span], centring.passages)
        cosines = own[span] @ centring.reference.T
        reference[0, span] = cosines.mean(axis=1)
        reference[1, span] = cosines.std(axis=1)
    return own, reference


def _versions() -> dict[str, str]:
    found = {name: metadata.version(name) for name in LIBRARIES}
    return found | {"python": platform.python_version()}
