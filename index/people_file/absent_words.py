"""Words that systems write where they know nothing: NULL, N/A, a dash."""

from index.people_file.cells import PROFILE_COLUMNS

ABSENT_WORDS: frozenset[str] = frozenset(
    ("null", "(null)", "[null]", "<null>", r"\n", "none", "(none)", "nil", "nan", "nat", "<na>",
     "n/a", "n.a.", "n.a", "n/a.", "undefined", "unknown", "(unknown)", "unbekannt",
     "not available", "not applicable", "not specified", "not set", "not provided", "no data",
     "k.a.", "k. a.", "keine angabe", "tbd", "tba", "tbc", "t.b.d.", "to be defined",
     "to be determined", "(blank)", "blank", "(empty)", "-", "--", "---", "–", "—", "?", "??",
     "???", ".", "..", "...", "…", "/", "_")
)  # fmt: skip
"""Case-folded. 'NA' is not among them: it is Namibia, and North America."""

ABSENT_IN_PROFILES: frozenset[str] = frozenset({"na"})
"""What says nothing in a text that people write, and may be a name elsewhere."""

TAKEN_AT_THEIR_WORD: frozenset[str] = frozenset(
    ("person_id", "display_name", "status", "worker_type", "manager_id", "matrix_manager_id",
     "capacity")
)  # fmt: skip
"""Columns where a word for nothing is not taken for an empty cell. People are called Null; and an
empty cell would name somebody the top of a line, active, an employee, or free for one."""


def says_nothing(text: str, column: str) -> bool:
    """Return whether a cell, or a part of a list, is a word for an empty one."""
    word = text.strip().casefold()
    if column in TAKEN_AT_THEIR_WORD:
        return False
    return word in ABSENT_WORDS or (column in PROFILE_COLUMNS and word in ABSENT_IN_PROFILES)
