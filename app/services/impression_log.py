"""Keeping who was shown, without making anybody wait for it."""

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import date

from app.store.database import Store
from app.store.impressions import count_shown
from recommender.errors import StoreError

MOST_WAITING = 2_000
"""So many answers wait for a store that cannot be written; older ones are not counted then."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer showed."""

    shown_on: date
    seeker_id: str
    places: dict[str, int]
    """Helpers, and the best place of each in the lists (1 is first)."""


@dataclass
class ImpressionLog:
    """Writes at once where nobody else does; else leaves it to whoever comes next.

    So no session waits here and none fails, and many answers become one transaction.
    """

    store: Store
    _waiting: deque[Shown] = field(default_factory=lambda: deque(maxlen=MOST_WAITING), init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    def add(self, shown: Shown) -> None:
        """Keep what was shown, now or with the next answer that finds the store free."""
        self._waiting.append(shown)
        # whoever holds the turn looks again after giving it back, so nothing is left behind
        while self._waiting and self._turn.acquire(blocking=False):
            try:
                batch = self._take()
                if not self._is_written(batch):
                    self._waiting.extendleft(reversed(batch))
                    return
            finally:
                self._turn.release()

    def _take(self) -> list[Shown]:
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _is_written(self, batch: list[Shown]) -> bool:
        try:
            self._write(batch)
        except StoreError as error:
            _log.warning(
                "%d answers wait to be counted as shown: %s", len(batch), type(error).__name__
            )
            return False
        return True

    def _write(self, batch: list[Shown]) -> None:
        with self.store.writing_at_leisure() as connection:
            for one in sorted(batch, key=lambda one: one.seeker_id):
                count_shown(connection, one.shown_on, one.seeker_id, one.places)
