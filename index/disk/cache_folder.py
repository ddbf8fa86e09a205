"""Where what can be made again is kept between runs."""

import os
from pathlib import Path

CACHE = "LEARNING_RELATIONSHIPS_CACHE"
"""Environment: where it is kept; the user's cache folder by default."""


def cache_folder() -> Path:
    """Give the folder for exported graphs and reference vectors."""
    if chosen := os.environ.get(CACHE):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "learning-relationships"
