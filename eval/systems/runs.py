"""Runs: a system's saved rankings, and what it was that made them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.datasets import csv_tables
from eval.datasets.dataset import Ask, Dataset
from eval.systems.run_gaps import foreign_run
from index.disk.files import write_json
from recommender.errors import DatasetError, Problem

RUN_FILE = "run.csv"
RECORD_FILE = "run.json"
TIMING_FILE = "timing.json"
"""Apart from the record, so that the same command writes the same run and record twice."""

COLUMNS = ("goal_id", "relationship", "person_id", "rank", "score")


@dataclass(frozen=True, slots=True)
class RankedList:
    """One list of a run: everybody who may be suggested, best first."""

    ask: Ask
    rows: NDArray[np.int64]
    """`(n,)` rows of the dataset's people, best first."""
    scores: NDArray[np.float64]
    """`(n,)`, not rising."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, read or made; `frame` has `COLUMNS`, each list in its order."""

    name: str
    frame: pd.DataFrame
    """`goal_id, relationship, person_id` text, `rank` int64 from 1, `score` float64."""

    def top(self, length: int) -> pd.DataFrame:
        """Return the first `length` of each list."""
        return self.frame[self.frame["rank"] <= length]


def make_run(name: str, dataset: Dataset, lists: Iterable[RankedList]) -> Run:
    """Gather ranked lists into a run."""
    ids = dataset.people.ids
    parts = [
        pd.DataFrame(
            {
                "goal_id": part.ask.goal_id,
                "relationship": part.ask.kind,
                "person_id": ids[part.rows],
                "rank": np.arange(1, len(part.rows) + 1),
                "score": part.scores,
            }
        )
        for part in lists
    ]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    text = {"goal_id": "str", "relationship": "str", "person_id": "str"}
    return Run(name, frame.astype({**text, "rank": "int64", "score": "float64"}))


def write_run(run: Run, folder: Path, record: dict[str, Any], timing: dict[str, Any]) -> None:
    """Write `run.csv`, `run.json` and `timing.json` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    run.frame.to_csv(folder / RUN_FILE, index=False, float_format="%.9g", lineterminator="\n")
    write_json(folder / RECORD_FILE, record)
    write_json(folder / TIMING_FILE, timing)


def read_run(path: Path, dataset: Dataset) -> Run:
    """Read a run, this project's or any other's, and bring it into order.

    The columns `goal_id, person_id, score` must be there; `relationship` may be left out where the
    goals name none, `rank` always. As in TREC, the score makes the order; rank, then id, part equal
    scores.

    Raises:
        DatasetError: the file has problems, or is of another dataset; all are in `problems`.
    """
    path = path / RUN_FILE if path.is_dir() else path
    problems: list[Problem] = []
    table = csv_tables.read(
        path, required=("goal_id", "person_id", "score"), optional=("relationship", "rank"),
        problems=problems,
    )  # fmt: skip
    if table is not None:
        problems += csv_tables.check_run(table, set(dataset.goals["goal_id"]))
        problems += [] if problems else foreign_run(table.file, table.frame, dataset)
    if table is None or problems:
        raise DatasetError(str(path), problems)
    frame = table.frame.assign(score=table.frame["score"].astype("float64"))
    frame["rank"] = frame["rank"].replace("", "0").astype("int64")
    frame["minus"] = -frame["score"]
    frame = frame.sort_values(
        ["goal_id", "relationship", "minus", "rank", "person_id"], ignore_index=True
    )
    frame["rank"] = frame.groupby(["goal_id", "relationship"], sort=False).cumcount() + 1
    return Run(_name(path), frame[list(COLUMNS)])


def _name(path: Path) -> str:
    """Take the system's name from the record beside a run, else the folder's or file's name."""
    record = path.with_name(RECORD_FILE)
    if path.name == RUN_FILE and record.is_file():
        try:
            name = json.loads(record.read_text(encoding="utf-8")).get("system")
        except (ValueError, AttributeError, RecursionError):
            name = None
        if isinstance(name, str) and name:
            return name
    return path.resolve().parent.name if path.name == RUN_FILE else path.stem
