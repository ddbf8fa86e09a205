"""The one path by which anything is written under an index folder or a cache.

Every operation here is announced to `_step` before and after it happens, so that a test that stands
in its place can end the process at each of them, and see what readers find.
"""

import contextlib
import errno
import hashlib
import json
import mmap
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.disk import private
from recommender.errors import BuildError


def _step(name: str) -> None:
    """Announce a step of the write path; a test may stand in its place."""


@contextlib.contextmanager
def _operation(name: str) -> Iterator[None]:
    _step(f"before {name}")
    try:
        yield
    except OSError as error:
        raise _told(error) from error
    _step(f"after {name}")


def _told(error: OSError) -> BuildError:
    cut_short = error.errno is None and "written" in str(error)  # numpy's way to say it
    if cut_short or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return BuildError(
            f"the disk is full at {error.filename or 'the index folder'}: free some space ('python "
            "-m index prune' drops old snapshots) and run again; what served goes on serving"
        )
    return BuildError(f"cannot write {error.filename or 'a file'}: {error.strerror or error}")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`; when the block ends it is synced and renamed to `path`.

    Only this user may read it.

    Raises:
        BuildError: the file cannot be written (disk full, no permission).
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with _operation(f"write {path.name}"):
            private.make_file(temporary)
            try:
                yield temporary
            except RuntimeError as error:  # faiss and pyarrow speak of a full disk in their own way
                raise BuildError(f"cannot write {path.name}: {_first_line(error)}") from error
            sync_file(temporary)
        with _operation(f"rename {path.name}"):
            temporary.replace(path)
            sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write or replace a text file in one step, UTF-8."""
    with writing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write or replace a JSON file in one step, sorted, readable by people."""
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
    write_text(path, text + "\n")


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write or replace an `.npy` file in one step, never pickled."""
    with writing(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, array, allow_pickle=False)


def map_array(path: Path) -> NDArray[Any]:
    """Map an `.npy` file; its pages are read when they are touched.

    A plain array over the map: indexing a `numpy.memmap` costs ten times as much.
    """
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def mapped_bytes() -> int:
    """How much of mapped files counts as this process's memory; 0 where Linux does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[2]) * mmap.PAGESIZE
    except OSError:
        return 0


def let_pages_go(array: NDArray[Any]) -> None:
    """Take a mapped array's pages out of this process's memory; they come back when touched."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def make_folder(path: Path) -> None:
    """Make a folder and the ones above it, where missing, for this user alone."""
    with _operation(f"folder {path.name}"):
        private.make_folder(path)


def move(source: Path, target: Path) -> None:
    """Rename a finished file or folder into its place and sync both parents."""
    with _operation(f"move {source.name}"):
        source.rename(target)
        sync_folder(target.parent)
        sync_folder(source.parent)


def remove_folder(path: Path) -> None:
    """Remove a folder and all in it; a folder that is not there is fine."""
    with _operation(f"remove {path.name}"):
        shutil.rmtree(path, ignore_errors=False) if path.exists() else None


def remove_file(path: Path) -> None:
    """Remove a file; one that is not there is fine."""
    with _operation(f"remove {path.name}"):
        path.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Ask the disk to keep what was written to a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Ask the disk to keep a folder's entries (renames, new files)."""
    sync_file(path)
