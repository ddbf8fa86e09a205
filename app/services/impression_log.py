"""Keeping who was shown, without making fifty sessions queue for the store's one writer."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import date

from app.store.database import Store
from app.store.impressions import insert_impressions
from recommender.relationships import Relationship


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer showed."""

    shown_on: date
    seeker_id: str
    goal_id: str
    snapshot_id: str
    places: tuple[tuple[Relationship, int, str], ...]
    """Kind, place in its list (1 is first) and helper."""


@dataclass
class ImpressionLog:
    """Writes at once where nobody else does; else leaves it to the session that is writing.

    So sessions never wait for each other here, and many answers become one transaction.
    """

    store: Store
    _waiting: deque[Shown] = field(default_factory=deque, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    def add(self, shown: Shown) -> None:
        """Keep what was shown.

        Raises:
            StoreError: the store cannot be reached; what waited to be written is not kept.
        """
        self._waiting.append(shown)
        # whoever holds the turn looks again after giving it back, so nothing is left behind
        while self._waiting and self._turn.acquire(blocking=False):
            try:
                batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
                self._write(batch)
            finally:
                self._turn.release()

    def _write(self, batch: list[Shown]) -> None:
        with self.store.writing() as connection:
            for one in batch:
                insert_impressions(
                    connection,
                    shown_on=one.shown_on,
                    seeker_id=one.seeker_id,
                    goal_id=one.goal_id,
                    snapshot_id=one.snapshot_id,
                    shown=one.places,
                )
