"""Files packed by gzip or zip: the one table inside is unpacked, up to a limit, and read."""

import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from index.people_file.tables.limits import check_unpacked
from recommender.errors import Problem

_BLOCK = 1 << 20


class UnreadableArchiveError(Exception):
    """The archive does not hold exactly one table that can be unpacked."""

    def __init__(self, file: str, message: str, remedy: str, code: str = "wrong_format") -> None:
        super().__init__(message)
        self.problem = Problem(file, code, message, remedy)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Unpack the one file of an archive, under the archive's own name, for as long as it is read.

    Raises:
        UnreadableArchiveError: it holds none or several files, has a password, or is damaged.
        TooHeavyError: it unpacks to more than is read.
    """
    file = path.name
    folder = Path(tempfile.mkdtemp())
    try:
        inside = folder / file
        try:
            with _member(path) as source, inside.open("wb") as target:
                size = 0
                while block := source.read(_BLOCK):
                    size += len(block)
                    check_unpacked(size)
                    target.write(block)
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError) as reason:
            raise UnreadableArchiveError(
                file, f"the archive is damaged or not whole ({type(reason).__name__})",
                "copy or export the whole file again", "cut_off",
            ) from reason  # fmt: skip
        yield inside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _member(path: Path) -> Iterator[IO[bytes]]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            packed = stream.read(2) == b"PK"
        if packed:
            raise zipfile.BadZipFile
        with gzip.open(path) as stream:
            yield cast("IO[bytes]", stream)
        return
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir() and not _hidden(part)]
        if len(parts) != 1:
            raise UnreadableArchiveError(
                path.name, f"this is a zip archive with {len(parts):,} files, not one table",
                "unpack it and name the file that holds the people",
            )  # fmt: skip
        if parts[0].flag_bits & 1:
            raise UnreadableArchiveError(
                path.name, "this is a zip archive with a password",
                "unpack it, and name the file inside it",
            )  # fmt: skip
        if parts[0].file_size > 0:
            check_unpacked(parts[0].file_size)
        with archive.open(parts[0]) as stream:
            yield stream


def _hidden(part: zipfile.ZipInfo) -> bool:
    """Return whether a part is what macOS or Windows adds."""
    name = part.filename.rsplit("/", 1)[-1]
    return part.filename.startswith("__MACOSX/") or name.startswith(".") or name == "Thumbs.db"
