"""What a run does not cover: found before a figure is believed, and told beside it.

Whoever mixes up two companies, or stops half-way, gets a low figure that looks like a bad system.
"""

import pandas as pd

from eval.datasets.dataset import Dataset
from recommender.errors import Problem

MOST_UNKNOWN = 0.5
"""A run of which a larger share names nobody of the dataset was made for another one."""

_SHOWN = 3


def foreign_run(file: str, frame: pd.DataFrame, dataset: Dataset) -> list[Problem]:
    """Find what makes a run that of another dataset.

    Args:
        file: the run's file name, for the problem.
        frame: `goal_id, relationship, person_id`, all text.
        dataset: what the run is said to be of.

    Returns:
        At most one problem: most ids are nobody's, or no list is one that is judged.
    """
    unknown = _unknown(frame, dataset)
    if len(unknown) > MOST_UNKNOWN * len(frame):
        return [
            Problem(
                file, "other_people",
                f"{len(unknown):,} of {len(frame):,} rows name nobody of {dataset.name}: "
                f"{_first(unknown)}",
                "name the dataset that the run was made for, or write ids as people.csv does "
                "(leading zeros count)",
                column="person_id",
            )
        ]  # fmt: skip
    judged, covered = _judged(frame, dataset)
    if judged and not covered:
        return [
            Problem(
                file, "no_judged_list",
                f"none of the {judged:,} judged lists of {dataset.name} is in the run",
                "name goal_id and relationship as goals.csv does",
                column="relationship",
            )
        ]  # fmt: skip
    return []


def describe_gaps(frame: pd.DataFrame, dataset: Dataset) -> list[str]:
    """Return a sentence for each way in which a run does not cover a dataset; none where it does.

    Args:
        frame: `goal_id, relationship, person_id`, all text.
        dataset: what it is measured on.
    """
    told = []
    judged, covered = _judged(frame, dataset)
    if covered < judged:
        lists = "list is" if judged - covered == 1 else "lists are"
        told.append(
            f"partial: {judged - covered:,} of {judged:,} judged {lists} not in the run "
            "and counted as 0"
        )
    unknown = _unknown(frame, dataset)
    if len(unknown):
        told.append(
            f"{len(unknown):,} of {len(frame):,} rows name nobody of {dataset.name} "
            f"({_first(unknown)}); each breaks the rules"
        )
    return told


def _judged(frame: pd.DataFrame, dataset: Dataset) -> tuple[int, int]:
    keys = ["goal_id", "relationship"]
    wanted = dataset.qrels if dataset.rated else dataset.good_lists
    judged = pd.MultiIndex.from_frame(wanted[keys].drop_duplicates())
    return len(judged), int(judged.isin(pd.MultiIndex.from_frame(frame[keys])).sum())


def _unknown(frame: pd.DataFrame, dataset: Dataset) -> pd.Series:
    return frame["person_id"][~frame["person_id"].isin(set(dataset.people.ids.tolist()))]


def _first(ids: pd.Series) -> str:
    different = ids.drop_duplicates()
    more = ", …" if len(different) > _SHOWN else ""
    return ", ".join(repr(one) for one in different[:_SHOWN]) + more
