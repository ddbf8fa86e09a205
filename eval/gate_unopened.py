"""The gate on the first night after an upgrade: what serves has a format that cannot be opened.

Nobody can ask it for answers any more, but its people and its policy can still be read. So the
candidate is held against those people, and against the rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.gate_checks import (
    SEED,
    Check,
    Judged,
    Roll,
    Verdict,
    check_people,
    check_rules,
    suggest,
)
from eval.gate_limits import Limits, read_canaries
from eval.violations import Pair
from index.search import Snapshot
from index.snapshot import FORMAT, read_listing
from index.unopened import read_people, read_policy
from recommender.errors import LearningRelationshipsError
from recommender.people import Coded
from recommender.policy import Policy, parse_policy


@dataclass(frozen=True, slots=True)
class UnopenedSide(Judged):
    """A candidate, and what can be read of a published snapshot of another format."""

    published_id: str
    published_format: int
    people: Roll


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
        candidate, policy, rules, published.name, read_listing(published).format, roll
    )


def check_unopened(side: UnopenedSide, limits: Limits) -> Iterator[Check]:
    """Check people and rules; the rest is told to be not compared."""
    yield from check_people(side.candidate.people, side.people, limits)
    suggested: list[Pair] = []
    try:
        suggested += _suggested(side, limits.canaries.seekers)
    except LearningRelationshipsError as error:
        yield Check("canaries", Verdict.UNKNOWN, str(error))
    yield check_rules(side, limits, suggested)
    yield Check(
        "profiles, vectors, answers", Verdict.PASS,
        f"not compared: the published snapshot has format {side.published_format}, this version "
        f"opens {FORMAT}",
    )  # fmt: skip


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
