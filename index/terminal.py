"""Writing to a terminal: any letter, and nothing that the terminal would obey."""

import sys
import unicodedata
from typing import TextIO

_TURNS_TEXT = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
"""Letters that make a line read otherwise than it is written."""

_OBEYED = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's control characters, halves of characters, and further ends of lines."""


def write_any_letter() -> None:
    """Let letters that the terminal has no code for come out as escapes, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's or a notebook's has none
        if reconfigure is not None and (getattr(stream, "encoding", "") or "").lower() != "utf-8":
            reconfigure(errors="backslashreplace")


def harmless(text: str) -> str:
    r"""Write what a terminal would obey as JSON does: the escape character as `\u001b`.

    Ends of lines and tabs stay, so that a JSON document is one still, of the same meaning.
    """
    if text.isprintable():
        return text
    return "".join(f"\\u{ord(letter):04x}" if _is_obeyed(letter) else letter for letter in text)


def _is_obeyed(letter: str) -> bool:
    if letter in "\n\t":
        return False
    return letter in _TURNS_TEXT or unicodedata.category(letter) in _OBEYED


def show(text: object = "", stream: TextIO | None = None, *, flush: bool = False) -> None:
    """Print a text harmlessly; the one way in which commands print.

    Args:
        text: what is shown, whoever wrote it.
        stream: where; None for the standard output.
        flush: whether it is to be seen at once.
    """
    print(harmless(str(text)), file=stream or sys.stdout, flush=flush)
