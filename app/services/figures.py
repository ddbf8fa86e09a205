"""The programme's figures as records, and as CSV; None is a figure about too few people."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from enum import StrEnum

from pydantic import TypeAdapter

from app.services.exports import to_csv
from recommender.relationships import Relationship

WITHHELD = "withheld"
"""What a CSV cell says about too few people."""

Kind = Relationship | None
Cell = tuple[str, Kind]


class Division(StrEnum):
    """By what figures are divided, besides the kind."""

    COMPANY = "company"
    DEPARTMENT = "department"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Balance:
    """Demand against supply in one part of the company; None is withheld."""

    part: str
    """The department or place; empty for the whole company, or where it is not known."""
    relationship: Kind
    """None: the seeker left the kind open, the helper is open to any."""
    seekers: int | None
    """Distinct people here who wanted this kind."""
    helpers: int | None
    """Distinct people here who are open to it and have a free place now."""
    places: int | None
    """Their free places."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """Goals without anybody; None is withheld."""

    part: str
    relationship: Kind
    goals: int | None
    seekers: int | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the requests of one kind; all None is withheld."""

    relationship: Relationship
    sent: int | None
    accepted: int | None
    declined: int | None
    expired: int | None
    withdrawn: int | None
    unanswered: int | None
    """Open at this moment, and not put off."""
    put_off: int | None
    median_days: float | None
    """Between sending and the answer."""


@dataclass(frozen=True, slots=True)
class Load:
    """How helping is spread over those who would help; None is withheld."""

    helpers: int | None
    """Who is open to a kind at all."""
    full: int | None
    """Those without a free place."""
    active: int | None
    """Relationships that go on."""
    gini_load: float | None
    """0: all help the same number of people; towards 1: a few help all."""
    gini_exposure: float | None
    """The same of how often they were shown."""
    by_number_helped: dict[int, int | None]
    """How many helpers help 0, 1, 2 … people."""


@dataclass(frozen=True, slots=True)
class Said:
    """How many people gave an answer about relationships of one kind; None is withheld."""

    relationship: Relationship
    answer: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Week:
    """The requests sent in one week; None is withheld."""

    begins: date
    """Its first day."""
    sent: int | None
    accepted: int | None
    """How many of these were accepted, then or later."""


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    """All figures of one day."""

    balance: dict[Division, list[Balance]]
    unmet: dict[Division, list[Unmet]]
    answers: list[Answers]
    weeks: list[Week]
    load: Load
    said: dict[str, list[Said]]


FIGURES: TypeAdapter[ProgrammeFigures] = TypeAdapter(ProgrammeFigures)
"""Writes and reads all figures as JSON."""


def csv_of(rows: Sequence[Balance | Unmet | Answers | Said], columns: type) -> bytes:
    """Write figures as CSV that is safe to open in a spreadsheet.

    Args:
        rows: figures of one class.
        columns: that class, for the heading of an empty table.
    """
    names = [field.name for field in fields(columns)]
    cells = ([WITHHELD if cell is None else cell for cell in _row(one)] for one in rows)
    return to_csv(names, cells)


def _row(one: Balance | Unmet | Answers | Said) -> tuple[object, ...]:
    open_kind = isinstance(one, Balance | Unmet) and one.relationship is None
    return tuple(
        "any" if cell is None and open_kind and number == 1 else cell
        for number, cell in enumerate(astuple(one))
    )
