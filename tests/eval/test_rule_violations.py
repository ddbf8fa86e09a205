"""The evaluator's own reading of the rules agrees with the recommender's, second lines and all."""

import numpy as np
from hypothesis import given, settings

from eval.metrics.rule_violations import RuleBook
from recommender.eligibility import eligibility
from recommender.live import LiveFacts
from recommender.policy import default_policy
from recommender.relationships import Relationship
from tests.recommender.organisations import Person, organisations, people_of

POLICY = default_policy()


@settings(deadline=None, max_examples=60)
@given(organisations(max_size=6))
def test_exactly_who_is_eligible_breaks_no_rule(organisation: list[Person]) -> None:
    people = people_of(organisation)
    book = RuleBook(people)
    for seeker in range(len(people)):
        for kind in Relationship:
            mask = eligibility(people, seeker, kind, POLICY, LiveFacts.none()).mask
            fit = [
                not book.broken_rules(f"p{seeker}", f"p{row}", kind, POLICY.of(kind))
                for row in range(len(people))
            ]
            assert fit == np.asarray(mask).tolist()


def test_a_second_manager_is_above_for_the_evaluator_too() -> None:
    people = people_of([Person(level=9), Person(0, level=7), Person(0, level=7),
                        Person(1, frozenset({2}), level=4)])  # fmt: skip
    mentor = POLICY.of(Relationship.MENTOR)
    assert RuleBook(people).broken_rules("p3", "p2", Relationship.MENTOR, mentor) == [
        "line_of_command"
    ]
