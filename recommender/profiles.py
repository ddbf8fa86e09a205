"""A profile as passages: what is embedded, and what never is."""

from collections.abc import Iterator
from enum import IntEnum

import pandas as pd


class Field(IntEnum):
    """The part of a profile a passage comes from; its number is stored with the passage."""

    ABOUT = 0
    CAN_HELP_WITH = 1
    EXPERIENCE = 2
    SKILLS = 3
    ROLE = 4
    PROFILE = 5
    """The whole profile as one text, matched by its words; its vector is the mean of the person's
    other passages. Never quoted."""

    @property
    def word(self) -> str:
        """The field's name in files and JSON."""
        return self.name.lower()


OWN_WORDS: tuple[Field, ...] = (
    Field.ABOUT, Field.CAN_HELP_WITH, Field.EXPERIENCE, Field.SKILLS,
)  # fmt: skip
"""The parts of a profile that say what a person knows, not only which place they have."""

EMBEDDED_COLUMNS: tuple[str, ...] = (
    "about", "can_help_with", "experience", "skills", "job_title", "department", "team",
)  # fmt: skip
"""The only columns whose text reaches the encoder or the word index."""

NEVER_EMBEDDED: tuple[str, ...] = (
    "person_id", "display_name", "email", "status", "job_level", "location", "country", "timezone",
    "languages", "worker_type", "manager_id", "matrix_manager_id", "hire_date", "open_to",
    "capacity", "updated_on",
)  # fmt: skip
"""What never reaches the encoder: names, addresses, dates, the hierarchy, and whatever stands for a
protected attribute. Demographics are not even a column of the people file."""

SHARED_BY_TOO_MANY = 0.5
"""A passage that more than this share of all people have says nothing about any of them."""

MAX_PASSAGE_CHARACTERS = 2000
"""Longer lines are cut here; the encoder reads 256 word pieces, about 1,200 characters."""


def passages_of(
    *, about: str, can_help_with: str, experience: str, skills: str,
    job_title: str, department: str, team: str,
) -> Iterator[tuple[Field, str]]:  # fmt: skip
    """Cut one profile into passages, the whole profile last.

    Yields:
        `(field, text)`: `about` and `can_help_with` as one passage each, a passage for each line of
        `experience`, the skills joined by commas, a role line, and the whole profile.
    """
    parts: list[tuple[Field, str]] = []
    for field, text in ((Field.ABOUT, about), (Field.CAN_HELP_WITH, can_help_with)):
        if text.strip():
            parts.append((field, _clean(text)))
    parts += [(Field.EXPERIENCE, _clean(line)) for line in experience.splitlines() if line.strip()]
    names = [name.strip() for name in skills.split(";") if name.strip()]
    if names:
        parts.append((Field.SKILLS, _clean(", ".join(names))))
    role = ", ".join(part for part in dict.fromkeys((job_title, department, team)) if part.strip())
    parts.append((Field.ROLE, _clean(role)))
    yield from parts
    yield Field.PROFILE, "\n".join([parts[-1][1], *(text for _, text in parts[:-1])])


def passages_frame(people: pd.DataFrame) -> pd.DataFrame:
    """Cut every profile into passages.

    Args:
        people: a people frame; row i is person i.

    Returns:
        `person_row` int32 ascending, `field` uint8 (`Field`), `text` str; each person's whole
        profile last. A passage that most people share is left out.
    """
    columns = {name: people[name].fillna("").astype(str).tolist() for name in EMBEDDED_COLUMNS}
    rows: list[int] = []
    fields: list[int] = []
    texts: list[str] = []
    for row in range(len(people)):
        cells = {name: values[row] for name, values in columns.items()}
        for field, text in passages_of(**cells):
            rows.append(row)
            fields.append(int(field))
            texts.append(text)
    frame = pd.DataFrame({"person_row": rows, "field": fields, "text": texts})
    frame = frame[~_shared_by_most(frame, len(people))].reset_index(drop=True)
    return frame.astype({"person_row": "int32", "field": "uint8", "text": "str"})


def count_without_own_words(passages: pd.DataFrame) -> int:
    """Count the people of whom only title and place are known.

    Args:
        passages: as `passages_frame` gives them.
    """
    own = passages["field"].isin([int(field) for field in OWN_WORDS])
    everybody = passages["person_row"].nunique()
    return int(everybody - passages["person_row"][own].nunique())


def _shared_by_most(passages: pd.DataFrame, n_people: int) -> "pd.Series[bool]":
    owners = passages.groupby(["field", "text"])["person_row"].transform("nunique")
    too_many = owners > max(SHARED_BY_TOO_MANY * n_people, 2)
    return too_many & (passages["field"] != int(Field.PROFILE))


def _clean(text: str) -> str:
    return " ".join(text.split())[:MAX_PASSAGE_CHARACTERS]
