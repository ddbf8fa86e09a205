"""A snapshot's folder: what is in it, its manifest, and its checks.

A snapshot is one immutable build. Its id is the time it was made and a hash of its manifest, which
holds the checksum of every other file: so the name of the folder vouches for every byte in it.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from index.disk.files import sha256_of
from index.encoder.protocol import EncoderSettings
from index.retrieval.plan import Plan
from recommender.errors import SnapshotError
from recommender.profiles import Field

FORMAT = 5
"""The layout's version; a reader refuses any other. What `Listing` says stays as it is in all."""

MANIFEST = "manifest.json"
PEOPLE = "people.parquet"
COLUMNS = "people_columns.arrow"
PASSAGES = "passages.parquet"
VECTORS = "vectors.npy"
CENTROIDS = "centroids.npy"
STARTS = "passage_starts.npy"
FIELDS = "passage_fields.npy"
GOALS = "reference_goals.npy"
POLICY = "policy.toml"
REPORT = "report.json"


class FileRecord(BaseModel):
    """A file of a snapshot as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    size: int


class Model(BaseModel):
    """The encoder that made a snapshot's vectors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    revision: str
    dim: int
    settings: EncoderSettings
    drawn: bool = False
    """The vectors were drawn, not embedded: a synthetic company."""


class Listing(BaseModel):
    """What a snapshot of any format says of itself: its format, and its files as written."""

    model_config = ConfigDict(frozen=True)

    format: int
    files: dict[str, FileRecord]

    @field_validator("files")
    @classmethod
    def _are_its_own(cls, files: dict[str, FileRecord]) -> dict[str, FileRecord]:
        """Let a snapshot vouch only for what lies in its own folder."""
        for name in files:
            if name in {"", ".", "..", MANIFEST} or "/" in name or not name.isprintable():
                raise ValueError("a file's name leads out of the snapshot")
        return files

    @property
    def can_be_opened(self) -> bool:
        """Whether this version opens such a snapshot."""
        return self.format == FORMAT


class Manifest(Listing):
    """What a snapshot says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    created_at: datetime
    as_of: str
    """The day of the people export, ISO."""
    model: Model
    n_people: int
    n_passages: int
    plan: Plan
    """The FAISS index, and the recall that was measured on it."""
    versions: dict[str, str]
    """Of the libraries that wrote the files."""
    policy_sha256: str

    def text(self) -> str:
        """Return the manifest as it stands in its file."""
        return json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"

    @property
    def snapshot_id(self) -> str:
        """The time of making and the first 12 hexadecimal digits of the manifest's hash."""
        return f"{self.created_at.strftime(_TIME)[:-3]}Z-{_short_hash(self.text().encode())}"


_TIME = "%Y%m%dT%H%M%S%f"


def _short_hash(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:12]


def time_of(snapshot_id: str) -> datetime:
    """Read the time of making from a snapshot's id; the epoch from a name that is none."""
    try:
        return datetime.strptime(snapshot_id.split("Z-")[0] + "000", _TIME).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Hash every file of a folder but the manifest."""
    return {
        path.name: FileRecord(sha256=sha256_of(path), size=path.stat().st_size)
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }


def read_listing(folder: Path) -> Listing:
    """Read which files a snapshot of any format has, and check it against the folder's name.

    Raises:
        SnapshotError: the manifest is missing or damaged.
    """
    return _listed(folder)[0]


def read_manifest(folder: Path) -> Manifest:
    """Read a snapshot's manifest and check it against the folder's name.

    Raises:
        SnapshotError: it is missing, damaged, or of another version.
    """
    listing, text = _listed(folder)
    if not listing.can_be_opened:
        raise SnapshotError(
            f"the snapshot {folder.name} has format {listing.format}, this version opens {FORMAT}; "
            "'python -m index nightly' makes a new one"
        )
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise damaged(folder, MANIFEST) from None
    if manifest.text().encode() != text or manifest.snapshot_id != folder.name:
        raise damaged(folder, MANIFEST)
    return manifest


def _listed(folder: Path) -> tuple[Listing, bytes]:
    try:
        text = (folder / MANIFEST).read_bytes()
        listing = Listing.model_validate_json(text)
    except FileNotFoundError:
        if folder.is_dir():
            raise damaged(folder, MANIFEST) from None
        raise SnapshotError(
            f"there is no snapshot at {folder}; run 'python -m index status'"
        ) from None
    except (OSError, ValueError):
        raise damaged(folder, MANIFEST) from None
    if _short_hash(text) != folder.name.rpartition("-")[2]:
        raise damaged(folder, MANIFEST)
    return listing, text


def is_whole(path: Path, record: FileRecord, *, sizes_only: bool = False) -> bool:
    """Return whether a file is there as it was written, itself and not a link to another."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != record.size:
        return False
    return sizes_only or sha256_of(path) == record.sha256


def find_damage(folder: Path, manifest: Listing, *, sizes_only: bool = False) -> list[str]:
    """Name the files of a snapshot that are missing, damaged or not its own."""
    bad = [
        name
        for name, record in manifest.files.items()
        if not is_whole(folder / name, record, sizes_only=sizes_only)
    ]
    known = {*manifest.files, MANIFEST}
    return bad + sorted(path.name for path in folder.iterdir() if path.name not in known)


def damaged(folder: Path, name: str) -> SnapshotError:
    """Return the error that a file of a snapshot is not what was written."""
    return SnapshotError(
        f"{name} of the snapshot {folder.name} is damaged; 'python -m index nightly' makes a new "
        "one, and if it serves, 'python -m index rollback' goes back to the whole one before"
    )


def check_snapshot(folder: Path, manifest: Manifest, *, sizes_only: bool = False) -> None:
    """Check a snapshot's files.

    Raises:
        SnapshotError: a file is missing, damaged or foreign; the message names it.
    """
    bad = find_damage(folder, manifest, sizes_only=sizes_only)
    if bad:
        raise damaged(folder, ", ".join(bad))


def read_texts(folder: Path, rows: NDArray[np.bool_] | None = None) -> list[str]:
    """Read the different texts of a snapshot that the encoder has seen.

    Args:
        folder: the snapshot's.
        rows: `(n_passages,)` which passages count; None for all.
    """
    table = pq.read_table(folder / PASSAGES, columns=["field", "text"])
    wanted = table["field"].to_numpy() != int(Field.PROFILE)
    if rows is not None:
        wanted &= rows
    texts: list[str] = table["text"].filter(pa.array(wanted)).unique().to_pylist()
    return texts


def read_report(folder: Path) -> dict[str, Any]:
    """Read what the build of a snapshot did."""
    report: dict[str, Any] = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    return report
