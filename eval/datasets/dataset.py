"""Datasets: people, goals and judgements in a folder, read strictly.

A goal with a seeker is asked as that employee would ask it, for the kind it names or for all four.
A goal without a seeker (the public benchmarks) is matched by its text alone, without rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from eval.datasets import csv_tables
from index.people_file.people_file import read_people
from recommender.errors import DatasetError, Problem
from recommender.people import People
from recommender.relationships import Relationship

GOOD_GRADE = 2
"""A helper with this grade or more is a good suggestion; 1 is partial."""

_ORIGIN = re.compile(r"^How it was made[^:]*:\s*(.+?)\.(?=\s|$)", re.MULTILINE | re.DOTALL)

UNDISCLOSED = "undisclosed"
"""What people who declare nothing belong to in an audit."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One list to be made: a goal, and the kind it is asked for."""

    goal_id: str
    text: str
    seeker: int | None
    """The seeker's row; None for a benchmark's goal."""
    relationship: Relationship | None
    """None exactly where `seeker` is."""

    @property
    def kind(self) -> str:
        """The kind as runs write it; empty for a benchmark's goal."""
        return str(self.relationship or "")


@dataclass(frozen=True)
class Dataset:
    """Everything that an evaluation starts from."""

    name: str
    folder: Path
    people: People
    goals: pd.DataFrame
    """`goal_id, person_id, text, relationship`, all text, in the file's order."""
    qrels: pd.DataFrame
    """`goal_id, relationship, person_id` text, `grade` float64."""
    kinds: pd.DataFrame | None
    """`goal_id, kind, rank`: the kinds that suit a goal; None where the dataset does not say."""
    needs: pd.DataFrame | None
    """`goal_id, part, label`: what each part of a goal is; None where the dataset does not say."""
    evidence: pd.DataFrame | None
    """`goal_id, person_id, field, passage` text, `grade` int: what single passages prove; None
    where the dataset does not say."""
    provenance: str
    """The dataset's README (Markdown), to be shown beside every figure; empty without one."""

    @property
    def origin(self) -> str:
        """How the dataset was made, in a sentence to stand beside figures; empty if not said.

        It is the sentence after "How it was made …:" in the README.
        """
        found = _ORIGIN.search(self.provenance)
        said = " ".join(found[1].split()) if found else ""
        return f"{said[:1].upper()}{said[1:]}." if said else ""

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The lists to be made, in the order of the goals; kinds in the order of the enum."""
        return tuple(self._asks())

    @property
    def rated(self) -> bool:
        """Whether the judgements are ratings of single pairs, given in fractions.

        Then whoever is not listed is unknown, not a 0; measures of a whole list mean nothing, and
        the pair loss is what is measured.
        """
        grade = self.qrels["grade"].to_numpy(dtype=np.float64)
        return bool((grade != np.round(grade)).any())

    @property
    def good_grade(self) -> int:
        """The grade from which a helper is good: `GOOD_GRADE`, or 1 where grades are yes or no."""
        return GOOD_GRADE if (self.qrels["grade"] >= GOOD_GRADE).any() else 1

    @property
    def good_lists(self) -> pd.DataFrame:
        """The judged lists with at least one good helper: `goal_id, relationship`, sorted.

        Quality is measured on these: where nobody is good, no order is better than another.
        """
        good = self.qrels[self.qrels["grade"] >= self.good_grade]
        lists = good[["goal_id", "relationship"]].drop_duplicates()
        return lists.sort_values(["goal_id", "relationship"], ignore_index=True)

    def _asks(self) -> Iterator[Ask]:
        for goal in self.goals.itertuples(index=False):
            if not goal.person_id:
                yield Ask(str(goal.goal_id), str(goal.text), None, None)
                continue
            seeker = self.people.row(str(goal.person_id))
            named = str(goal.relationship)
            for kind in [Relationship(named)] if named else list(Relationship):
                yield Ask(str(goal.goal_id), str(goal.text), seeker, kind)


def read_dataset(folder: Path) -> Dataset:
    """Read `people.csv`, `goals.csv`, `qrels.csv` and, where they are, the other tables.

    Raises:
        PeopleFileError: the people file has problems.
        DatasetError: one of the other files has; all problems of all files are in `problems`.
    """
    folder = Path(folder)
    if not folder.is_dir():
        missing = Problem(
            folder.name, "no_folder", "there is no such folder",
            "name a folder with people.csv, goals.csv and qrels.csv",
        )  # fmt: skip
        raise DatasetError(str(folder), [missing])
    people = People.from_frame(*_people(folder))
    ids = set(people.ids.tolist())
    problems: list[Problem] = []
    goals = csv_tables.read(
        folder / "goals.csv", required=("goal_id", "text"),
        optional=("person_id", "relationship"), problems=problems,
    )  # fmt: skip
    qrels = csv_tables.read(
        folder / "qrels.csv", required=("goal_id", "person_id", "grade"),
        optional=("relationship",), problems=problems,
    )  # fmt: skip
    if goals is not None and qrels is not None:
        problems += csv_tables.check_goals(goals, ids)
        problems += csv_tables.check_qrels(qrels, goals, ids)
    kinds = None
    if (folder / "kinds.csv").exists():
        kinds = csv_tables.read(
            folder / "kinds.csv", required=("goal_id", "kind", "rank"), optional=(),
            problems=problems,
        )  # fmt: skip
        if kinds is not None and goals is not None:
            problems += csv_tables.check_kinds(kinds, goals)
    needs = None
    if (folder / "needs.csv").exists():
        needs = csv_tables.read(
            folder / "needs.csv", required=("goal_id", "part", "label"), optional=(),
            problems=problems,
        )  # fmt: skip
        if needs is not None and goals is not None:
            problems += csv_tables.check_needs(needs, goals)
    evidence = None
    if (folder / "evidence.csv").exists():
        evidence = csv_tables.read(
            folder / "evidence.csv",
            required=("goal_id", "person_id", "field", "passage", "grade"), optional=(),
            problems=problems,
        )  # fmt: skip
        if evidence is not None and goals is not None:
            problems += csv_tables.check_evidence(evidence, goals, ids)
    if problems or goals is None or qrels is None:
        raise DatasetError(str(folder), problems)
    readme = folder / "README.md"
    return Dataset(
        name=folder.resolve().name,
        folder=folder,
        people=people,
        goals=goals.frame,
        qrels=qrels.frame.assign(grade=qrels.frame["grade"].astype("float64")),
        kinds=None if kinds is None else kinds.frame.assign(rank=kinds.frame["rank"].astype(int)),
        needs=None if needs is None else needs.frame.assign(part=needs.frame["part"].astype(int)),
        evidence=(
            None
            if evidence is None
            else evidence.frame.assign(grade=evidence.frame["grade"].astype(int))
        ),
        provenance=readme.read_text(encoding="utf-8") if readme.is_file() else "",
    )


def has_demographics(dataset: Dataset) -> bool:
    """Return whether the dataset holds groups to audit by."""
    return (dataset.folder / "demographics.csv").is_file()


def read_demographics(dataset: Dataset) -> pd.DataFrame:
    """Read the self-declared groups, for audits only: nothing that suggests may call this.

    Returns:
        A row for each person, as in `dataset.people`, a column of text for each attribute;
        `UNDISCLOSED` where a person or an attribute is missing.

    Raises:
        DatasetError: the file cannot be read, names nobody, or names somebody twice.
    """
    path = dataset.folder / "demographics.csv"
    problems: list[Problem] = []
    table = csv_tables.read_any(path, required=("person_id",), problems=problems)
    if table is not None:
        problems += csv_tables.check_people(table, set(dataset.people.ids.tolist()))
    if table is None or problems:
        raise DatasetError(str(dataset.folder), problems)
    frame = table.frame.set_index("person_id").reindex(dataset.people.ids)
    return frame.replace("", UNDISCLOSED).fillna(UNDISCLOSED).reset_index(drop=True)


def _people(folder: Path) -> tuple[pd.DataFrame, np.datetime64]:
    file = read_people(folder / "people.csv")
    return file.frame, file.as_of
