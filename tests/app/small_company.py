"""A company of a few people, small enough to know who may help whom by heart.

    BOSS (9)
    ├── HEAD (7) ── ANNA (4), BEN (4)
    └── LEAD (7) ── CARA (6), DAN (4), EVE (4), FAY (5)
    GUS (6) is a contractor under BOSS, HAL (6) is on leave, and reports to LEAD.

For ANNA: mentors are LEAD, CARA, FAY; sponsors LEAD, CARA; peers DAN, EVE, FAY (BEN too).
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from app.services.identity import Identity
from index.snapshot.identities import Identities
from recommender.people import PEOPLE_COLUMNS, People

ALL_KINDS = "mentor;coach;sponsor;peer"

_ROWS = (
    # id, level, manager, department, status, worker type
    ("BOSS", 9, "", "Board", "active", "employee"),
    ("HEAD", 7, "BOSS", "Sales", "active", "employee"),
    ("LEAD", 7, "BOSS", "Port", "active", "employee"),
    ("ANNA", 4, "HEAD", "Sales", "active", "employee"),
    ("BEN", 4, "HEAD", "Sales", "active", "employee"),
    ("CARA", 6, "LEAD", "Port", "active", "employee"),
    ("DAN", 4, "LEAD", "Port", "active", "employee"),
    ("EVE", 4, "LEAD", "Port", "active", "employee"),
    ("FAY", 5, "LEAD", "Port", "active", "employee"),
    ("GUS", 6, "BOSS", "Board", "active", "contractor"),
    ("HAL", 6, "LEAD", "Port", "leave", "employee"),
)


def people_frame(capacity: int = 2) -> pd.DataFrame:
    rows = [
        {
            "person_id": person_id,
            "display_name": person_id.title(),
            "email": f"{person_id.lower()}@small.example",
            "status": status,
            "job_title": f"Title of {person_id.title()}",
            "job_level": level,
            "department": department,
            "team": department,
            "location": "Gdynia" if department == "Port" else "Łódź",
            "worker_type": worker_type,
            "manager_id": manager,
            "open_to": ALL_KINDS,
            "capacity": capacity,
        }
        for person_id, level, manager, department, status, worker_type in _ROWS
    ]
    return typed(pd.DataFrame(rows).reindex(columns=list(PEOPLE_COLUMNS)))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Cast a people frame to the dtypes that `index.people_file.people_file` gives."""
    dates = ["hire_date", "updated_on"]
    texts = [name for name in PEOPLE_COLUMNS if name not in (*dates, "job_level", "capacity")]
    frame[texts] = frame[texts].astype(object).fillna("").astype(str)
    frame["job_level"] = frame["job_level"].astype("Int16")
    frame["capacity"] = frame["capacity"].astype("int16")
    frame[dates] = frame[dates].apply(pd.to_datetime)
    return frame


@dataclass
class SmallSnapshot:
    """What services need of a snapshot where nothing is searched."""

    people: People = field(default_factory=lambda: as_people(people_frame()))
    snapshot_id: str = "first"
    policy_text: str = ""
    identities: Identities | None = None

    def without(self, *person_ids: str) -> "SmallSnapshot":
        """The next night's snapshot, in which some people are missing."""
        frame = self.people.frame
        kept = frame[~frame["person_id"].isin(person_ids)].copy()
        kept.loc[kept["manager_id"].isin(person_ids), "manager_id"] = ""
        return replace(self, people=as_people(kept), snapshot_id=self.snapshot_id + "+")

    def changed(self, person_id: str, **cells: object) -> "SmallSnapshot":
        """The next night's snapshot, in which one person's cells differ."""
        frame = self.people.frame.copy()
        for name, value in cells.items():
            frame.loc[frame["person_id"] == person_id, name] = value
        return replace(self, people=as_people(frame), snapshot_id=self.snapshot_id + "+")


class HandClock:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


def as_people(frame: pd.DataFrame) -> People:
    return People.from_frame(frame, np.datetime64("2026-03-01", "D"))


ANNA, BEN, CARA, DAN, EVE, FAY = map(Identity, ("ANNA", "BEN", "CARA", "DAN", "EVE", "FAY"))
HEAD, LEAD = Identity("HEAD"), Identity("LEAD")
ADMIN = Identity("BOSS", is_admin=True)
