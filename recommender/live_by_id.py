"""Facts newer than the snapshot by ids of people, as whoever embeds the recommender knows them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from recommender.errors import InputError
from recommender.live import LiveFacts, Rows
from recommender.people import People
from recommender.profiles import Field
from recommender.relationships import Relationship
from recommender.retrieval import QUOTABLE

T = TypeVar("T")
Ids = Collection[str]

_MOST_PLACES = np.iinfo(np.int16).max


@dataclass(frozen=True, slots=True)
class LiveFactsById:
    """What `LiveFacts` says, by `person_id`: rows change with each snapshot, ids do not.

    A person who is not in the snapshot cannot be suggested and is left out.
    """

    unavailable: Ids = ()
    """Who paused, left, or must not be asked for any other reason. Nobody learns which."""
    open_to: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Who changed the kinds they are open to: these kinds, in place of the snapshot's."""
    free_places: Mapping[str, int] = field(default_factory=dict)
    """Whose free places changed: so many, in place of the snapshot's `capacity`."""
    hidden: Ids = ()
    """Whom the seeker does not want to see for any kind."""
    hidden_for: Mapping[str, Ids] = field(default_factory=dict)
    """By kind: whom the seeker does not want to see for it."""
    declined_for: Mapping[str, Ids] = field(default_factory=dict)
    """By kind: who declined the seeker's request."""
    quotable: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Which parts of their profile a person lets be quoted, by the names that answers use, such as
    "about"; who is absent lets every part be quoted."""
    exposure: Mapping[str, float] = field(default_factory=dict)
    """Who was shown to others of late, and how much; each time counts `1 / log2(1 + rank)`."""

    def lay_over(self, people: People) -> LiveFacts:
        """Turn ids into rows of one snapshot's people.

        Raises:
            InputError: a kind of relationship or a part of a profile is unknown, or free places are
                no small number.
        """
        open_rows, open_to = _found(people, self.open_to)
        place_rows, places = _found(people, self.free_places)
        quotable_rows, quotable = _found(people, self.quotable)
        exposure_rows, exposure = _found(people, self.exposure)
        return LiveFacts(
            unavailable=_rows(people, self.unavailable, "unavailable"),
            open_to_rows=open_rows,
            open_to_bits=np.array([_bits(kinds) for kinds in open_to], np.uint8),
            capacity_rows=place_rows,
            capacity_free=np.array([_count(number) for number in places], np.int16),
            hidden=_rows(people, self.hidden, "hidden"),
            hidden_for=_by_kind(people, self.hidden_for, "hidden_for"),
            declined_for=_by_kind(people, self.declined_for, "declined_for"),
            quotable=dict(zip(quotable_rows.tolist(), map(_fields, quotable), strict=True)),
            exposure_rows=exposure_rows,
            exposure=np.array(exposure, np.float64),
        )


def relationship_of(word: str) -> Relationship:
    """Return the kind of relationship that a word names.

    Raises:
        InputError: it names none.
    """
    try:
        return Relationship(word)
    except ValueError:
        known = ", ".join(Relationship)
        raise InputError(f"{word!r} is no kind of relationship; there are: {known}") from None


def _found(people: People, said: Mapping[str, T]) -> tuple[Rows, list[T]]:
    """Find the rows of people and what goes with each, in one order."""
    rows = people.find(list(said))
    known = rows >= 0
    values = [value for value, here in zip(said.values(), known.tolist(), strict=True) if here]
    return rows[known], values


def _rows(people: People, ids: Ids, name: str) -> Rows:
    if isinstance(ids, str):  # each of its letters would pass for an id that nobody has
        raise InputError(f"live facts: {name} must be several ids, such as [{ids!r}]")
    return people.rows(sorted(set(ids)))


def _by_kind(people: People, said: Mapping[str, Ids], name: str) -> dict[Relationship, Rows]:
    return {relationship_of(kind): _rows(people, ids, name) for kind, ids in said.items()}


def _bits(kinds: Iterable[str]) -> int:
    if isinstance(kinds, str):
        raise InputError(f"live facts: open_to must hold several kinds, such as [{kinds!r}]")
    return sum({relationship_of(kind).bit for kind in kinds})


def _fields(words: Collection[str]) -> frozenset[Field]:
    if isinstance(words, str):
        raise InputError(f"live facts: quotable must hold several parts, such as [{words!r}]")
    known = {part.word: part for part in QUOTABLE}
    unknown = sorted(set(words) - set(known))
    if unknown:
        raise InputError(
            f"live facts: {unknown[0]!r} is no part of a profile that may be quoted; "
            f"there are: {', '.join(known)}"
        )
    return frozenset(known[word] for word in words)


def _count(number: int) -> int:
    if not -_MOST_PLACES <= number <= _MOST_PLACES:
        raise InputError(f"live facts: {number} free places are no number of places")
    return number
