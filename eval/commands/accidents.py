"""What a command prints of an error that nobody raised on purpose."""

import traceback
from pathlib import Path

EXTRAS = {
    "altair": "eval",
    "markdown_it": "eval",
    "markupsafe": "eval",
    "peft": "train",
    "psutil": "eval",
    "vl_convert": "eval",
}
"""Libraries that a plain install does not bring, and the extra that does."""


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """Return how to install what is missing; None where no extra brings it."""
    name = (error.name or "").partition(".")[0]
    if name not in EXTRAS:
        return None
    return (
        f"this needs the library {name}, which a plain install does not bring: "
        f"pip install 'learning-relationships[{EXTRAS[name]}]'"
    )


def place_of(error: BaseException) -> str:
    """Return an error's kind and where it was raised, without its words: they may name people."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
