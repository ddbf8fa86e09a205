"""Whether what a card quotes as a reason makes the case: against passages that were judged."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eval.datasets.dataset import Ask, Dataset
from eval.metrics.intervals import Interval, estimate_ratio, number_clusters
from recommender.answers import Request, Suggestion
from recommender.errors import DatasetError
from recommender.policy import Policy
from recommender.reader import Reader
from recommender.recommend import recommend
from recommender.retrieval import Retriever

FIRST = 3
"""Suggestions of a list that are looked at: those that a reader begins with."""
MAKES_THE_CASE, MISLEADS = 2, 0
"""Grades of a passage; 1 helps somewhat."""

Grades = Mapping[tuple[str, str, str], int]
"""By goal, person and passage."""


@dataclass(frozen=True, slots=True)
class EvidenceMeasure:
    """What is quoted on cards, over the goals with judged passages."""

    n_lists: int
    n_quotations: int
    """Quotations given as reasons on the first cards."""
    judged: Interval
    """The share of them that was judged, 0 to 1; the next three are of these."""
    makes_the_case: Interval
    helps: Interval
    misleads: Interval
    good_with_a_case: Interval
    """Of the good people shown, the share with a quotation that makes the case."""
    good_quoted: Interval
    """Of the good people shown, the share with any quotation."""


def measure_evidence(
    dataset: Dataset, retriever: Retriever, policy: Policy, reader: Reader | None = None
) -> EvidenceMeasure:
    """Look at what the first cards of each list give as reasons.

    A good person of whom no passage was judged is left out of both shares of good people.

    Raises:
        DatasetError: the dataset has no judged passages.
    """
    if dataset.evidence is None:
        raise DatasetError(
            f"{dataset.folder} has no evidence.csv; add it, with goal_id, person_id, field, "
            "passage and grade (2 makes the case, 1 helps, 0 neither)"
        )
    columns = (dataset.evidence[name] for name in ("goal_id", "person_id", "passage", "grade"))
    grades = {
        (goal, person, text): int(grade) for goal, person, text, grade in zip(*columns, strict=True)
    }
    known = {(goal, person) for goal, person, _ in grades}
    good = dataset.qrels[dataset.qrels["grade"] >= dataset.good_grade]
    good_pairs = set(zip(good["goal_id"], good["person_id"], strict=True))
    asked = set(dataset.evidence["goal_id"])
    counts, seekers = [], []
    for ask in dataset.asks:
        if ask.goal_id not in asked or ask.seeker is None or ask.relationship is None:
            continue
        seeker = str(dataset.people.ids[ask.seeker])
        request = Request(seeker, ask.text, ask.relationship, FIRST)
        shown = recommend(retriever, request, policy, reader=reader).lists[0].suggestions
        counts.append(
            np.sum([_count(ask, one, grades, known, good_pairs) for one in shown], axis=0)
            if shown
            else np.zeros(7)
        )
        seekers.append(seeker)
    quoted, judged, case, misled, n_good, with_case, any_quote = np.array(counts, np.float64).T
    clusters = number_clusters(pd.Series(seekers))
    return EvidenceMeasure(
        len(counts), int(quoted.sum()), estimate_ratio(judged, quoted, clusters),
        estimate_ratio(case, judged, clusters),
        estimate_ratio(judged - case - misled, judged, clusters),
        estimate_ratio(misled, judged, clusters), estimate_ratio(with_case, n_good, clusters),
        estimate_ratio(any_quote, n_good, clusters),
    )  # fmt: skip


def _count(
    ask: Ask,
    shown: Suggestion,
    grades: Grades,
    known: set[tuple[str, str]],
    good: set[tuple[str, str]],
) -> tuple[int, ...]:
    """Count one card: quotations, judged ones, twos, zeros; a good person, with a two, quoted."""
    quoted = [one.passage for one in shown.evidence if one.speaks]
    found = [
        grade
        for text in quoted
        if (grade := grades.get((ask.goal_id, shown.person_id, text))) is not None
    ]
    pair = ask.goal_id, shown.person_id
    counts = pair in good and pair in known
    return (
        len(quoted), len(found), found.count(MAKES_THE_CASE), found.count(MISLEADS),
        int(counts), int(counts and MAKES_THE_CASE in found), int(counts and bool(quoted)),
    )  # fmt: skip
