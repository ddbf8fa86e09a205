"""A company of seven, small enough to check by eye.

ada (L8, Board)
├── bo  (L6, Engineering)
│   ├── cy (L4, Engineering)   the seeker of most tests
│   └── di (L4, Engineering)
└── ed  (L6, Finance)
    └── fay (L5, Finance)
gus: no manager, no reports, no level
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.people import PEOPLE_COLUMNS, People
from recommender.profiles import Field
from recommender.retrieval import Candidates, ListQuery

ADA, BO, CY, DI, ED, FAY, GUS = range(7)
AS_OF = np.datetime64("2026-11-01", "D")

_ROWS = [
    # id, title, level, department, team, zone, languages, manager
    ("ada", "Chief Executive", 8, "Board", "Board", "Europe/Amsterdam", "English;Dutch", ""),
    ("bo", "Head of Engineering", 6, "Engineering", "Lead", "Europe/Amsterdam", "English", "ada"),
    ("cy", "Developer", 4, "Engineering", "Web", "Europe/Amsterdam", "English;Polish", "bo"),
    ("di", "Developer", 4, "Engineering", "Data", "America/Sao_Paulo", "Portuguese", "bo"),
    ("ed", "Head of Finance", 6, "Finance", "Lead", "Asia/Kolkata", "English", "ada"),
    ("fay", "Controller", 5, "Finance", "Control", "", "", "ed"),
    ("gus", "Adviser", None, "", "", "Nowhere/Else", "Polish", ""),
]
_UPDATED = ["2026-11-01", "2024-11-01", "2026-11-01", "2020-01-01", "2026-11-01", None, None]


def small_company(**changes: list[object]) -> People:
    """Build the company; `changes` replaces whole columns."""
    frame = pd.DataFrame({column: [""] * len(_ROWS) for column in PEOPLE_COLUMNS}, dtype="str")
    ids, titles, levels, departments, teams, zones, languages, managers = zip(*_ROWS, strict=True)
    columns: dict[str, list[object]] = {
        "person_id": list(ids),
        "display_name": [name.capitalize() for name in ids],
        "job_title": list(titles),
        "job_level": list(levels),
        "department": list(departments),
        "team": list(teams),
        "timezone": list(zones),
        "languages": list(languages),
        "manager_id": list(managers),
        "status": ["active"] * len(ids),
        "worker_type": ["employee"] * len(ids),
        "open_to": ["mentor;coach;sponsor;peer"] * len(ids),
        "capacity": [1] * len(ids),
        "updated_on": list(_UPDATED),
        "hire_date": [None] * len(ids),
        **changes,
    }
    for name, values in columns.items():
        frame[name] = values
    frame["job_level"] = frame["job_level"].astype("Int16")
    frame["capacity"] = frame["capacity"].astype("int16")
    for name in ("hire_date", "updated_on"):
        frame[name] = pd.to_datetime(frame[name])
    return People.from_frame(frame, AS_OF)


@dataclass
class Shelf:
    """A `Retriever` over vectors written down by hand: two dimensions, a passage a row."""

    people: People
    owner: list[int]
    directions: list[list[float]]
    snapshot_id: str = "shelf"

    def passages_of(self, row: int) -> NDArray[np.int64]:
        return np.flatnonzero(np.array(self.owner) == row)

    def vectors(self, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.array(self.directions, np.float32)[passages]

    def fields(self, passages: NDArray[np.int64]) -> NDArray[np.uint8]:
        return np.full(len(passages), Field.ABOUT, np.uint8)

    def texts(self, passages: NDArray[np.int64]) -> list[str]:
        return [f"passage {number}" for number in passages]

    def goal_centroid(self, language: str) -> NDArray[np.float32]:
        return np.zeros(2, np.float32)

    def language_of(self, text: str) -> str:
        return "en"

    def put_right(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        return text, ()

    def encode_parts(self, parts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        one = np.tile(np.array([1, 0], np.float32), (len(parts), 1))
        return one, one

    def need_probabilities(
        self, manner: NDArray[np.float32], parts: Sequence[str]
    ) -> NDArray[np.float64]:
        return np.ones(len(parts))

    def kind_logits(self, goal: str, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.zeros(4)

    def candidates(
        self,
        goal: str,
        vectors: NDArray[np.float32],
        queries: Sequence[ListQuery],
        limit: int | None,
        own: NDArray[np.int64],
        language: str = "en",
    ) -> Candidates:
        rows = np.flatnonzero(np.any([query.eligible for query in queries], axis=0))
        passages = [self.passages_of(row) for row in rows]
        numbers = np.concatenate([np.zeros(0, np.int64), *passages])
        return Candidates(
            rows=rows,
            lists=tuple(np.searchsorted(rows, np.flatnonzero(one.eligible)) for one in queries),
            starts=np.cumsum([0, *map(len, passages)]),
            passage=numbers,
            field=self.fields(numbers),
            similarity=vectors @ self.vectors(numbers).T,
            own=self.vectors(own).reshape(-1, 2) @ self.vectors(numbers).T,
            lexical=np.zeros(len(rows), np.float32),
            grams=np.zeros(len(rows), np.float32),
        )
