"""Random organisations for property tests, as plain Python that a test can restate rules on.

A forest with any number of roots, some people without a level, some with neither manager nor
report, some with second managers anywhere (round in circles too), in a row order that says nothing
about the hierarchy.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from recommender.live import LiveFacts
from recommender.people import PEOPLE_COLUMNS, People
from recommender.relationships import Relationship

AS_OF = np.datetime64("2026-11-01", "D")
KINDS = [kind.value for kind in Relationship]


@dataclass(frozen=True)
class Person:
    """One person in plain words; managers are rows, `manager` None for nobody."""

    manager: int | None = None
    second: frozenset[int] = frozenset()
    level: int | None = 5
    status: str = "active"
    worker_type: str = "employee"
    open_to: frozenset[str] = frozenset(KINDS)
    capacity: int = 1


@dataclass(frozen=True)
class Live:
    """What happened since the snapshot, in plain words; people are rows."""

    unavailable: frozenset[int] = frozenset()
    open_to: dict[int, frozenset[str]] = field(default_factory=dict)
    capacity: dict[int, int] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    hidden_for: dict[str, frozenset[int]] = field(default_factory=dict)
    declined_for: dict[str, frozenset[int]] = field(default_factory=dict)

    def facts(self) -> LiveFacts:
        return LiveFacts(
            unavailable=_rows(self.unavailable),
            open_to_rows=_rows(self.open_to),
            open_to_bits=np.array(
                [sum(Relationship(kind).bit for kind in kinds) for kinds in self.open_to.values()],
                np.uint8,
            ),
            capacity_rows=_rows(self.capacity),
            capacity_free=np.array(list(self.capacity.values()), np.int16),
            hidden=_rows(self.hidden),
            hidden_for={Relationship(kind): _rows(rows) for kind, rows in self.hidden_for.items()},
            declined_for={
                Relationship(kind): _rows(rows) for kind, rows in self.declined_for.items()
            },
        )


def people_of(organisation: list[Person]) -> People:
    """Build the columns through the same door as a people file."""
    frame = pd.DataFrame(
        {column: [""] * len(organisation) for column in PEOPLE_COLUMNS}, dtype="str"
    )
    frame["person_id"] = [f"p{row}" for row in range(len(organisation))]
    frame["manager_id"] = [
        "" if person.manager is None else f"p{person.manager}" for person in organisation
    ]
    frame["matrix_manager_id"] = [
        ";".join(f"p{row}" for row in sorted(person.second)) for person in organisation
    ]
    frame["job_level"] = pd.array([person.level for person in organisation], dtype="Int16")
    frame["status"] = [person.status for person in organisation]
    frame["worker_type"] = [person.worker_type for person in organisation]
    frame["open_to"] = [";".join(sorted(person.open_to)) for person in organisation]
    frame["capacity"] = np.array([person.capacity for person in organisation], np.int16)
    for name in ("hire_date", "updated_on"):
        frame[name] = pd.to_datetime(pd.Series([None] * len(organisation)))
    return People.from_frame(frame, AS_OF)


@st.composite
def forests(draw: st.DrawFn, max_size: int = 12) -> list[int | None]:
    """Draw who reports to whom: row i's manager, None for a root."""
    size = draw(st.integers(1, max_size))
    parents = [draw(st.integers(-1, number - 1)) for number in range(size)]
    rows = draw(st.permutations(range(size)))
    managers: list[int | None] = [None] * size
    for number, parent in enumerate(parents):
        managers[rows[number]] = rows[parent] if parent >= 0 else None
    return managers


@st.composite
def organisations(draw: st.DrawFn, max_size: int = 9) -> list[Person]:
    """Draw a company; most people are available, so that the other rules show."""
    managers = draw(forests(max_size))
    person = st.builds(
        Person,
        level=st.one_of(st.integers(1, 6), st.none()),
        status=st.sampled_from(["active", "active", "active", "leave"]),
        worker_type=st.sampled_from(["employee", "employee", "contractor"]),
        open_to=st.one_of(st.just(frozenset(KINDS)), st.frozensets(st.sampled_from(KINDS))),
        capacity=st.sampled_from([1, 2, 1, 0]),
    )
    rows = st.integers(0, len(managers) - 1)
    second = st.one_of(st.just(frozenset[int]()), st.frozensets(rows, max_size=2))
    return [
        replace(draw(person), manager=manager, second=draw(second) - {row})
        for row, manager in enumerate(managers)
    ]


def lives(size: int) -> st.SearchStrategy[Live]:
    """Draw what happened since the snapshot in a company of `size`."""
    row = st.integers(0, size - 1)
    few = st.frozensets(row, max_size=3)
    by_kind = st.dictionaries(st.sampled_from(KINDS), few, max_size=2)
    drawn = st.builds(
        Live,
        unavailable=few,
        open_to=st.dictionaries(row, st.frozensets(st.sampled_from(KINDS)), max_size=3),
        capacity=st.dictionaries(row, st.integers(0, 2), max_size=3),
        hidden=st.frozensets(row, max_size=2),
        hidden_for=by_kind,
        declined_for=by_kind,
    )
    return st.one_of(st.just(Live()), drawn)


def line_up(organisation: list[Person], row: int) -> list[int]:
    """List everyone above a person, by walking every line up; never the person."""
    line: list[int] = []
    waiting = own_managers(organisation[row])
    while waiting:
        upper = waiting.pop(0)
        if upper not in (row, *line):
            line.append(upper)
            waiting += own_managers(organisation[upper])
    return line


def own_managers(person: Person) -> list[int]:
    """List a person's managers, first and second."""
    return [*([] if person.manager is None else [person.manager]), *sorted(person.second)]


def _rows(rows: object) -> np.ndarray:
    return np.array(list(rows), np.int64)  # type: ignore[call-overload]
