"""Who may be suggested, worked by hand on the small company, and the sentences to the seeker."""

import time
from dataclasses import replace

import numpy as np
import pytest

from recommender.eligibility import eligibility, eligibility_by_kind, reasons_against
from recommender.errors import InputError
from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import Policy, default_policy, parse_policy
from recommender.relationships import Relationship
from tests.recommender.company import ADA, BO, CY, DI, ED, FAY, GUS, small_company

MENTOR, COACH, SPONSOR, PEER = Relationship
DEFAULT = default_policy()
NONE = LiveFacts.none()


def eligible(
    seeker: int,
    kind: Relationship,
    *,
    people: People | None = None,
    policy: Policy = DEFAULT,
    live: LiveFacts = NONE,
) -> list[int]:
    people = people or small_company()
    return np.flatnonzero(eligibility(people, seeker, kind, policy, live).mask).tolist()


def says(
    seeker: int,
    candidate: int,
    kind: Relationship,
    *,
    people: People | None = None,
    policy: Policy = DEFAULT,
    live: LiveFacts = NONE,
) -> list[str]:
    people = people or small_company()
    return [
        reason.says for reason in reasons_against(people, seeker, candidate, kind, policy, live)
    ]


def test_who_may_be_suggested_to_the_developer() -> None:
    """Cy (L4) reports to Bo (L6), Bo to Ada (L8). Ed is L6, Fay L5, in finance; Gus is unplaced."""
    assert eligible(CY, MENTOR) == [ED, FAY]
    assert eligible(CY, COACH) == [ADA, DI, ED, FAY]
    assert eligible(CY, SPONSOR) == [ED]
    assert eligible(CY, PEER) == [DI, FAY]


def test_who_may_be_suggested_to_a_head() -> None:
    """Bo (L6): Ada is above and Cy and Di below him; only Ed is his level, nobody else above."""
    assert eligible(BO, MENTOR) == []
    assert eligible(BO, COACH) == [ED, FAY]
    assert eligible(BO, SPONSOR) == []
    assert eligible(BO, PEER) == [ED, FAY]


def test_everyone_kept_out_is_counted_once() -> None:
    counts = {
        kind: found.excluded
        for kind, found in eligibility_by_kind(
            small_company(), CY, Relationship, DEFAULT, NONE
        ).items()
    }
    assert counts == {
        MENTOR: {"self": 1, "level_gap": 2, "line_of_command": 2},
        COACH: {"self": 1, "direct_line": 2},
        SPONSOR: {"self": 1, "level_gap": 3, "line_of_command": 2},
        PEER: {"self": 1, "level_gap": 4},
    }


def test_a_seeker_without_level_or_place_gets_nobody_where_a_rule_needs_them() -> None:
    for kind in Relationship:
        assert eligible(GUS, kind) == []
    assert says(GUS, ED, MENTOR) == [
        "Your level is not recorded, and a mentor is one level above you or higher.",
        "Your place in the reporting lines is not recorded, "
        "and a mentor is nobody in your line of command.",
    ]


def test_a_seeker_with_place_but_no_level_still_finds_a_coach() -> None:
    people = small_company(job_level=[8, 6, None, 4, 6, 5, None])
    assert eligible(CY, COACH, people=people) == [ADA, DI, ED, FAY]
    assert eligible(CY, PEER, people=people) == []


def test_a_seeker_on_leave_or_a_contractor_may_ask() -> None:
    away = small_company(status=["active", "active", "leave", *["active"] * 4])
    outside = small_company(worker_type=["employee", "employee", "contractor", *["employee"] * 4])
    assert eligible(CY, MENTOR, people=away) == [ED, FAY]
    assert eligible(CY, SPONSOR, people=outside) == [ED]


def test_contractors_may_mentor_but_not_sponsor() -> None:
    people = small_company(worker_type=[*["employee"] * 4, "contractor", "employee", "employee"])
    assert eligible(CY, MENTOR, people=people) == [ED, FAY]
    assert eligible(CY, SPONSOR, people=people) == []
    assert says(CY, ED, SPONSOR, people=people) == [
        "They are a contractor, and contractors are not suggested as a sponsor."
    ]


def test_skip_level_sponsors_can_be_allowed() -> None:
    """Ada manages Cy's manager: kept out by default, allowed by "skip_level"; Bo never."""
    policy = parse_policy('[sponsor]\nline_of_command = "skip_level"\n', "ours.toml")
    assert eligible(CY, SPONSOR, policy=policy) == [ADA, ED]
    assert says(CY, BO, SPONSOR, policy=policy) == [
        "You report to them, and a sponsor is not your own manager or one of your own reports."
    ]


@pytest.mark.parametrize(
    ("seeker", "candidate", "kind", "sentence"),
    [
        (CY, CY, PEER, "This is you."),
        (CY, DI, MENTOR, "They are on your level, and a mentor is one level above you or higher."),
        (CY, FAY, SPONSOR,
         "They are one level above you, and a sponsor is two levels above you or higher."),
        (CY, ADA, PEER,
         "They are four levels above you, and a peer is at most one level from you."),
        (FAY, DI, MENTOR,
         "They are one level below you, and a mentor is one level above you or higher."),
        (CY, BO, MENTOR,
         "You report to them, and a mentor is nobody in your line of command."),
        (CY, ADA, MENTOR,
         "You report to them through others, and a mentor is nobody in your line of command."),
        (ADA, CY, PEER,
         "They report to you through others, and a peer is nobody in your line of command."),
        (BO, CY, COACH,
         "They report to you, and a coach is not your own manager or one of your own reports."),
        (CY, GUS, COACH,
         "Their place in the reporting lines is not recorded, "
         "and a coach is not your own manager or one of your own reports."),
        (CY, GUS, MENTOR,
         "Their level is not recorded, and a mentor is one level above you or higher."),
    ],
)  # fmt: skip
def test_the_sentences(seeker: int, candidate: int, kind: Relationship, sentence: str) -> None:
    assert sentence in says(seeker, candidate, kind)


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        ("min_levels_above = 1\nmax_levels_above = 2",
         "a mentor is from one level above you to two levels above you."),
        ('min_levels_above = "any"\nmax_levels_above = -1',
         "a mentor is one level below you or lower."),
        ("min_levels_above = 12", "a mentor is 12 levels above you or higher."),
        ("min_levels_above = 0\nmax_levels_above = 0", "a mentor is on your level."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_the_policy_asks_for(bounds: str, sentence: str) -> None:
    policy = parse_policy(f"[mentor]\n{bounds}\n", "ours.toml")
    assert says(CY, GUS, MENTOR, policy=policy)[0].endswith(sentence)


def test_what_the_seeker_asked_for_is_said_by_kind() -> None:
    live = LiveFacts(
        hidden=np.array([ED]),
        hidden_for={MENTOR: np.array([FAY])},
        declined_for={PEER: np.array([DI])},
    )
    assert eligible(CY, MENTOR, live=live) == []
    assert eligible(CY, COACH, live=live) == [ADA, DI, FAY]
    assert eligible(CY, PEER, live=live) == [FAY]
    assert says(CY, ED, MENTOR, live=live) == ["You asked not to see them."]
    assert says(CY, FAY, MENTOR, live=live) == ["You asked not to see them as a mentor."]
    assert says(CY, DI, PEER, live=live) == [
        "One of you has asked the other already, as a peer; see your requests."
    ]


def test_private_facts_all_read_not_available_at_the_moment() -> None:
    sentence = ["They are not available at the moment."]
    assert says(CY, ED, MENTOR, people=small_company(capacity=[1, 1, 1, 1, 0, 1, 1])) == sentence
    assert says(CY, ED, MENTOR, live=LiveFacts(unavailable=np.array([ED]))) == sentence
    paused_and_away = small_company(status=[*["active"] * 4, "leave", "active", "active"])
    live = LiveFacts(unavailable=np.array([ED]))
    assert says(CY, ED, MENTOR, people=paused_and_away, live=live) == sentence


def test_opting_in_to_one_kind_is_not_opting_in_to_another() -> None:
    people = small_company(open_to=["", "", "", "", "coach", "mentor", ""])
    assert eligible(CY, MENTOR, people=people) == [FAY]
    assert eligible(CY, COACH, people=people) == [ED]


@pytest.mark.parametrize("row", [-1, 7])
def test_rows_of_nobody_are_refused(row: int) -> None:
    people = small_company()
    with pytest.raises(InputError, match=f"row {row} is nobody"):
        eligibility(people, row, MENTOR, DEFAULT, NONE)
    with pytest.raises(InputError, match=f"row {row} is nobody"):
        reasons_against(people, CY, row, MENTOR, DEFAULT, NONE)


def test_live_facts_about_nobody_are_refused() -> None:
    """A row of -1 would fall on the last person."""
    with pytest.raises(InputError, match="unavailable holds a negative row"):
        LiveFacts(unavailable=np.array([-1]))
    with pytest.raises(InputError, match=r"hidden_for\[peer\] holds a negative row or one row tw"):
        LiveFacts(hidden_for={PEER: np.array([2, 2])})
    with pytest.raises(InputError, match="capacity_rows and capacity_free differ"):
        LiveFacts(capacity_rows=np.array([2]))
    with pytest.raises(InputError, match="open_to_rows and open_to_bits differ"):
        LiveFacts(open_to_rows=np.array([2]))
    stale = LiveFacts(unavailable=np.array([99]))
    with pytest.raises(InputError, match="row 99 is nobody"):
        eligibility(small_company(), CY, MENTOR, DEFAULT, stale)
    with pytest.raises(InputError, match="row 99 is nobody"):
        reasons_against(small_company(), CY, ED, MENTOR, DEFAULT, stale)


@pytest.mark.bench
def test_a_million_people_are_judged_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    """Best of seven for each kind, as the machine is shared; the limit is twice the target."""
    people = a_million()
    changed = np.arange(0, len(people), 50)
    live = LiveFacts(
        unavailable=changed,
        capacity_rows=changed + 1,
        capacity_free=np.ones(len(changed), np.int16),
    )
    seekers = [0, 1, 100, 999_999]
    took = {
        kind: max(min(_seconds(people, row, [kind], live) for _ in range(7)) for row in seekers)
        for kind in Relationship
    }
    together = max(
        min(_seconds(people, row, list(Relationship), live) for _ in range(7)) for row in seekers
    )
    with capsys.disabled():
        each = ", ".join(f"{kind} {seconds * 1e3:.1f}" for kind, seconds in took.items())
        print(f"\n1M people, ms: {each}; the four together {together * 1e3:.1f}")
    assert max(took.values()) < 0.010
    assert together < 0.030


def a_million() -> People:
    """Only the columns that the rules read are a million long."""
    size = 1_000_000
    rng = np.random.default_rng(0)
    people = replace(
        small_company(),
        ids=np.arange(size).astype(str).astype(object),
        active=rng.random(size) < 0.95,
        contractor=rng.random(size) < 0.1,
        level=rng.integers(-1, 11, size).astype(np.int16),
        capacity=rng.integers(0, 4, size).astype(np.int16),
        open_to=rng.integers(0, 16, size).astype(np.uint8),
        manager=((np.arange(size) - 1) // 8).astype(np.int32),
    )
    assert len(people.org.placed) == size
    return people


def _seconds(people: People, row: int, kinds: list[Relationship], live: LiveFacts) -> float:
    started = time.perf_counter()
    eligibility_by_kind(people, row, kinds, DEFAULT, live)
    return time.perf_counter() - started


def test_a_second_manager_and_whoever_is_above_them_are_in_the_line() -> None:
    """Cy reports to Bo, and to Fay in a second line; above Fay are Ed and Ada."""
    people = small_company(matrix_manager_id=["", "", "fay", "", "", "", ""])
    assert eligible(CY, MENTOR, people=people) == []
    assert eligible(CY, COACH, people=people) == [ADA, DI, ED]
    assert eligible(CY, SPONSOR, people=people) == []
    assert eligible(FAY, PEER, people=people) == [BO, DI]
    assert says(CY, FAY, MENTOR, people=people) == [
        "You report to them in a second line, and a mentor is nobody in your line of command."
    ]
    assert says(FAY, CY, COACH, people=people) == [
        "They report to you in a second line, "
        "and a coach is not your own manager or one of your own reports."
    ]
    assert says(CY, ED, MENTOR, people=people) == [
        "You report to them through others, and a mentor is nobody in your line of command."
    ]
