"""What is no prose: an address, code, a single letter."""

import re

_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CODE = re.compile(r"[{}<>\[\]\\|^~`$#=]|\w\(|\(\)|::|->|;\s*$", re.MULTILINE)

LEAST_CODE = 3
"""Marks of code from which a text is taken for it, where they are at least `CODE_SHARE` of it."""
CODE_SHARE = 0.03


def has_words(text: str) -> bool:
    """Return whether a text has a word of two letters, addresses left aside."""
    return bool(_WORD.search(_ADDRESS.sub(" ", text)))


def looks_like_code(text: str) -> bool:
    """Return whether a text looks like a program or a table's formula and not like prose."""
    marks = len(_CODE.findall(text))
    return marks >= LEAST_CODE and marks >= CODE_SHARE * len(text)
