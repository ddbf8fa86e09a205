"""The gate's checks: each compares two snapshots in one respect and gives a verdict."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.gate.limits import Canary, Limits, read_canaries
from eval.metrics.quality import HEADLINE
from eval.metrics.rule_violations import Pair, RuleBook
from index.serving.reader import Snapshot
from recommender.answers import Request, Suggestion
from recommender.eligibility import eligibility
from recommender.live import LiveFacts
from recommender.org import NO_ROW
from recommender.people import NO_CODE, Coded
from recommender.policy import Policy, default_policy
from recommender.recommend import recommend
from recommender.relationships import Relationship
from recommender.rules import POLICY_RULES
from recommender.small_reader import SMALL_READER
from recommender.strength import Strength

QUALITY = f"quality: {HEADLINE} drop"
"""The name of the check that needs judged goals."""
LENGTH = 5
SEED = 7
ALLOWED_SAMPLE = 50
"""Of all whom the candidate would let through for one seeker and kind, how many are looked at
besides the whole line of command and every list."""


class Verdict(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    UNKNOWN = "could not judge"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing compared; it names numbers and rules, never persons or goals."""

    name: str
    verdict: Verdict
    says: str
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its policy, and the published policy whose rules it must keep too."""

    candidate: Snapshot
    candidate_policy: Policy
    published_policy: Policy


@dataclass(frozen=True, slots=True)
class Sides(Judged):
    """The two snapshots with their policies."""

    published: Snapshot


class Roll(Protocol):
    """Who is in a snapshot, and in which departments."""

    @property
    def ids(self) -> NDArray[np.object_]:
        """The persons' ids: `(n,)`."""

    @property
    def department(self) -> Coded:
        """Each one's department."""


def judge(name: str, value: float, limit: float, says: str, *, at_least: bool = False) -> Check:
    """Compare a value with its limit; where nothing could be measured it is NaN and unknown."""
    if np.isnan(value):
        return Check(name, Verdict.UNKNOWN, says, None, limit)
    holds = value >= limit if at_least else value <= limit
    return Check(name, Verdict.PASS if holds else Verdict.FAIL, says, value, limit)


def share_of(part: int, whole: int) -> float:
    """Return the share, NaN of nothing."""
    return part / whole if whole else np.nan


def check_people(candidate: Roll, published: Roll, limits: Limits) -> Iterator[Check]:
    """Check that not too many people are gone, and no whole department.

    A department is gone when nobody of it is in the candidate any more, under whatever name.
    """
    here = _in(published.ids, candidate.ids)
    lost = int((~here).sum())
    yield judge(
        "people lost", share_of(lost, len(here)), limits.people.max_lost_share,
        f"{lost:,} of {len(here):,} published people are not in the candidate",
    )  # fmt: skip
    before = _count(published.department)
    stayed = _count(published.department, here)
    large = [name for name, count in before.items() if count >= limits.people.department_people]
    gone = [name for name in large if name not in stayed]
    yield judge(
        "departments lost", float(len(gone)), float(limits.people.max_departments_lost),
        f"{len(gone)} of {len(large)} departments are gone"
        + (f": {', '.join(sorted(gone))}" if gone else ""),
    )  # fmt: skip


def check_vectors(sides: Sides, limits: Limits) -> Check:
    """Check that unchanged texts kept their vectors."""
    name = "vectors of unchanged texts"
    made = sides.candidate.manifest.model.revision, sides.published.manifest.model.revision
    if made[0] != made[1]:
        return Check(name, Verdict.PASS, "not compared: the model changed")
    pairs = _common_rows(sides, limits.vectors.people)
    similarities: list[float] = []
    for here, there in pairs:
        old = _vectors_by_text(sides.published, there)
        new = _vectors_by_text(sides.candidate, here)
        similarities += [float(old[text] @ new[text]) for text in old.keys() & new.keys()]
    same = np.array(similarities) >= limits.vectors.min_similarity
    return judge(
        name, float(same.mean()) if len(same) else np.nan, limits.vectors.min_same_share,
        f"{int(same.sum()):,} of {len(same):,} unchanged texts have the same vector",
        at_least=True,
    )  # fmt: skip


def check_canaries(sides: Sides, limits: Limits) -> tuple[list[Check], list[Pair]]:
    """Ask generic goals of both snapshots and compare the answers.

    Returns:
        The checks, and every pair that the candidate suggested.
    """
    overlaps: list[float] = []
    had_strong = lost_strong = 0
    suggested: list[Pair] = []
    stayed = set(sides.candidate.people.ids.tolist())
    rows = _common_rows(sides, limits.canaries.seekers)
    for canary in read_canaries():
        for here, _ in rows:
            seeker = str(sides.candidate.people.ids[here])
            new = suggest(sides.candidate, sides.candidate_policy, seeker, canary)
            old = suggest(sides.published, sides.published_policy, seeker, canary)
            suggested += [(seeker, one.person_id, canary.relationship) for one in new]
            overlaps.append(overlap_of(new, old))
            if _any_strong(one for one in old if one.person_id in stayed):
                had_strong += 1
                lost_strong += not _any_strong(new)
    n_lists = len(overlaps)
    return [
        judge(
            "canaries: overlap", float(np.mean(overlaps)) if overlaps else np.nan,
            limits.canaries.min_overlap,
            f"mean share of the same people in the top {LENGTH} of {n_lists} lists",
            at_least=True,
        ),
        judge(
            "canaries: strong matches lost", lost_strong / had_strong if had_strong else 0.0,
            limits.canaries.max_strong_lost_share,
            f"{lost_strong} of {had_strong} lists whose strong match stayed have none now",
        ),
    ], suggested  # fmt: skip


def suggest(
    snapshot: Snapshot, policy: Policy, seeker: str, canary: Canary
) -> tuple[Suggestion, ...]:
    """Ask a canary goal of a snapshot."""
    request = Request(seeker, canary.text, canary.relationship, LENGTH)
    return recommend(snapshot, request, policy, reader=SMALL_READER).lists[0].suggestions


def check_rules(judged: Judged, limits: Limits, suggested: Iterable[Pair]) -> Check:
    """Check everyone whom the candidate suggests, and samples of all whom it would let through."""
    book = RuleBook(judged.candidate.people)
    pairs = {*suggested, *_allowed_pairs(judged, limits.rules.seekers)}
    own = default_policy()
    broken: Counter[str] = Counter()
    for seeker, person, kind in sorted(pairs):
        found = {
            rule
            for policy in (judged.published_policy, own)
            for rule in book.broken_rules(seeker, person, kind, policy.of(kind))
            if rule not in POLICY_RULES or f"{kind} {rule}" not in limits.rules.loosened
        }
        broken.update(f"{kind} {rule}" for rule in found)
    says = f"{broken.total():,} among {len(pairs):,} pairs that the candidate would suggest"
    listed = ", ".join(f"{name} {count:,}" for name, count in sorted(broken.items()))
    if not pairs:
        return judge("broken rules", np.nan, 0.0, "nobody could be suggested to anybody")
    return judge(
        "broken rules", float(broken.total()), 0.0, f"{says}: {listed}" if listed else says
    )


def overlap_of(new: Iterable[Suggestion], old: Iterable[Suggestion]) -> float:
    """Return the share of the longer list that both have in common; 1 where both are empty."""
    here, there = {one.person_id for one in new}, {one.person_id for one in old}
    longer = max(len(here), len(there))
    return len(here & there) / longer if longer else 1.0


def _any_strong(suggestions: Iterable[Suggestion]) -> bool:
    return any(suggestion.strength is Strength.STRONG for suggestion in suggestions)


def _allowed_pairs(judged: Judged, n_seekers: int) -> Iterator[Pair]:
    """Draw seekers, and for each kind whom the candidate lets through of their line and beyond."""
    people = judged.candidate.people
    generator = np.random.default_rng(SEED)
    placed = np.flatnonzero(people.manager != NO_ROW)
    seekers = generator.choice(placed, min(n_seekers, len(placed)), replace=False)
    for seeker in np.sort(seekers).tolist():
        line = people.org.chain(seeker)
        for kind in Relationship:
            mask = eligibility(people, seeker, kind, judged.candidate_policy, LiveFacts.none()).mask
            allowed = np.flatnonzero(mask)
            some = generator.choice(allowed, min(ALLOWED_SAMPLE, len(allowed)), replace=False)
            for row in np.union1d(np.flatnonzero(mask & line), some).tolist():
                yield str(people.ids[seeker]), str(people.ids[row]), kind


def _common_rows(sides: Sides, wanted: int) -> list[tuple[int, int]]:
    """Draw active people of both snapshots: their rows in the candidate and in the published."""
    candidate, published = sides.candidate.people, sides.published.people
    there = pd.Index(published.ids).get_indexer(pd.Index(candidate.ids))
    common = np.flatnonzero((there >= 0) & candidate.active)
    drawn = np.random.default_rng(SEED).choice(common, min(wanted, len(common)), replace=False)
    return [(int(row), int(there[row])) for row in np.sort(drawn)]


def _vectors_by_text(snapshot: Snapshot, row: int) -> dict[str, NDArray[np.float32]]:
    passages = snapshot.passages_of(row)
    return dict(zip(snapshot.texts(passages), snapshot.vectors(passages), strict=True))


def _in(ids: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray(pd.Index(ids).isin(pd.Index(others)), np.bool_)


def _count(department: Coded, among: NDArray[np.bool_] | None = None) -> dict[str, int]:
    """Count each department's people, `among` some or all; those without any are left out."""
    codes = department.codes if among is None else department.codes[among]
    counts = np.bincount(codes[codes != NO_CODE], minlength=len(department.names))
    return {name: int(n) for name, n in zip(department.names, counts, strict=True) if n}
