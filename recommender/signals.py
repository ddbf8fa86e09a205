"""The signals of seeker and candidate from which a ranking is made, each in a stated range."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from recommender.best_passages import best_passages, owners
from recommender.org import NO_DISTANCE
from recommender.people import NO_CODE, NO_LEVEL, People
from recommender.profiles import Field
from recommender.relationships import Relationship
from recommender.retrieval import Candidates, Retriever
from recommender.working_hours import overlapping_hours

BEST_PASSAGES = 3
"""How many of a person's passages speak for them."""

WORDS_HALF = 1.0
"""The normalised BM25 that counts as half a context."""

FRESH_DAYS = 30.0
"""A profile no older than this is as fresh as one of today."""

STALE_DAYS = 1095.0
"""A profile this old, three years, is not fresh at all."""

ENOUGH_HOURS = 4.0
"""With so many working hours in common people can meet; more make no difference."""

FAR_APART = 8.0
"""Steps through the nearest common manager from which on two people are far apart."""

UNKNOWN = 0.5
"""What a signal in 0 to 1 says where the fact is unknown: neither for nor against."""


_WRITTEN = np.ones(256, np.bool_)
"""By `Field`: whether people wrote it themselves."""
_WRITTEN[[Field.ROLE, Field.PROFILE]] = False


@dataclass(frozen=True, slots=True)
class SignalContext:
    """One goal of one seeker against its candidates."""

    retriever: Retriever
    candidates: Candidates
    relationship: Relationship
    seeker: int
    """The seeker's row."""
    known: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)
    """Signals computed already that are the same for every kind."""

    def of(self, relationship: Relationship) -> "SignalContext":
        """Return the same goal and candidates for another kind; what is known is shared."""
        return replace(self, relationship=relationship)

    @property
    def people(self) -> People:
        """Everyone in the snapshot."""
        return self.retriever.people

    @property
    def level_gap(self) -> NDArray[np.float64]:
        """Levels of each candidate above the seeker: `(n,)`, NaN where one is unknown."""
        n_candidates = len(self.candidates)
        if self.people.level[self.seeker] == NO_LEVEL:
            return np.full(n_candidates, np.nan)
        level = self.people.level[self.candidates.rows].astype(np.float64)
        level[level == NO_LEVEL] = np.nan
        return level - float(self.people.level[self.seeker])


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to rank a candidate higher."""

    name: str
    low: float
    high: float
    label: str
    """What it is called on a card."""
    says: str
    """What it measures and why, for the reader of the policy."""
    compute: Callable[[SignalContext], NDArray[np.float64]]
    """Return `(n,)` float64 within `low` to `high`; higher is better."""
    by_kind: bool = False
    """Whether it differs from kind to kind."""


def passages_fit(found: Candidates) -> NDArray[np.float64]:
    """Return the signal `passages`: `(n,)`."""
    return best_passages(found, BEST_PASSAGES)


def profile_fits(found: Candidates) -> NDArray[np.float64]:
    """Return the signal `profile`: `(n,)`."""
    value = np.zeros(len(found))
    at = np.flatnonzero(found.field == Field.PROFILE)
    value[owners(found)[at]] = found.similarity[0, at]
    return np.clip(value, -1.0, 1.0)


def words_fit(bm25: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return normalised BM25 as a signal, 0 to 1: half of it at `WORDS_HALF`."""
    lexical = bm25.astype(np.float64)
    return np.asarray(lexical / (lexical + WORDS_HALF), np.float64)


def ngrams_fit(found: Candidates) -> NDArray[np.float64]:
    """Return the signal `grams`: `(n,)`."""
    return np.clip(found.grams.astype(np.float64), 0.0, 1.0)


def _common_ground(context: SignalContext) -> NDArray[np.float64]:
    found = context.candidates
    if not len(found):
        return np.zeros(len(found))
    own_fields = context.retriever.fields(context.retriever.passages_of(context.seeker))
    pieces = found.field != Field.PROFILE
    owner = owners(found)
    counts = np.bincount(owner[pieces], minlength=len(found))
    # a title alone is no ground: two empty profiles of one title would have all of it in common
    wrote = np.bincount(owner[_WRITTEN[found.field]], minlength=len(found))
    some = np.flatnonzero(counts)
    if not _WRITTEN[own_fields].any() or not len(some):
        return np.zeros(len(found))
    alike = found.own[:, pieces]
    starts = (np.cumsum(counts) - counts)[some]
    theirs_in_mine = np.add.reduceat(alike.max(axis=0).astype(np.float64), starts) / counts[some]
    mine_in_theirs = np.maximum.reduceat(alike, starts, axis=1).mean(axis=0, dtype=np.float64)
    give, take = np.clip(mine_in_theirs, 0.0, 1.0), np.clip(theirs_in_mine, 0.0, 1.0)
    value = np.zeros(len(found))
    value[some] = 2 * give * take / np.maximum(give + take, np.finfo(np.float64).tiny)
    value[wrote == 0] = 0.0
    return value


def _step(context: SignalContext) -> NDArray[np.float64]:
    gap = context.level_gap
    match context.relationship:
        case Relationship.MENTOR:
            step = 1 - np.maximum(0, gap - 2) / 3
        case Relationship.COACH:
            step = (gap + 1) / 3
        case Relationship.SPONSOR:
            step = (gap - 1) / 4
        case Relationship.PEER:
            step = 1 - np.abs(gap) / 2
    return np.where(np.isnan(gap), UNKNOWN, np.clip(step, 0.0, 1.0))


def _scope(context: SignalContext) -> NDArray[np.float64]:
    org = context.people.org
    rows = context.candidates.rows
    below = (org.leave[rows] - org.enter[rows] - 1).astype(np.float64)
    return np.asarray(np.log1p(below) / np.log(max(len(context.people), 2)), np.float64)


def _nearness(context: SignalContext) -> NDArray[np.float64]:
    steps = context.people.org.distances(context.seeker, context.candidates.rows)
    near = np.clip(1 - steps / FAR_APART, 0.0, 1.0)
    return np.where(steps == NO_DISTANCE, 0.0, near)


def _other_department(context: SignalContext) -> NDArray[np.float64]:
    return _differs(context, context.people.department.codes)


def _other_team(context: SignalContext) -> NDArray[np.float64]:
    return _differs(context, context.people.team.codes)


def _differs(context: SignalContext, codes: NDArray[np.int32]) -> NDArray[np.float64]:
    there = codes[context.candidates.rows]
    if codes[context.seeker] == NO_CODE:
        return np.full(len(there), UNKNOWN)
    differs = (there != codes[context.seeker]).astype(np.float64)
    return np.where(there == NO_CODE, UNKNOWN, differs)


def _fresh(context: SignalContext) -> NDArray[np.float64]:
    updated = context.people.updated_on[context.candidates.rows]
    days = (context.people.as_of - updated).astype("timedelta64[D]").astype(np.float64)
    fresh = np.clip((STALE_DAYS - days) / (STALE_DAYS - FRESH_DAYS), 0.0, 1.0)
    return np.where(np.isnat(updated), UNKNOWN, fresh)


def _language(context: SignalContext) -> NDArray[np.float64]:
    there = context.people.languages[context.candidates.rows]
    if not context.people.languages[context.seeker]:
        return np.full(len(there), UNKNOWN)
    shared = (there & context.people.languages[context.seeker]) != 0
    return np.where(there == 0, UNKNOWN, shared.astype(np.float64))


def _hours(context: SignalContext) -> NDArray[np.float64]:
    rows = context.candidates.rows
    shared = overlapping_hours(context.people, context.seeker, rows)
    return np.clip(shared / ENOUGH_HOURS, 0.0, 1.0)


SIGNALS: dict[str, Signal] = {
    signal.name: signal
    for signal in (
        Signal(
            "passages", -1.0, 1.0, "what they wrote",
            "mean similarity of the goal with the person's three best passages, 0 for each that is "
            "missing",
            lambda context: passages_fit(context.candidates),
        ),
        Signal(
            "profile", -1.0, 1.0, "profile as a whole",
            "similarity of the goal with the mean direction of all that the person wrote",
            lambda context: profile_fits(context.candidates),
        ),
        Signal(
            "words", 0.0, 1.0, "shared words",
            "BM25 of the goal with the profile, normalised by the goal, as b / (b + 1)",
            lambda context: words_fit(context.candidates.lexical),
        ),
        Signal(
            "grams", 0.0, 1.0, "pieces of words",
            "tf-idf cosine of the goal's and the profile's 4-letter pieces of words, which match "
            "other forms of a word in any language",
            lambda context: ngrams_fit(context.candidates),
        ),
        Signal(
            "common_ground", 0.0, 1.0, "common ground",
            "how well each can follow the other: the harmonic mean of how much of the seeker's "
            "profile finds its like in the helper's, and the other way round", _common_ground,
        ),
        Signal(
            "step", 0.0, 1.0, "level",
            "how well the gap of levels suits the kind: a mentor one or two above, a coach above, "
            "a sponsor well above, a peer level", _step, by_kind=True,
        ),
        Signal(
            "scope", 0.0, 1.0, "scope",
            "how many people the helper leads, on a logarithmic scale of the company", _scope,
        ),
        Signal(
            "nearness", 0.0, 1.0, "nearness",
            "how few steps apart the two are through their nearest common manager, so that the "
            "helper has seen the seeker's work", _nearness,
        ),
        Signal(
            "other_department", 0.0, 1.0, "another department",
            "1 in another department: a view from outside, and no shared interests",
            _other_department,
        ),
        Signal("other_team", 0.0, 1.0, "another team", "1 in another team", _other_team),
        Signal(
            "fresh", 0.0, 1.0, "fresh profile",
            "1 within a month of the last update, falling to 0 at three years", _fresh,
        ),
        Signal(
            "language", 0.0, 1.0, "a language in common", "1 with a language in common", _language,
        ),
        Signal(
            "hours", 0.0, 1.0, "overlapping hours",
            "working hours (9 to 17, own time) that the two have in common; 1 from four on", _hours,
        ),
    )
}  # fmt: skip
"""Every signal that a policy may weigh, by name."""


def compute_signals(context: SignalContext, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Compute the named signals: `(len(names), n)` float64, row i is signal `names[i]`."""
    if not names:
        return np.zeros((0, len(context.candidates)))
    return np.vstack([_value(context, SIGNALS[name]) for name in names])


def _value(context: SignalContext, signal: Signal) -> NDArray[np.float64]:
    if signal.by_kind:
        return signal.compute(context)
    if signal.name not in context.known:
        context.known[signal.name] = signal.compute(context)
    return context.known[signal.name]
