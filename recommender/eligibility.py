"""Who may be suggested to whom, and the reason why not."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recommender.errors import InputError
from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import Policy
from recommender.relationships import Relationship
from recommender.rules import RULES, Mask, Pair, SeekerView


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that keeps a candidate out, and the sentence about it to the seeker."""

    rule: str
    says: str


@dataclass(frozen=True, slots=True, eq=False)
class Eligibility:
    """Who may be suggested for one kind, and how many each rule kept out."""

    mask: Mask
    """True for who may be suggested."""
    excluded: dict[str, int]
    """People by rule, each counted once under the first rule of `RULES` that keeps them out; rules
    that keep nobody out are absent. With the eligible they add up to everyone."""


def eligibility(
    people: People, seeker: int, relationship: Relationship, policy: Policy, live: LiveFacts
) -> Eligibility:
    """Return who may be suggested to one seeker for one kind.

    Args:
        people: everyone.
        seeker: the row of the person who asks; they may be on leave, a contractor or unplaced.
        relationship: the kind.
        policy: the company's rules.
        live: facts newer than `people`.

    Raises:
        InputError: the seeker or a row of `live` is not a row of `people`.
    """
    return eligibility_by_kind(people, seeker, [relationship], policy, live)[relationship]


def eligibility_by_kind(
    people: People, seeker: int, kinds: Iterable[Relationship], policy: Policy, live: LiveFacts
) -> dict[Relationship, Eligibility]:
    """Return who may be suggested to one seeker for several kinds, doing the shared work once.

    Raises:
        InputError: the seeker or a row of `live` is not a row of `people`.
    """
    _check_row(people, seeker)
    _check_row(people, live.highest_row)
    view = SeekerView(people, seeker, live)
    return {kind: _apply_rules(view, kind, policy) for kind in kinds}


def reasons_against(
    people: People,
    seeker: int,
    candidate: int,
    relationship: Relationship,
    policy: Policy,
    live: LiveFacts,
) -> list[Reason]:
    """List every rule that keeps one candidate from one seeker, in the order of `RULES`.

    Returns:
        Empty exactly where `eligibility` lets the candidate through. To oneself just one reason.

    Raises:
        InputError: the seeker, the candidate or a row of `live` is not a row of `people`.
    """
    for row in (seeker, candidate, live.highest_row):
        _check_row(people, row)
    pair = Pair(people, seeker, candidate, relationship, policy.of(relationship), live)
    rules = RULES[:1] if candidate == seeker else RULES
    said = ((rule.name, rule.says(pair)) for rule in rules)
    return [Reason(name, says) for name, says in said if says is not None]


def _apply_rules(view: SeekerView, relationship: Relationship, policy: Policy) -> Eligibility:
    kind = policy.of(relationship)
    mask = np.ones(len(view.people), np.bool_)
    excluded: dict[str, int] = {}
    for rule in RULES:
        against = rule.excludes(view, relationship, kind)
        if against is None:
            continue
        newly = against & mask
        mask ^= newly
        count = int(np.count_nonzero(newly))
        if count:
            excluded[rule.name] = count
    return Eligibility(mask, excluded)


def _check_row(people: People, row: int) -> None:
    if not 0 <= row < len(people):
        raise InputError(f"row {row} is nobody; this snapshot has {len(people)} people")
