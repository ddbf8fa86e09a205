"""Everyone, column by column; row i is one person."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.errors import InputError, UnknownPersonError
from recommender.org import NO_LINES, NO_ROW, Org
from recommender.relationships import Relationship

NO_LEVEL = -1
"""The level that stands for 'unknown'."""

NO_CODE = -1
"""The code that stands for 'unknown' in a coded column (department, team, country, …)."""

_VALIDATE = "run 'python -m index validate' on the people file to see which"

PEOPLE_COLUMNS: tuple[str, ...] = (
    "person_id", "display_name", "email", "status", "job_title", "job_level", "department", "team",
    "location", "country", "timezone", "languages", "worker_type", "manager_id",
    "matrix_manager_id", "hire_date", "about", "experience", "skills", "can_help_with", "open_to",
    "capacity", "updated_on",
)  # fmt: skip
"""The columns of a people frame, in order. Absence means:
`status` active · `job_level` unknown (no rule that needs a level lets the person through) ·
`worker_type` employee · `open_to` nothing (nobody is volunteered) · `capacity` 1 ·
`manager_id` top of a line · `matrix_manager_id` (one or several, joined by ";") no second line ·
everything else: unknown, which neither helps nor hurts."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column as integer codes: `names[codes[i]]` is row i's text."""

    codes: NDArray[np.int32]
    """`(n_people,)` int32, `NO_CODE` where unknown."""
    names: tuple[str, ...]

    @classmethod
    def from_texts(cls, texts: pd.Series) -> Self:
        """Code a column; empty and missing texts become `NO_CODE`."""
        stripped = texts.astype("string").str.strip()
        codes, names = pd.factorize(stripped.mask(stripped == ""), sort=True)
        return cls(codes.astype(np.int32), tuple(str(name) for name in names))

    def name(self, row: int) -> str:
        """Return row `row`'s text, empty where unknown."""
        code = int(self.codes[row])
        return self.names[code] if code != NO_CODE else ""


class PeopleTexts(Protocol):
    """Where the cells that are shown stand: in memory, or in a file read a cell at a time."""

    def frame(self) -> pd.DataFrame:
        """Return all columns of everyone."""

    def column(self, name: str) -> pd.Series:
        """Return one column of everyone."""

    def cell(self, row: int, column: str) -> object:
        """Return one cell as the people frame holds it."""


@dataclass(frozen=True, slots=True)
class FrameTexts:
    """A people frame in memory as `PeopleTexts`."""

    people: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return the frame."""
        return self.people

    def column(self, name: str) -> pd.Series:
        """Return one column of the frame."""
        return self.people[name]

    def cell(self, row: int, column: str) -> object:
        """Return one cell of the frame."""
        value: object = self.people[column].iloc[row]
        return value


@dataclass(frozen=True, eq=False)
class People:
    """All people of one snapshot as columns; every array has `n_people` rows."""

    texts: PeopleTexts
    """The columns `PEOPLE_COLUMNS` as text to show; read only for who is shown."""
    as_of: np.datetime64
    """The day of the export, from which freshness is counted."""
    ids: NDArray[np.object_]
    active: NDArray[np.bool_]
    contractor: NDArray[np.bool_]
    level: NDArray[np.int16]
    """1 lowest; `NO_LEVEL` where unknown."""
    capacity: NDArray[np.int16]
    """How many relationships the person would take on."""
    open_to: NDArray[np.uint8]
    """A bit for each kind the person opted in to: `Relationship.bit`."""
    manager: NDArray[np.int32]
    """The manager's row, `NO_ROW` for none."""
    second: NDArray[np.int32]
    """`(n_lines, 2)`: a report's row and the row of a second manager, whose power counts alike."""
    department: Coded
    team: Coded
    location: Coded
    country: Coded
    timezone: Coded
    languages: NDArray[np.uint64]
    """A bit for each of `language_names` (the 64 most spoken)."""
    language_names: tuple[str, ...]
    updated_on: NDArray[np.datetime64]
    """datetime64[D], NaT where unknown."""

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, as_of: np.datetime64) -> Self:
        """Turn a validated people frame into columns.

        Args:
            frame: the columns `PEOPLE_COLUMNS` with the dtypes of `index.people_file`:
                strings ("" for absent; lists joined by ";"), `job_level` Int16 with NA,
                `capacity` int16, `hire_date` and `updated_on` datetime64 with NaT.
            as_of: the day of the export.

        Raises:
            InputError: an id stands twice, or the id of a manager, first or second, is nobody's.
                Who has an unknown manager must not pass for the top of a line.
        """
        frame = frame.reset_index(drop=True)
        ids = frame["person_id"].to_numpy(dtype=object)
        if not pd.Index(ids).is_unique:
            raise InputError(f"a person's id stands twice; {_VALIDATE}")
        languages, language_names = _bits_of_lists(frame["languages"])
        level = np.asarray(frame["job_level"].astype("Int16").fillna(NO_LEVEL), np.int16)
        return cls(
            texts=FrameTexts(frame),
            as_of=as_of,
            ids=ids,
            active=(frame["status"] == "active").to_numpy(dtype=np.bool_),
            contractor=(frame["worker_type"] == "contractor").to_numpy(dtype=np.bool_),
            level=level,
            capacity=frame["capacity"].to_numpy(dtype=np.int16),
            open_to=_open_to_bits(frame["open_to"]),
            manager=_rows_of(frame["manager_id"], ids),
            second=_second_lines(frame, ids),
            department=Coded.from_texts(frame["department"]),
            team=Coded.from_texts(frame["team"]),
            location=Coded.from_texts(frame["location"]),
            country=Coded.from_texts(frame["country"]),
            timezone=Coded.from_texts(frame["timezone"]),
            languages=languages,
            language_names=language_names,
            updated_on=frame["updated_on"].to_numpy(dtype="datetime64[D]"),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def frame(self) -> pd.DataFrame:
        """The columns `PEOPLE_COLUMNS` of everyone; never walked on the query path."""
        return self.texts.frame()

    @cached_property
    def org(self) -> Org:
        """The reporting lines of these people."""
        return Org.from_managers(self.manager, self.second)

    @cached_property
    def _row_index(self) -> pd.Index:
        return pd.Index(self.ids, dtype=object)  # as text, each look-up would convert all ids

    def row(self, person_id: str) -> int:
        """Find a person's row.

        Raises:
            UnknownPersonError: nobody has this id.
        """
        try:
            return int(self._row_index.get_loc(person_id))  # type: ignore[arg-type]
        except KeyError:
            raise UnknownPersonError(person_id) from None

    def rows(self, person_ids: list[str]) -> NDArray[np.int64]:
        """Find several people's rows, leaving out ids that nobody has."""
        found = self.find(person_ids)
        return found[found >= 0]

    def find(self, person_ids: list[str]) -> NDArray[np.int64]:
        """Find several people's rows in the order asked, `NO_ROW` for ids that nobody has."""
        found = self._row_index.get_indexer(pd.Index(person_ids, dtype=object))
        return np.asarray(found, np.int64)

    def text(self, row: int, column: str) -> str:
        """Return one cell as text, empty where unknown."""
        value = self.texts.cell(row, column)
        return (
            ""
            if value is None or value is pd.NA or value is pd.NaT or value != value
            else str(value)
        )

    def is_open_to(self, relationship: Relationship) -> NDArray[np.bool_]:
        """Mark who opted in to `relationship`: `(n_people,)` bool."""
        return np.asarray((self.open_to & relationship.bit) != 0, np.bool_)


def _rows_of(manager_ids: pd.Series, ids: NDArray[np.object_]) -> NDArray[np.int32]:
    managers = manager_ids.fillna("").to_numpy(dtype=object)
    rows = pd.Index(ids).get_indexer(pd.Index(managers, dtype=object))
    unknown = int(((rows < 0) & (managers != "")).sum())
    if unknown:
        raise InputError(f"{unknown} people have a manager whose id is nobody's; {_VALIDATE}")
    return np.where(rows >= 0, rows, NO_ROW).astype(np.int32)


def _second_lines(frame: pd.DataFrame, ids: NDArray[np.object_]) -> NDArray[np.int32]:
    if "matrix_manager_id" not in frame:  # as in snapshots of earlier versions
        return NO_LINES
    lists = frame["matrix_manager_id"].fillna("").astype(str)
    each = lists[lists != ""].str.split(";").explode()
    managers = _rows_of(each, ids)
    lines = np.column_stack([each.index.to_numpy(np.int32), managers])
    return np.asarray(lines[managers != NO_ROW], np.int32)


def _open_to_bits(lists: pd.Series) -> NDArray[np.uint8]:
    codes, names = pd.factorize(lists.astype("string").fillna(""))
    bits = np.zeros(len(names), np.uint8)
    for number, joined in enumerate(names):
        kinds = {part.strip() for part in str(joined).split(";")} - {""}
        bits[number] = sum(Relationship(kind).bit for kind in kinds)
    return bits[codes]


def _bits_of_lists(lists: pd.Series) -> tuple[NDArray[np.uint64], tuple[str, ...]]:
    codes, joined = pd.factorize(lists.astype("string").fillna(""))
    members = [{part.strip() for part in str(text).split(";")} - {""} for text in joined]
    counts: dict[str, int] = {}
    for weight, names in zip(np.bincount(codes, minlength=len(joined)), members, strict=True):
        for name in names:
            counts[name] = counts.get(name, 0) + int(weight)
    vocabulary = tuple(sorted(counts, key=lambda name: (-counts[name], name))[:64])
    place = {name: number for number, name in enumerate(vocabulary)}
    bits = np.array(
        [sum(1 << place[name] for name in names if name in place) for names in members], np.uint64
    )
    return bits[codes] if len(bits) else np.zeros(0, np.uint64), vocabulary
