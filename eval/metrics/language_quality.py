"""What is lost where a goal is asked in another language, or with slips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from eval.datasets.dataset import Dataset
from eval.metrics.intervals import Interval, estimate_ratio, number_clusters
from eval.metrics.quality import HEADLINE, measure_lists
from eval.systems.runs import make_run
from eval.systems.systems import System

AS_WRITTEN = "as written"


@dataclass(frozen=True, slots=True)
class LanguageQuality:
    """The headline measure of the same goals in one language."""

    language: str
    quality: Interval
    relative: Interval
    """The share of what the same goals reach as they were written."""


def measure_in_languages(
    dataset: Dataset, system: System, translations: pd.DataFrame
) -> pd.DataFrame:
    """Measure each translated goal, and the same goal as written.

    Args:
        dataset: with judgements of the goals.
        system: what is measured.
        translations: `goal_id, language, text`.

    Returns:
        A row for each judged list: `goal_id, relationship, seeker`, and a column of the headline
        measure for each language and for `AS_WRITTEN`.
    """
    only = dataset.goals["goal_id"].isin(translations["goal_id"])
    written = dataset.goals[only].reset_index(drop=True)
    texts: Mapping[str, pd.Series] = {
        AS_WRITTEN: written.set_index("goal_id")["text"],
        **{
            str(language): part.set_index("goal_id")["text"]
            for language, part in translations.groupby("language")
        },
    }
    table = None
    for language, text in texts.items():
        asked = replace(dataset, goals=written.assign(text=written["goal_id"].map(text)))
        lists = measure_lists(
            make_run(language, asked, (system.rank(ask) for ask in asked.asks)).frame, asked
        )
        lists = lists[lists["goal_id"].isin(written["goal_id"])]
        keys = lists[["goal_id", "relationship", "seeker"]] if table is None else table
        table = keys.assign(**{language: lists[HEADLINE].to_numpy(np.float64)})
    assert table is not None
    return table.assign(seeker=dataset.name + " " + table["seeker"])


def compare_languages(tables: Sequence[pd.DataFrame]) -> list[LanguageQuality]:
    """Sum up over companies, a cluster a seeker."""
    table = pd.concat(tables, ignore_index=True)
    clusters = number_clusters(table["seeker"])
    written = table[AS_WRITTEN].to_numpy(np.float64)
    found = []
    for language in [name for name in table if name not in ("goal_id", "relationship", "seeker")]:
        values = table[language].to_numpy(np.float64)
        found.append(
            LanguageQuality(
                str(language),
                estimate_ratio(values, np.ones(len(values)), clusters),
                estimate_ratio(values, written, clusters),
            )
        )
    return found
