"""What is known since the snapshot was built: who paused, is full, left, or is hidden from whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.errors import InputError
from recommender.profiles import Field
from recommender.relationships import Relationship

Rows = NDArray[np.int64]
"""Rows of `People`, each at most once, in any order."""


def _nobody() -> Rows:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class LiveFacts:
    """Facts newer than the snapshot, for one seeker; they are laid over it at query time.

    Nothing here brings back somebody whom the snapshot holds as not active.

    Raises:
        InputError: a row is negative or named twice, or rows and values differ in number.
    """

    unavailable: Rows = field(default_factory=_nobody)
    """`(n,)`: paused, left, with too many open requests, or unwilling to be found by this seeker.
    Private: nobody learns which."""
    open_to_rows: Rows = field(default_factory=_nobody)
    """`(n,)`: who changed the kinds they are open to."""
    open_to_bits: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    """`(n,)` uint8: their kinds now, instead of `People.open_to`."""
    capacity_rows: Rows = field(default_factory=_nobody)
    """`(n,)`: whose free places changed."""
    capacity_free: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    """`(n,)` int16: their free places now, instead of `People.capacity`."""
    hidden: Rows = field(default_factory=_nobody)
    """`(n,)`: whom the seeker does not want to see for any kind."""
    hidden_for: Mapping[Relationship, Rows] = field(default_factory=dict)
    """Whom the seeker does not want to see for one kind."""
    declined_for: Mapping[Relationship, Rows] = field(default_factory=dict)
    """Who declined the seeker's request for one kind, while the cooldown lasts."""

    quotable: Mapping[int, frozenset[Field]] = field(default_factory=dict)
    """By row: the parts of a profile that its owner lets be quoted; absent where they said nothing,
    and then all may be that are `retrieval.QUOTABLE`."""

    exposure_rows: Rows = field(default_factory=_nobody)
    """`(n,)`: who was shown to others of late."""
    exposure: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """`(n,)` float64: how much; each time counts `1 / log2(1 + rank)`."""

    def __post_init__(self) -> None:
        for name, rows in self._rows():
            if len(rows) and (rows.min() < 0 or len(np.unique(rows)) < len(rows)):
                raise InputError(f"live facts: {name} holds a negative row or one row twice")
        if len(self.open_to_rows) != len(self.open_to_bits):
            raise InputError("live facts: open_to_rows and open_to_bits differ in number")
        if len(self.capacity_rows) != len(self.capacity_free):
            raise InputError("live facts: capacity_rows and capacity_free differ in number")
        if len(self.exposure_rows) != len(self.exposure):
            raise InputError("live facts: exposure_rows and exposure differ in number")

    @property
    def highest_row(self) -> int:
        """The highest row named here, 0 where none is."""
        return max((int(rows.max()) for _, rows in self._rows() if len(rows)), default=0)

    def _rows(self) -> Iterator[tuple[str, Rows]]:
        yield "unavailable", self.unavailable
        yield "open_to_rows", self.open_to_rows
        yield "capacity_rows", self.capacity_rows
        yield "exposure_rows", self.exposure_rows
        yield "hidden", self.hidden
        yield "quotable", np.array(sorted(self.quotable), np.int64)
        for name, by_kind in (("hidden_for", self.hidden_for), ("declined_for", self.declined_for)):
            for relationship, rows in by_kind.items():
                yield f"{name}[{relationship}]", rows

    @classmethod
    def none(cls) -> Self:
        """Return the facts of a company in which nothing happened since the snapshot."""
        return cls()
