"""Training cases, and the general texts that keep an encoder from forgetting."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from pydoc_data.topics import topics

from recommender.errors import DatasetError

CASES = tuple(Path(__file__).parent / name for name in ("cases_1.jsonl", "cases_2.jsonl"))
"""The cases that are part of the project."""

_PROSE_WORDS = 25
_PROSE_SHARE = 0.85

HELD_OUT: Mapping[str, Sequence[range]] = {
    "cases_1.jsonl": (range(240, 360),),
    "cases_2.jsonl": (range(800, 1000), range(1400, 1600)),
}
"""Rows of whole industries that are never trained on, so that there is something to measure."""


@dataclass(frozen=True, slots=True)
class Case:
    """A learning goal and passages of different people who could help with it."""

    goal: str
    good: tuple[str, ...]


def read_cases(
    paths: Sequence[Path], held_out: Mapping[str, Sequence[range]] | None = None
) -> list[Case]:
    """Read cases from JSON-lines files, file by file.

    Args:
        paths: The files; a line is an object with ``goal`` (text) and ``good`` (texts).
        held_out: Rows to leave out, counted from 0, by file name.

    Raises:
        DatasetError: A line is no case, or a file cannot be read; says which file and line.
    """
    cases: list[Case] = []
    for path in paths:
        left_out = (held_out or {}).get(path.name, ())
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"{path} cannot be read ({error}); check the path") from error
        for number, line in enumerate(lines):
            if any(number in rows for rows in left_out):
                continue
            try:
                row = json.loads(line)
                cases.append(Case(str(row["goal"]), tuple(map(str, row["good"]))))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                message = f"{path.name}, line {number + 1}: expected an object with goal and good"
                raise DatasetError(message) from error
    return cases


def general_texts() -> list[str]:
    """Paragraphs of prose from the documentation that comes with Python, cut at 90 words."""
    texts: dict[str, None] = {}
    for _, topic in sorted(topics.items()):
        for paragraph in topic.split("\n\n"):
            words = paragraph.split()
            text = " ".join(words)
            plain = sum(letter.isalpha() or letter == " " for letter in text)
            starts_flush = paragraph[:1].isalnum()
            if starts_flush and len(words) >= _PROSE_WORDS and plain > _PROSE_SHARE * len(text):
                texts[" ".join(words[:90])] = None
    return list(texts)
