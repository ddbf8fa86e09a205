"""The programme in one line: where more is wanted than there is."""

from collections.abc import Iterable
from typing import NamedTuple

from app.services.figures import Balance
from recommender.relationships import Relationship


class Shortage(NamedTuple):
    """More people look for a kind than there are free places."""

    relationship: Relationship
    seekers: int
    places: int


def find_shortages(company: Iterable[Balance]) -> list[Shortage]:
    """List where more is wanted than there is, the widest gap first; what is withheld is passed by.

    Args:
        company: the balance of the whole company.
    """
    found = [
        Shortage(row.relationship, row.seekers, row.places)
        for row in company
        if row.relationship is not None
        and row.seekers is not None
        and row.places is not None
        and row.seekers > row.places
    ]
    return sorted(found, key=lambda one: one.places - one.seekers)


def is_silent(company: Iterable[Balance]) -> bool:
    """Return whether no kind has figures about seekers that may be shown."""
    return not any(row.seekers for row in company if row.relationship is not None)
