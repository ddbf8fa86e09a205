"""What people want and fear is nobody's on this machine but the service's: 0600 and 0700."""

import logging
import os
import stat
from collections.abc import Iterable
from pathlib import Path

_log = logging.getLogger(__name__)

_FILE, _FOLDER = 0o600, 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private() -> None:
    """Let nobody but this user read what this process writes, by whatever library it does."""
    os.umask(_OTHERS)


def make_file(path: Path) -> None:
    """Make an empty file that only this user reads, whatever the umask; an old one is emptied."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE)
    try:
        os.fchmod(descriptor, _FILE)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and the ones above it, where missing, that only this user enters."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=_FOLDER, exist_ok=True)
        folder.chmod(_FOLDER)
    if not missing and not path.is_dir():
        path.mkdir()  # raises FileExistsError


def warn_of_readers(paths: Iterable[Path], within: Path | None = None) -> None:
    """Log a warning where files or folders are open to other users of this machine.

    Args:
        paths: what to look at; what is not there is fine.
        within: the folder above them; where nobody else enters it, nobody reads them.
    """
    if within is not None and not _is_open(within):
        return
    wide = [path for path in paths if _is_open(path)]
    if wide:
        target = f"-R {within}" if within is not None else " ".join(map(str, wide))
        _log.warning(
            "other users of this machine may read %s; close it by: chmod go= %s", wide[0], target
        )


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False
