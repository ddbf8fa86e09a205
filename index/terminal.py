"""Writing to a terminal that cannot show every letter."""

import sys


def write_any_letter() -> None:
    """Let letters that the terminal has no code for come out as escapes, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's or a notebook's has none
        if reconfigure is not None and (getattr(stream, "encoding", "") or "").lower() != "utf-8":
            reconfigure(errors="backslashreplace")
