"""The gate on the first night after an upgrade: what serves has a format that cannot be opened.

Nobody can ask it for answers any more, but its people and its policy can still be read. So the
candidate is held against those people, their profiles and to what they are open, as far as that
format tells, and against the rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.gate.checks import (
    QUALITY,
    SEED,
    Check,
    Judged,
    Roll,
    Verdict,
    check_people,
    check_rules,
    suggest,
)
from eval.gate.coverage import (
    HELPING,
    TOLD,
    check_helpers,
    check_profiles,
    helpers_in,
    profiles_in,
    profiles_of,
)
from eval.gate.limits import Limits, read_canaries
from eval.metrics.rule_violations import Pair
from index.serving.reader import Snapshot
from index.snapshot.manifest import FORMAT, read_listing
from index.snapshot.other_formats import read_people, read_policy
from recommender.errors import LearningRelationshipsError
from recommender.people import Coded, People
from recommender.policy import Policy, parse_policy


@dataclass(frozen=True, slots=True)
class UnopenedSide(Judged):
    """A candidate, and what can be read of a published snapshot of another format."""

    published_id: str
    published_format: int
    people: Roll
    profiles: pd.Series | None
    """Who has something to quote; None where its people table does not tell."""
    helpers: People | None
    """Who is open to which kind, and nothing else of them; None where its table does not tell."""


@dataclass(frozen=True, slots=True)
class _Roll:
    ids: NDArray[np.object_]
    department: Coded


def read_unopened(candidate: Snapshot, policy: Policy, published: Path) -> UnopenedSide:
    """Read what can be read of a published snapshot of another format.

    Raises:
        SnapshotError: its manifest, people or policy are damaged.
        PolicyError: this version cannot read its policy.
    """
    people = read_people(published)
    roll = _Roll(people["person_id"].to_numpy(dtype=object), Coded.from_texts(people["department"]))
    rules = parse_policy(read_policy(published), f"policy of snapshot {published.name}")
    return UnopenedSide(
        candidate, policy, rules, published.name, read_listing(published).format, roll,
        profiles_in(people), helpers_in(people),
    )  # fmt: skip


def check_unopened(side: UnopenedSide, limits: Limits, *, judged_goals: bool) -> Iterator[Check]:
    """Check people, profiles, helpers and rules; the rest is told to be not compared.

    What cannot be compared passes, and says so: no later night could compare it either, and "could
    not judge" would keep each of them from being published. The next night is held against this
    one's snapshot, in everything.

    Args:
        side: the candidate, and what can be read of the published snapshot.
        limits: how much they may differ.
        judged_goals: whether the gate was given any.
    """
    yield from check_people(side.candidate.people, side.people, limits)
    if side.profiles is None:
        yield _not_compared("profiles lost", f"its people table does not tell {', '.join(TOLD)}")
    else:
        yield check_profiles(profiles_of(side.candidate), side.profiles, limits)
    if side.helpers is None:
        yield _not_compared("helpers lost", f"its people table does not tell {', '.join(HELPING)}")
    else:
        yield from check_helpers(side.candidate.people, side.helpers, limits)
    suggested: list[Pair] = []
    try:
        suggested += _suggested(side, limits.canaries.seekers)
    except LearningRelationshipsError as error:
        yield Check("canaries", Verdict.UNKNOWN, str(error))
    yield check_rules(side, limits, suggested)
    why = f"it has format {side.published_format}, this version opens {FORMAT}"
    yield _not_compared("vectors, answers", why)
    if judged_goals:
        yield _not_compared(QUALITY, f"{why}, and so it answers no judged goal")


def _not_compared(name: str, why: str) -> Check:
    return Check(name, Verdict.PASS, f"not compared with the published snapshot: {why}")


def _suggested(side: UnopenedSide, n_seekers: int) -> Iterator[Pair]:
    """Ask the candidate the canary goals of people drawn by chance."""
    people = side.candidate.people
    active = np.flatnonzero(people.active)
    drawn = np.random.default_rng(SEED).choice(active, min(n_seekers, len(active)), replace=False)
    for canary in read_canaries():
        for row in np.sort(drawn).tolist():
            seeker = str(people.ids[row])
            for one in suggest(side.candidate, side.candidate_policy, seeker, canary):
                yield seeker, one.person_id, canary.relationship
