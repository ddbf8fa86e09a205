"""The export as a file: that it is the one that was meant, and stays the same while it is read."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recommender.errors import InputError


@dataclass(frozen=True, slots=True)
class Expected:
    """What the administrator says of the export; None says nothing."""

    rows: int | None = None
    """How many people it has."""
    sha256: str | None = None
    """The checksum of its bytes, hexadecimal."""

    def check_rows(self, path: Path, found: int) -> None:
        """Refuse an export of another size.

        Raises:
            InputError: it has more or fewer people.
        """
        if self.rows is not None and found != self.rows:
            raise InputError(
                f"{path.name} has {found:,} people, and {self.rows:,} were expected "
                "(--expect-rows); export it again, or correct the number"
            )


ANY_EXPORT = Expected()
"""Nothing is said of the export."""


@contextlib.contextmanager
def unchanged(path: Path, expected: Expected) -> Iterator[None]:
    """Watch over an export while it is read.

    Raises:
        InputError: it changed meanwhile, or is not the expected one.
    """
    before = _state(path)
    if before is not None and expected.sha256 is not None:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != expected.sha256.strip().lower():
            raise InputError(
                f"{path.name} has the SHA-256 {found}, and another was expected "
                "(--expect-sha256); it was not sent whole, or it is another file"
            )
    yield
    if _state(path) != before:
        raise InputError(
            f"{path.name} changed while it was read; run again when the export is written whole "
            "(write it aside, then rename it)"
        )


def _state(path: Path) -> tuple[int, int, int, int] | None:
    """Return size, time, inode and device; None where there is no such file, which reading says."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev
