"""Which reader reads the shortlists in an evaluation, by the name that an option gives."""

from pathlib import Path

from index.reader.replay import ReplayReader
from recommender.errors import InputError
from recommender.reader import Reader
from recommender.small_reader import SMALL_READER

NONE = "none"
SMALL = "small"
REPLAY = "replay:"
SAYS = (
    f"who reads the first of each list: {SMALL} (the default, which ships), {NONE}, or "
    f"{REPLAY}FILE with answers of 'eval requests'"
)


def open_reader(name: str) -> Reader | None:
    """Open a reader by its name.

    Raises:
        InputError: there is no such reader, or its file cannot be read.
    """
    if name == NONE:
        return None
    if name == SMALL:
        return SMALL_READER
    if name.startswith(REPLAY):
        return ReplayReader.open(Path(name.removeprefix(REPLAY)))
    raise InputError(f"there is no reader {name!r}; give {SMALL}, {NONE} or {REPLAY}FILE")
