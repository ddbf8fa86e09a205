"""Where what can be made again is kept between runs."""

import atexit
import logging
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from index.disk import private

_log = logging.getLogger(__name__)

CACHE = "LEARNING_RELATIONSHIPS_CACHE"
"""Environment: where it is kept; the user's cache folder by default."""


def cache_folder() -> Path:
    """Return the folder for exported graphs and reference vectors."""
    if chosen := os.environ.get(CACHE):
        return Path(chosen)
    return _users_folder() or _private_folder()


def _users_folder() -> Path | None:
    """Return the user's own cache folder; None where they have none that can be written to."""
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = base / "learning-relationships"
        private.make_folder(folder)
    except (OSError, RuntimeError):  # no HOME, and a user number without a name
        return None
    return folder if os.access(folder, os.W_OK) else None


@cache
def _private_folder() -> Path:
    """Make a folder that lasts as long as this process, and say so."""
    folder = tempfile.mkdtemp(prefix="learning-relationships-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _log.warning(
        "this user has no cache folder that can be written to: the model is prepared anew each "
        "time. Set %s to a folder to keep it",
        CACHE,
    )
    return Path(folder)
