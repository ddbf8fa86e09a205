"""Finding people by what somebody types: case, marks, quotes and the order of words do not count.

What is compared is folded once for each snapshot; nothing that was typed is kept.
"""

import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from weakref import WeakKeyDictionary

from recommender.people import People

FEWEST_LETTERS = 2
"""Fewer letters than this find too many."""

_LONGEST_NAME = 6
"""Words of a name that are looked for in a text."""

_WHOLE_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
    | {"æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ſ": "s"}
)
"""Letters that are typed as others and that Unicode does not take apart."""

_QUOTES = re.compile(r"['’‘ʼʻ`´′＇]")
_BETWEEN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return a text as it is compared: no case, marks or quotes; one space between words."""
    # a case may be folded into a letter with a mark, and a mark's letter may have a case
    apart = unicodedata.normalize("NFKD", _QUOTES.sub("", text)).casefold()
    letters = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", apart)
        if unicodedata.category(letter) not in ("Mn", "Cf")
    )
    return _BETWEEN.sub(" ", _QUOTES.sub("", letters.translate(_WHOLE_LETTERS))).strip()


@dataclass(frozen=True, eq=False)
class Names:
    """Everybody of a snapshot as they can be looked up."""

    names: tuple[str, ...]
    """Folded; the place is the row of the people."""
    ids: tuple[str, ...]
    """Folded person ids, by row."""
    beside: tuple[str, ...]
    """Folded titles and places, by row."""

    @classmethod
    def read(cls, people: People) -> Self:
        """Fold the names, ids, titles and places of everybody."""
        names, ids, titles, places = (
            _folded(people, column)
            for column in ("display_name", "person_id", "job_title", "location")
        )
        beside = (f"{title} {place}" for title, place in zip(titles, places, strict=True))
        return cls(tuple(names), tuple(ids), tuple(beside))

    def search(self, typed: str, most: int) -> list[int]:
        """Return the rows of whom a few words may mean, the likeliest first.

        Every word stands in the name, or, where no name has them all, in name, title and place
        together; or the whole is the person's number.

        Args:
            typed: words of a name, title or place in any order, or a number.
            most: how many rows are returned at most.
        """
        asked = fold(typed)
        words, joined = asked.split(), asked.replace(" ", "")
        if not joined:
            return []
        numbers = [row for row, person_id in enumerate(self.ids) if person_id == asked]
        if len(joined) < FEWEST_LETTERS:
            return numbers[:most]
        hits = [
            row
            for row, name in enumerate(self.names)
            if all(word in name for word in words) or joined in name.replace(" ", "")
        ]
        if not hits:
            hits = [
                row
                for row, (name, beside) in enumerate(zip(self.names, self.beside, strict=True))
                if all(word in f"{name} {beside}" for word in words)
            ]
        hits.sort(key=lambda row: (-_whole_beginnings(words, self.names[row]), self.names[row]))
        return list(dict.fromkeys([*numbers, *hits]))[:most]

    def named_in(self, text: str) -> list[int]:
        """Return the rows of people whose whole name, of two words or more, stands in a text."""
        words = fold(text).split()
        found: dict[int, None] = {}
        for start in range(len(words)):
            for length in range(2, min(_LONGEST_NAME, len(words) - start) + 1):
                rows = self._by_name.get(" ".join(words[start : start + length]), ())
                found |= dict.fromkeys(rows)
        return list(found)

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[int]]:
        by_name: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(self.names):
            by_name[name].append(row)
        return by_name


def _folded(people: People, column: str) -> list[str]:
    values = [str(value) for value in people.texts.column(column).fillna("")]
    once = {value: fold(value) for value in set(values)}
    return [once[value] for value in values]


def _whole_beginnings(words: Sequence[str], name: str) -> int:
    """Count the words with which a word of the name begins; twice where it is the whole word."""
    parts = name.split()
    return sum(
        max((2 if part == word else 1 for part in parts if part.startswith(word)), default=0)
        for word in words
    )


_kept: "WeakKeyDictionary[People, Names]" = WeakKeyDictionary()
_lock = threading.Lock()


def names_of(people: People) -> Names:
    """Return the names of a snapshot's people; they go when they go."""
    with _lock:
        found = _kept.get(people)
        if found is None:
            found = _kept[people] = Names.read(people)
        return found
