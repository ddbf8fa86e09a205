"""Cells that hold several values: one rule for where one ends, whatever the column."""

import re

WITHOUT_COMMAS: frozenset[str] = frozenset({"languages", "open_to", "matrix_manager_id"})
"""Columns whose values never have a comma inside."""

_COMMA = re.compile(r"(?:(?<!\d),|,(?!\d))(?![^()]*\))")
"""Not in a number, and not in parentheses: 'Excel (pivot, xlookup)' is one skill."""

_BULLET = re.compile(r"^[•‣▪·*–—-]\s+")


def parts_of(cell: str, column: str) -> list[str]:
    """Cut a list at each semicolon and bar, and at each comma where nothing else parts it.

    So 'Excel, still;SQL' are two skills, and 'Excel, SQL' are two as well. Lines count as
    semicolons; `cells.clean_texts` has turned them into these.
    """
    parts = re.split(r"[;|]", cell)
    if len(parts) == 1 or column in WITHOUT_COMMAS:
        parts = [piece for part in parts for piece in _COMMA.split(part)]
    stripped = (_BULLET.sub("", part.strip()).strip() for part in parts)
    return [part for part in stripped if part]
