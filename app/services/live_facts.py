"""What the store knows, as rows to lay over the snapshot of the night."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from app.store.facts import StoreFacts
from app.store.impressions import exposure_before
from recommender.live import LiveFacts, Rows
from recommender.people import People
from recommender.relationships import Relationship

T = TypeVar("T")

Values = NDArray[np.float64]

NOTHING = 1e-9
"""What is left of a difference of equal sums."""


@dataclass
class DailyExposure:
    """How much everybody was shown up to the day before, added up once a day and snapshot.

    So a search costs the same however much was shown, and nobody can watch a sum move.
    """

    _kept: tuple[People, date, Values] | None = field(default=None, init=False)

    def of(self, connection: sa.Connection, people: People, today: date) -> Values:
        """Return it as `(n_people,)` float64, not to be written to."""
        kept = self._kept
        if kept is None or kept[0] is not people or kept[1] != today:
            values = np.zeros(len(people))
            rows, worth = _found(people, exposure_before(connection, today))
            values[rows] = worth
            kept = self._kept = people, today, values
        return kept[2]


def lay_over(facts: StoreFacts, people: People, exposure: Values | None = None) -> LiveFacts:
    """Turn ids into rows of this snapshot; people who are not in it are left out.

    Args:
        facts: what the store knows for one seeker.
        people: the snapshot's people.
        exposure: how much each of them was shown; None where it does not matter.
    """
    open_rows, open_texts = _found(people, facts.open_to)
    capacity_rows, capacity_free = _free_places(facts, people)
    shown_rows, shown = _shown_by_others(facts, people, exposure)
    quotable_rows, quotable = _found(people, facts.quotable)
    return LiveFacts(
        unavailable=_rows(people, {*facts.paused, *facts.asked_enough, *facts.resting}),
        open_to_rows=open_rows,
        open_to_bits=_bits(open_texts),
        capacity_rows=capacity_rows,
        capacity_free=capacity_free,
        exposure_rows=shown_rows,
        exposure=shown,
        quotable=dict(zip(quotable_rows.tolist(), quotable, strict=True)),
        hidden=_rows(people, facts.hidden),
        hidden_for={kind: _rows(people, ids) for kind, ids in facts.hidden_by_kind.items()},
        declined_for={kind: _rows(people, ids) for kind, ids in facts.asked.items()},
    )


def _shown_by_others(
    facts: StoreFacts, people: People, exposure: Values | None
) -> tuple[Rows, Values]:
    if exposure is None:
        return np.zeros(0, np.int64), np.zeros(0)
    values = exposure.copy()
    rows, own = _found(people, facts.own_exposure)
    values[rows] = np.maximum(values[rows] - np.array(own, np.float64), 0.0)
    values[values < NOTHING] = 0.0
    shown_rows = np.flatnonzero(values)
    return shown_rows, values[shown_rows]


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
