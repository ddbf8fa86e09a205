"""Fitting which passages make the case, and what holds on companies that were left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset
from recommender.errors import DatasetError
from recommender.evidence_model import EvidenceModel, passage_features
from recommender.live import LiveFacts
from recommender.policy import Policy
from recommender.rank_goal import rank_goal
from recommender.reader import Reader
from recommender.retrieval import QUOTABLE, Retriever

FIRST, PER_PERSON = 3, 2
"""Cards of a list that are looked at, and quotations of a card."""
PENALTY = 0.3
"""The inverse strength of the squared coefficients' penalty."""
QUOTE_FROM = 0.6
"""Source: leaving one company out, .23 of what is quoted from here on misleads, .31 from .55 on,
.40 from .5 on; below .6 hardly fewer mislead, and hardly anything is quoted."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedPassages:
    """The judged passages of one company."""

    features: Floats
    """`(n, len(FEATURES))`"""
    grade: NDArray[np.int64]
    """`(n,)`: 2 makes the case, 1 helps, 0 neither."""
    rank: NDArray[np.int64]
    """`(n,)`: where its owner stands in the list, 0 is first."""
    card: NDArray[np.int64]
    """`(n,)`: a number for each goal and person."""
    is_good: NDArray[np.bool_]
    """`(n,)`: whether its owner was judged a good match."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is quoted in a company that was left out."""

    n: int
    case: float
    misleads: float
    good_with_a_case: float


def read_passages(
    dataset: Dataset, retriever: Retriever, policy: Policy, reader: Reader | None = None
) -> JudgedPassages:
    """Describe every judged passage.

    Raises:
        DatasetError: the dataset has none.
    """
    if dataset.evidence is None:
        raise DatasetError(f"{dataset.folder} has no evidence.csv")
    grades: dict[tuple[str, str], dict[str, int]] = {}
    for goal, person, text, grade in zip(
        *(dataset.evidence[name] for name in ("goal_id", "person_id", "passage", "grade")),
        strict=True,
    ):
        grades.setdefault((goal, person), {})[text] = int(grade)
    good = dataset.qrels[dataset.qrels["grade"] >= dataset.good_grade]
    good_pairs = set(zip(good["goal_id"], good["person_id"], strict=True))
    goals = {goal for goal, _ in grades}
    features, rows = [], []
    for ask in dataset.asks:
        if ask.goal_id not in goals or ask.seeker is None or ask.relationship is None:
            continue
        ranked = rank_goal(
            retriever, ask.text, ask.seeker, [ask.relationship], policy, LiveFacts.none(),
            limit=None, reader=reader,
        )  # fmt: skip
        found, order = ranked.candidates, ranked.lists[ask.relationship]
        for rank, row in enumerate(order.rows.tolist()):
            key = ask.goal_id, str(dataset.people.ids[row])
            index = int(order.index[rank])
            entries = [
                entry
                for entry in range(int(found.starts[index]), int(found.starts[index + 1]))
                if found.field[entry] in QUOTABLE
            ]
            if key not in grades or not entries:
                continue
            described = passage_features(
                found, entries, ranked.goal, ask.relationship, float(order.probability[rank])
            )
            texts = retriever.texts(found.passage[entries])
            for one, text in zip(described, texts, strict=True):
                if text in grades[key]:
                    features.append(one)
                    rows.append((grades[key][text], rank, key, key in good_pairs))
    number = {key: at for at, key in enumerate(dict.fromkeys(key for _, _, key, _ in rows))}
    return JudgedPassages(
        np.array(features), np.array([grade for grade, *_ in rows]),
        np.array([rank for _, rank, *_ in rows]), np.array([number[key] for *_, key, _ in rows]),
        np.array([is_good for *_, is_good in rows]),
    )  # fmt: skip


def fit_evidence(companies: Sequence[JudgedPassages]) -> EvidenceModel:
    """Fit both probabilities on judged passages of some companies."""
    from sklearn.linear_model import LogisticRegression

    features = np.concatenate([company.features for company in companies])
    grade = np.concatenate([company.grade for company in companies])
    found = []
    for least in (1, 2):
        fitted = LogisticRegression(C=PENALTY, max_iter=3000).fit(features, grade >= least)
        found.append(tuple(np.round([*fitted.coef_[0], fitted.intercept_[0]], 4).tolist()))
    return EvidenceModel(found[0], found[1], QUOTE_FROM)


def hold(model: EvidenceModel, company: JudgedPassages) -> Held:
    """Count what the model would quote on the first cards of a company."""
    helps, case = model.probabilities(company.features)
    quoted = []
    n_good = n_with_case = 0
    for card in np.unique(company.card[company.rank < FIRST]):
        at = np.flatnonzero(company.card == card)
        chosen = at[helps[at] >= model.quote_from]
        chosen = chosen[np.argsort(-case[chosen], kind="stable")][:PER_PERSON]
        quoted += company.grade[chosen].tolist()
        if company.is_good[at[0]]:
            n_good += 1
            n_with_case += bool((company.grade[chosen] == 2).any())
    n = max(len(quoted), 1)
    return Held(len(quoted), quoted.count(2) / n, quoted.count(0) / n, n_with_case / max(n_good, 1))


def leave_one_out(companies: Mapping[str, JudgedPassages]) -> dict[str, Held]:
    """Fit on all companies but one, and count on that one, for each."""
    return {
        name: hold(fit_evidence([one for other, one in companies.items() if other != name]), left)
        for name, left in companies.items()
    }
