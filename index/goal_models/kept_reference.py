"""What follows from the reference texts, made once for each encoder and kept for all builds."""

import hashlib
import json
from importlib import resources
from pathlib import Path

import numpy as np

from index.disk import files
from index.disk.cache_folder import cache_folder
from index.disk.files import sha256_of
from index.encoder.protocol import Encoder
from index.goal_models.kind_model import KindModel
from index.goal_models.need_model import NeedModel
from index.goal_models.reference import Reference

SUMS = "sha256.json"
VERSION = "1"
"""Raise it when what is made of the reference texts changes, so that older results are not used."""


def kept_reference(encoder: Encoder) -> Reference:
    """Return what the reference texts say of an encoder, embedding them only the first time.

    Raises:
        BuildError: the cache cannot be written.
    """
    folder = cache_folder() / "reference" / f"{encoder.revision}-{_key()}"
    if not _is_whole(folder):
        _save(Reference.of(encoder), folder)
    return Reference(
        np.load(folder / "centroids.npy"),
        np.load(folder / "goals.npy"),
        KindModel.open(folder),
        NeedModel.open(folder),
    )


def _save(reference: Reference, folder: Path) -> None:
    files.make_folder(folder)
    files.write_array(folder / "centroids.npy", reference.centroids)
    files.write_array(folder / "goals.npy", reference.goals)
    reference.kinds.save(folder)
    reference.needs.save(folder)
    sums = {path.name: sha256_of(path) for path in sorted(folder.glob("*.npy"))}
    files.write_json(folder / SUMS, sums)


def _is_whole(folder: Path) -> bool:
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return bool(sums) and all(sha256_of(folder / name) == sum_ for name, sum_ in sums.items())
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def _key() -> str:
    digest = hashlib.sha256(VERSION.encode())
    data = resources.files(__package__).joinpath("data")
    for text in sorted(data.iterdir(), key=lambda file: file.name):
        digest.update(text.read_bytes())
    return digest.hexdigest()[:16]
