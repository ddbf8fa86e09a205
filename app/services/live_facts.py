"""What the store knows, as rows to lay over the snapshot of the night."""

from collections.abc import Collection, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.store.facts import StoreFacts
from recommender.live import LiveFacts, Rows
from recommender.people import People
from recommender.relationships import Relationship

T = TypeVar("T")


def lay_over(facts: StoreFacts, people: People) -> LiveFacts:
    """Turn ids into rows of this snapshot; people who are not in it are left out.

    Args:
        facts: what the store knows for one seeker.
        people: the snapshot's people.
    """
    open_rows, open_texts = _found(people, facts.open_to)
    capacity_rows, capacity_free = _free_places(facts, people)
    exposure_rows, exposure = _found(people, facts.exposure)
    quotable_rows, quotable = _found(people, facts.quotable)
    return LiveFacts(
        unavailable=_rows(people, {*facts.paused, *facts.asked_enough, *facts.resting}),
        open_to_rows=open_rows,
        open_to_bits=_bits(open_texts),
        capacity_rows=capacity_rows,
        capacity_free=capacity_free,
        exposure_rows=exposure_rows,
        exposure=np.array(exposure, np.float64),
        quotable=dict(zip(quotable_rows.tolist(), quotable, strict=True)),
        hidden=_rows(people, facts.hidden),
        hidden_for={kind: _rows(people, ids) for kind, ids in facts.hidden_by_kind.items()},
        declined_for={kind: _rows(people, ids) for kind, ids in facts.asked.items()},
    )


def _free_places(facts: StoreFacts, people: People) -> tuple[Rows, NDArray[np.int16]]:
    own_rows, own = _found(people, facts.capacity)
    active_rows, active = _found(people, facts.active)
    free = people.capacity.astype(np.int16)
    free[own_rows] = own
    free[active_rows] -= np.array(active, np.int16)
    rows = np.union1d(own_rows, active_rows)
    return rows, free[rows]


def _bits(joined: Sequence[str]) -> NDArray[np.uint8]:
    """Turn lists of kinds into bits; there are only sixteen different ones."""
    bits = {
        text: sum(Relationship(word).bit for word in text.split(";") if word)
        for text in set(joined)
    }
    return np.array([bits[text] for text in joined], np.uint8)


def _found(people: People, said: Sequence[tuple[str, T]]) -> tuple[Rows, list[T]]:
    """Find the rows of people and what goes with each, in one order."""
    rows = people.find([person for person, _ in said])
    known = rows >= 0
    if known.all():
        return rows, [value for _, value in said]
    return rows[known], [said[place][1] for place in np.flatnonzero(known).tolist()]


def _rows(people: People, ids: Collection[str]) -> Rows:
    return people.rows(list(ids))
