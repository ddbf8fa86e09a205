"""Fitting the small reader listwise, and what holds on companies that were left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.datasets.dataset import Dataset
from recommender.live import LiveFacts
from recommender.policy import Policy
from recommender.rank_goal import RankedGoal, rank_goal
from recommender.ranking import Ranking
from recommender.reader import GOOD_GRADE, Opinion, Shortlist, reread
from recommender.reading_features import FEATURES, describe_shortlist, standardise
from recommender.relationships import Relationship
from recommender.rerank import loads, rerank
from recommender.retrieval import Retriever
from recommender.small_reader import (
    GRADES,
    READS,
    WEIGHT,
    ReaderWeights,
    SmallReader,
    calibration_features,
    fit_of,
)

PENALTY, KIND_PENALTY = 0.03, 0.09
"""Of squared weights shared by the kinds, and of what a kind departs from them. Source: leaving one
company out, nDCG@5 within .001 for a third to twice of both, .525 without departures."""

PRIOR = np.array([1.0, 0.5])
"""What a reader adds to the signals' own logit, to begin with."""

RIDGE, HOLD = 1.0, 300.0
"""Hold the kinds' constants to one another, and the slopes to those to begin with: left free, the
signals lose their say, and goals that nobody can help with look like others."""

SHOWN = 5

KINDS = tuple(Relationship)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReadList:
    """A judged list with what the reader sees of its first."""

    kind: Relationship
    seeker: str
    features: Floats
    """`(n, len(FEATURES))`, as `describe_shortlist` gives them."""
    grades: Floats
    """`(n,)`: of those read."""
    judged: Floats
    """The grades of everybody listed in the judgements, for the ideal order."""
    ranked: RankedGoal
    grade_of: Mapping[int, float]
    """By row."""
    policy: Policy

    @property
    def probability(self) -> Floats:
        """By the signals, of those read."""
        return self.ranked.by_signals[self.kind].probability[: len(self.grades)]

    @property
    def scaled(self) -> Floats:
        """The features as the reader weighs them."""
        return standardise(self.features)

    def order(self, reader: SmallReader | None) -> Ranking:
        """Order as the doors do."""
        ranked, ranking = self.ranked, self.ranked.by_signals[self.kind]
        if reader is not None:
            ranking, _ = reread(ranking, ranked.context, ranked.goal, ranked.vectors,
                                _Described(reader, self.features))  # fmt: skip
        retriever, settings = ranked.context.retriever, self.policy.list
        load = loads(retriever.people, LiveFacts.none(), ranking.rows)
        return rerank(ranking, retriever, ranked.candidates, load, settings, settings.length)

    def measure(self, reader: SmallReader | None) -> float:
        """Measure nDCG@5; NaN where nobody is good."""
        rows = self.order(reader).rows[:SHOWN].tolist()
        got = np.array([self.grade_of.get(row, 0.0) for row in rows])
        return _against(got, self.judged)


@dataclass(frozen=True, slots=True)
class _Described:
    """A reader whose shortlist was described before."""

    reader: SmallReader
    features: Floats

    @property
    def name(self) -> str:
        return self.reader.name

    @property
    def reads(self) -> int:
        return self.reader.reads

    @property
    def weight(self) -> float:
        return self.reader.weight

    def read(self, shortlist: Shortlist) -> Sequence[Opinion]:
        return self.reader.judge(
            self.features, shortlist.ranking.probability[: shortlist.n], shortlist.relationship
        )


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One list of a company that was left out."""

    company: str
    kind: Relationship
    seeker: str
    before: float
    """nDCG@5 by the signals alone."""
    after: float
    probability: Floats
    """`(n_shown,)`: that each of those shown is good."""
    good: NDArray[np.bool_]
    """`(n_shown,)`"""


def read_shortlists(dataset: Dataset, retriever: Retriever, policy: Policy) -> list[ReadList]:
    """Describe the first of each judged list."""
    judged = {
        key: dict(zip(part["person_id"], part["grade"], strict=True))
        for key, part in dataset.qrels.groupby(["goal_id", "relationship"], sort=False)
    }
    lists = []
    for ask in dataset.asks:
        own = judged.get((ask.goal_id, ask.kind))
        kind, seeker = ask.relationship, ask.seeker
        if own is None or kind is None or seeker is None:
            continue
        ranked = rank_goal(
            retriever, ask.text, seeker, [kind], policy, LiveFacts.none(), limit=None
        )
        ranking = ranked.by_signals[kind]
        n = min(READS, len(ranking.rows))
        if not n:
            continue
        grade_of = {
            row: float(own.get(str(retriever.people.ids[row]), 0.0))
            for row in ranking.rows.tolist()
        }
        shortlist = Shortlist(ranked.goal, ranked.context, ranking, ranked.vectors, n)
        lists.append(
            ReadList(
                kind, f"{dataset.name} {seeker}", describe_shortlist(shortlist),
                np.array([grade_of[row] for row in ranking.rows[:n].tolist()]),
                np.array(list(own.values()), np.float64), ranked, grade_of, policy,
            )
        )  # fmt: skip
    return lists


def fit_reader(companies: Sequence[Sequence[ReadList]]) -> ReaderWeights:
    """Fit ratings on all lists, and the grades on ratings learnt without them."""
    ratings = fit_ratings([part for company in companies for part in company])
    known: list[tuple[ReadList, Floats]] = []
    for left in companies:
        others = [part for company in companies if company is not left for part in company]
        by_others = fit_ratings(others) if others else ratings
        known += [(part, part.scaled @ by_others[part.kind]) for part in left]
    slopes, constants = fit_grades(known)
    return ReaderWeights(ratings, slopes, constants)


def fit_ratings(lists: Sequence[ReadList]) -> dict[Relationship, Floats]:
    """Fit what each feature adds to a rating, for each kind near what all kinds share.

    Minimises the cross-entropy of each list's gains (2^grade - 1, as shares) and the soft maximum
    of its ratings, plus the penalties.

    Source: listwise loss: Cao et al., "Learning to rank: from pairwise approach to listwise
    approach", ICML 2007; shared and own weights: Evgeniou & Pontil, "Regularized multi-task
    learning", KDD 2004.
    """
    lists = [part for part in lists if part.grades.any()]
    n, width = len(lists), len(FEATURES)
    table, there, gain = (
        np.zeros((n, READS, width)),
        np.zeros((n, READS), bool),
        np.zeros((n, READS)),
    )
    for at, part in enumerate(lists):
        own = len(part.grades)
        table[at, :own], there[at, :own], gain[at, :own] = part.scaled, True, 2**part.grades - 1
    share = gain / gain.sum(axis=1, keepdims=True)
    kind = np.array([KINDS.index(part.kind) for part in lists])
    of_kind = np.eye(len(KINDS))[kind]

    def loss(weights: Floats) -> tuple[float, Floats]:
        shared, own = weights[:width], weights[width:].reshape(len(KINDS), width)
        rating = np.einsum("nif,nf->ni", table, shared + own[kind])
        rating = np.where(there, rating, -np.inf)
        log_probability = rating - rating.max(axis=1, keepdims=True)
        log_probability -= np.log(np.exp(log_probability).sum(axis=1, keepdims=True))
        slope = np.einsum("nif,ni->nf", table, np.exp(log_probability) - share) / n
        total = -float((share * np.where(there, log_probability, 0.0)).sum()) / n
        total += PENALTY * float(shared @ shared) + KIND_PENALTY * float((own * own).sum())
        slopes = (
            slope.sum(axis=0) + 2 * PENALTY * shared,
            (of_kind.T @ slope + 2 * KIND_PENALTY * own).ravel(),
        )
        return total, np.concatenate(slopes)

    start = np.zeros(width * (1 + len(KINDS)))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    own = found[width:].reshape(len(KINDS), width)
    return {one: found[:width] + own[at] for at, one in enumerate(KINDS)}


def fit_grades(
    known: Sequence[tuple[ReadList, Floats]],
) -> tuple[Floats, dict[Relationship, Floats]]:
    """Fit how likely each grade is, on those who would be shown.

    Args:
        known: lists with ratings that were learnt without them, `(n,)`.

    Returns:
        The slopes and each kind's constants; see `ReaderWeights`.

    Source: proportional odds: McCullagh, "Regression models for ordinal data", 1980.
    """
    tables, grades, kinds = [], [], []
    for part, rating in known:
        score = part.features[:, FEATURES.index("score")] + WEIGHT * fit_of(rating)
        first = np.argsort(-score, kind="stable")[:SHOWN]
        tables.append(calibration_features(part.probability, rating)[first])
        grades.append(part.grades[first])
        kinds += [KINDS.index(part.kind)] * len(first)
    table, grade = np.concatenate(tables), np.concatenate(grades)
    reached = (grade[:, None] >= np.array(GRADES)).astype(np.float64)
    kind, width = np.eye(len(KINDS))[kinds], len(PRIOR)

    def loss(weights: Floats) -> tuple[float, Floats]:
        slopes, constants = weights[:width], weights[width:].reshape(len(KINDS), len(GRADES))
        logit = (table @ slopes)[:, None] + kind @ constants
        error = 1 / (1 + np.exp(-np.clip(logit, -50, 50))) - reached
        apart = constants - constants.mean(axis=0)
        total = float((np.logaddexp(0, logit) - reached * logit).sum())
        moved = slopes - PRIOR
        total += RIDGE / 2 * (HOLD * float(moved @ moved) + float((apart * apart).sum()))
        return total, np.concatenate(
            [
                table.T @ error.sum(axis=1) + RIDGE * HOLD * moved,
                (kind.T @ error + RIDGE * apart).ravel(),
            ]
        )

    bounds = [(0, None)] * width + [(None, None)] * (len(KINDS) * len(GRADES))
    start = np.zeros(width + len(KINDS) * len(GRADES))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    constants = np.sort(found[width:].reshape(len(KINDS), len(GRADES)), axis=1)[:, ::-1]
    return found[:width], {one: constants[at] for at, one in enumerate(KINDS)}


def leave_one_out(companies: Mapping[str, Sequence[ReadList]]) -> list[HeldOut]:
    """Measure each company by what was learnt from the others."""
    held = []
    for name, lists in companies.items():
        others = [own for other, own in companies.items() if other != name]
        reader = SmallReader(fit_reader(others))
        for part in lists:
            shown = part.order(reader)
            rows = shown.rows[:SHOWN].tolist()
            held.append(
                HeldOut(
                    name, part.kind, part.seeker, part.measure(None), part.measure(reader),
                    shown.probability[:SHOWN],
                    np.array([part.grade_of.get(row, 0.0) >= GOOD_GRADE for row in rows]),
                )
            )  # fmt: skip
    return held


def _against(got: Floats, judged: Floats) -> float:
    """Measure nDCG@5 of the grades shown against the best that could be."""
    discount = 1 / np.log2(np.arange(2, SHOWN + 2))
    if judged.max(initial=0.0) < GOOD_GRADE:
        return float("nan")
    best = np.sort(2.0**judged - 1)[::-1][:SHOWN]
    return float((2.0**got - 1) @ discount[: len(got)]) / float(best @ discount[: len(best)])
