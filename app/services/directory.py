"""Who of a snapshot has an e-mail address or a number: looked up once for each snapshot."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from weakref import WeakKeyDictionary

from index.people_file.emails import plain_address
from recommender.people import People

SEVERAL = -1
"""Stands for the row of an address or number that more than one person has."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The rows of a snapshot's people by what a sign-in says."""

    by_address: dict[str, int]
    """By e-mail as `plain_address` writes it."""
    by_number: dict[str, int]
    """By the person_id of the people file."""

    @classmethod
    def read(cls, people: People) -> Self:
        """Read the two columns of a snapshot."""
        addresses = map(plain_address, people.texts.column("email").fillna(""))
        return cls(_rows(addresses), _rows(map(str, people.texts.column("person_id"))))


def _rows(values: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row, value in enumerate(values):
        if value:
            found[value] = SEVERAL if value in found else row
    return found


_kept: "WeakKeyDictionary[People, Directory]" = WeakKeyDictionary()
_lock = threading.Lock()


def directory_of(people: People) -> Directory:
    """Return the directory of a snapshot's people; it goes when they go."""
    with _lock:
        found = _kept.get(people)
        if found is None:
            found = _kept[people] = Directory.read(people)
        return found
