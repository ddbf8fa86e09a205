"""No rule is ever broken, and the mask and the single-pair answer agree, on random companies.

The rules are restated here in plain Python from the words of the design, by walking reporting lines
and comparing people one by one; nothing is shared with the rooms under test.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.eligibility import (
    Reason,
    eligibility,
    eligibility_by_kind,
    reasons_against,
)
from recommender.policy import KindPolicy, Policy, default_policy
from recommender.relationships import Relationship
from recommender.rules import POLICY_RULES, RULES, STANDING_RULES
from tests.recommender.organisations import (
    KINDS,
    Live,
    Person,
    line_up,
    lives,
    organisations,
    own_managers,
    people_of,
)

DEFAULT = default_policy()
ORDER = [
    "self", "hidden", "declined", "contractor", "level_gap", "line_of_command", "direct_line",
    "not_available",
]  # fmt: skip
PATIENT = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def kind_policies(draw: st.DrawFn) -> KindPolicy:
    bound = st.one_of(st.just("any"), st.integers(-3, 3))
    low, high = draw(bound), draw(bound)
    if low != "any" and high != "any" and low > high:
        low, high = high, low
    changes = {
        "line_of_command": draw(st.sampled_from(["never", "skip_level", "allowed"])),
        "min_levels_above": low,
        "max_levels_above": high,
        "contractors": draw(st.booleans()),
    }
    return KindPolicy.model_validate(DEFAULT.mentor.model_dump() | changes)


policies = st.one_of(
    st.just(DEFAULT),
    st.fixed_dictionaries({kind: kind_policies() for kind in KINDS}).map(
        lambda kinds: DEFAULT.model_copy(update=kinds)
    ),
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Person], Live]:
    organisation = draw(organisations())
    return organisation, draw(lives(len(organisation)))


@PATIENT
@given(situations())
def test_with_the_default_policy_no_rule_is_ever_broken(
    situation: tuple[list[Person], Live],
) -> None:
    """Each assertion is a sentence of the issue, about everyone whom the mask lets through."""
    organisation, live = situation
    people, facts = people_of(organisation), live.facts()
    for seeker, asks in enumerate(organisation):
        for kind in Relationship:
            mask = eligibility(people, seeker, kind, DEFAULT, facts).mask
            for candidate in np.flatnonzero(mask).tolist():
                helps = organisation[candidate]
                chain = line_up(organisation, seeker)
                under = line_up(organisation, candidate)
                assert candidate != seeker
                assert helps.status == "active"
                assert kind in live.open_to.get(candidate, helps.open_to)
                assert live.capacity.get(candidate, helps.capacity) >= 1
                assert candidate not in live.unavailable
                assert candidate not in live.hidden
                assert candidate not in live.hidden_for.get(kind, set())
                assert candidate not in live.declined_for.get(kind, set())
                assert is_placed(organisation, seeker)
                assert is_placed(organisation, candidate)
                if kind == "coach":
                    assert candidate not in own_managers(asks)
                    assert seeker not in own_managers(helps)
                    continue
                assert candidate not in chain
                assert seeker not in under
                assert asks.level is not None
                assert helps.level is not None
                if kind == "mentor":
                    assert helps.level >= asks.level + 1
                if kind == "sponsor":
                    assert helps.level >= asks.level + 2
                    assert helps.worker_type != "contractor"
                if kind == "peer":
                    assert abs(helps.level - asks.level) <= 1


@PATIENT
@given(situations(), policies)
def test_mask_single_pair_and_counts_agree_with_the_rules_restated(
    situation: tuple[list[Person], Live], policy: Policy
) -> None:
    organisation, live = situation
    people, facts = people_of(organisation), live.facts()
    size = len(organisation)
    for seeker in range(size):
        found = eligibility_by_kind(people, seeker, Relationship, policy, facts)
        for kind in Relationship:
            expected = [
                rules_broken(organisation, live, policy.of(kind), kind, seeker, candidate)
                for candidate in range(size)
            ]
            said = [
                [
                    reason.rule
                    for reason in reasons_against(people, seeker, row, kind, policy, facts)
                ]
                for row in range(size)
            ]
            assert said == expected
            assert found[kind].mask.tolist() == [not rules for rules in expected]
            first = Counter(rules[0] for rules in expected if rules)
            assert found[kind].excluded == dict(first)
            assert sum(found[kind].excluded.values()) + int(found[kind].mask.sum()) == size


@settings(PATIENT, max_examples=25)
@given(situations(), policies, st.data())
def test_opt_out_capacity_leave_and_pause_look_the_same_from_outside(
    situation: tuple[list[Person], Live], policy: Policy, data: st.DataObject
) -> None:
    """Whichever of six ways makes a candidate unavailable, every seeker gets the same answers."""
    organisation, live = situation
    candidate = data.draw(st.integers(0, len(organisation) - 1))
    base = replace(
        live,
        unavailable=live.unavailable - {candidate},
        open_to={row: kinds for row, kinds in live.open_to.items() if row != candidate},
        capacity={row: free for row, free in live.capacity.items() if row != candidate},
    )
    there = replace(organisation[candidate], status="active", open_to=frozenset(KINDS), capacity=1)

    def answers(person: Person, now: Live) -> list[tuple[dict[str, int], list[Reason]]]:
        company = [*organisation]
        company[candidate] = person
        people, facts = people_of(company), now.facts()
        return [
            (
                eligibility(people, seeker, kind, policy, facts).excluded,
                reasons_against(people, seeker, candidate, kind, policy, facts),
            )
            for seeker in range(len(company))
            for kind in Relationship
        ]

    ways = [
        (replace(there, status="leave"), base),
        (replace(there, open_to=frozenset()), base),
        (replace(there, capacity=0), base),
        (there, replace(base, unavailable=base.unavailable | {candidate})),
        (there, replace(base, open_to=base.open_to | {candidate: frozenset()})),
        (there, replace(base, capacity=base.capacity | {candidate: 0})),
    ]
    one, other = data.draw(st.permutations(ways))[:2]
    assert answers(*one) == answers(*other)
    shut = [_without_private(excluded) for excluded, _ in answers(*one)]
    assert shut == [_without_private(excluded) for excluded, _ in answers(there, base)]


@pytest.mark.parametrize("kind", Relationship)
def test_live_facts_may_open_a_door_but_never_bring_back_who_is_on_leave(
    kind: Relationship,
) -> None:
    """0 manages 1 and 2; 3 manages 4. 1 asks; 3 and 4 changed their minds this morning."""
    shut = {"open_to": frozenset(), "capacity": 0}
    organisation = [
        Person(level=5),
        Person(manager=0, level=3),
        Person(manager=0, level=3),
        Person(level=5 if kind != "peer" else 3, **shut),
        Person(manager=3, level=5 if kind != "peer" else 3, status="leave", **shut),
    ]
    live = Live(open_to={3: frozenset({kind}), 4: frozenset({kind})}, capacity={3: 1, 4: 1})
    mask = eligibility(people_of(organisation), 1, kind, DEFAULT, live.facts()).mask
    assert mask[3]
    assert not mask[4]


def test_the_rules_stand_in_the_documented_order() -> None:
    assert [rule.name for rule in RULES] == ORDER


def rules_broken(
    organisation: list[Person], live: Live, policy: KindPolicy, kind: str, seeker: int, other: int
) -> list[str]:
    """List the broken rules in order, from their wording."""
    if seeker == other:
        return ["self"]
    asks, helps = organisation[seeker], organisation[other]
    low, high = policy.min_levels_above, policy.max_levels_above
    placed = is_placed(organisation, seeker) and is_placed(organisation, other)
    in_line = other in line_up(organisation, seeker) or seeker in line_up(organisation, other)
    direct = other in own_managers(asks) or seeker in own_managers(helps)
    broken = {
        "hidden": other in live.hidden or other in live.hidden_for.get(kind, ()),
        "declined": other in live.declined_for.get(kind, ()),
        "contractor": not policy.contractors and helps.worker_type == "contractor",
        "level_gap": _gap_is_wrong(asks.level, helps.level, low, high),
        "line_of_command": policy.line_of_command == "never" and (in_line or not placed),
        "direct_line": policy.line_of_command == "skip_level" and (direct or not placed),
        "not_available": helps.status != "active"
        or kind not in live.open_to.get(other, helps.open_to)
        or live.capacity.get(other, helps.capacity) < 1
        or other in live.unavailable,
    }
    return [rule for rule in ORDER if broken.get(rule)]


def is_placed(organisation: list[Person], row: int) -> bool:
    has_report = any(person.manager == row for person in organisation)
    return organisation[row].manager is not None or has_report


def _gap_is_wrong(own: int | None, theirs: int | None, low: int | str, high: int | str) -> bool:
    if low == "any" and high == "any":
        return False
    if own is None or theirs is None:
        return True
    too_low = isinstance(low, int) and theirs - own < low
    too_high = isinstance(high, int) and theirs - own > high
    return too_low or too_high


def _without_private(excluded: dict[str, int]) -> dict[str, int]:
    return {rule: count for rule, count in excluded.items() if rule != "not_available"}


def test_power_and_work_must_still_hold_at_an_acceptance_and_live_facts_need_not() -> None:
    """A new rule says of itself which it is, so that no list of names can be forgotten."""
    assert {rule.name for rule in RULES} - STANDING_RULES == {"hidden", "declined", "not_available"}
    assert {"contractor", "level_gap", "line_of_command", "direct_line"} == POLICY_RULES
