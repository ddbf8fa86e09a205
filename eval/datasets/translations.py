"""Goals of judged companies put into other languages, and typed in haste, for measuring."""

from pathlib import Path

import pandas as pd

from eval.datasets import csv_tables
from eval.datasets.dataset import Dataset
from recommender.errors import DatasetError, Problem

FILE = Path(__file__).parent / "languages" / "goals.csv"
COLUMNS = ("dataset", "goal_id", "language", "text")


def read_translations(dataset: Dataset, path: Path = FILE) -> pd.DataFrame:
    """Read what there is for one dataset.

    Args:
        dataset: the dataset whose goals were put into other words.
        path: a CSV file of `COLUMNS`; `language` is a name of any sort, "slips" say.

    Returns:
        `goal_id, language, text`, all text.

    Raises:
        DatasetError: the file cannot be read, names a goal twice in a language, or one that the
            dataset does not have.
    """
    problems: list[Problem] = []
    table = csv_tables.read(path, COLUMNS, (), problems)
    if table is None or problems:
        raise DatasetError(str(path), problems)
    own = table.frame[table.frame["dataset"] == dataset.name]
    known = set(dataset.goals["goal_id"])
    twice = set(own.index[own.duplicated(["goal_id", "language"])])
    problems = [
        table.problem(
            record, "goal_id", "goal",
            "this goal stood in a row above" if record in twice else "goals.csv has no such goal",
            "correct the id, or take the row out",
        )
        for record, goal in zip(own.index.tolist(), own["goal_id"], strict=True)
        if record in twice or goal not in known
    ]  # fmt: skip
    if problems:
        raise DatasetError(str(path), problems)
    return own[["goal_id", "language", "text"]]
