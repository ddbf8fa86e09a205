"""What the store knows, as rows to lay over the snapshot of the night."""

from collections.abc import Collection
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.store.facts import StoreFacts
from recommender.live import LiveFacts
from recommender.people import People


def lay_over(facts: StoreFacts, people: People, now: datetime) -> LiveFacts:
    """Turn ids into rows of this snapshot; people who are not in it are left out.

    Args:
        facts: what the store knows for one seeker.
        people: the snapshot's people.
        now: the moment, for pauses.
    """
    paused = {offer.person_id for offer in facts.offers if offer.is_paused(now)}
    away = paused | facts.asked_enough | facts.resting
    open_to = {
        offer.person_id: sum(kind.bit for kind in offer.open_to)
        for offer in facts.offers
        if offer.open_to is not None
    }
    open_rows, open_ids = _rows(people, open_to)
    capacity_rows, capacity_free = _free_places(facts, people)
    return LiveFacts(
        unavailable=_rows(people, away)[0],
        open_to_rows=open_rows,
        open_to_bits=np.array([open_to[person] for person in open_ids], np.uint8),
        capacity_rows=capacity_rows,
        capacity_free=capacity_free,
        hidden=_rows(people, facts.hidden)[0],
        hidden_for={kind: _rows(people, ids)[0] for kind, ids in facts.hidden_by_kind.items()},
        declined_for={kind: _rows(people, ids)[0] for kind, ids in facts.asked.items()},
    )


def _free_places(facts: StoreFacts, people: People) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    own = {offer.person_id: offer.capacity for offer in facts.offers if offer.capacity is not None}
    rows, ids = _rows(people, own.keys() | facts.active.keys())
    free = [
        own.get(person, int(people.capacity[row])) - facts.active.get(person, 0)
        for row, person in zip(rows.tolist(), ids, strict=True)
    ]
    return rows, np.array(free, np.int16)


def _rows(people: People, ids: Collection[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Find rows; gives them with the ids that have one, in the same order."""
    rows = people.rows(sorted(ids))
    return rows, [str(person) for person in people.ids[rows]]
