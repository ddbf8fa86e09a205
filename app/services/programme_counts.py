"""The programme's figures of one moment, rounded and withheld as they are shown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from app.services.figures import (
    Answers,
    Balance,
    Cell,
    Division,
    Kind,
    Load,
    ProgrammeFigures,
    Said,
    Unmet,
    Week,
)
from app.services.live_facts import lay_over
from app.services.withholding import Names, coarse, dominated, round_to, shown_parts
from app.store.facts import StoreFacts, company_facts
from app.store.figures import (
    Answered,
    Wish,
    answers_about,
    exposure_since,
    requests_since,
    unmet_goals,
    wishes_since,
)
from app.store.records import State
from recommender.inequality import gini
from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import Limits
from recommender.relationships import Relationship

WINDOW = timedelta(days=90)
"""Demand, answers and exposure are counted over this time."""

WEEK, WEEKS = timedelta(weeks=1), 12
"""How far back the course of requests is told."""

UNMET_AFTER = timedelta(days=14)
"""A goal that had nobody for this long is unmet."""

KINDS: tuple[Kind, ...] = (*Relationship, None)

GINI_STEPS = 20
"""Gini coefficients are told in twentieths."""


def count_figures(
    connection: sa.Connection, people: People, limits: Limits, smallest: int, now: datetime
) -> ProgrammeFigures:
    """Count everything that is shown, in one look, and take out what would tell of few people.

    Args:
        connection: any transaction.
        people: the snapshot's people.
        limits: the policy's.
        smallest: the smallest number of people that a figure may speak of.
        now: the moment.
    """
    facts = company_facts(connection, limits, now)
    wishes = wishes_since(connection, now - WINDOW)
    unmet = unmet_goals(connection, now - UNMET_AFTER)
    parts = {division: _parts(people, division, smallest) for division in Division}
    return ProgrammeFigures(
        balance={one: _balance(people, parts[one], wishes, facts, smallest) for one in Division},
        unmet={one: _unmet(people, parts[one], unmet, smallest) for one in Division},
        answers=_answers(requests_since(connection, now - WINDOW), smallest),
        weeks=_weeks(requests_since(connection, now - WEEKS * WEEK), smallest, now),
        load=_load(people, facts, exposure_since(connection, now - WINDOW), smallest),
        said={topic: _said(answers_about(connection, topic), smallest) for topic in TOPICS},
    )


TOPICS = ("met", "outcome")
"""What people are asked about their relationships."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """One division of the company."""

    names: Names
    shown: frozenset[str]
    sizes: Mapping[str, int]


def _parts(people: People, division: Division, smallest: int) -> _Parts:
    departments, places = (
        np.array([*coded.names, ""], object)[coded.codes]
        for coded in (people.department, people.location)
    )
    if division is Division.COMPANY:
        return _Parts(np.full(len(people), "", object), frozenset({""}), {"": len(people)})
    by_department, by_place = shown_parts(departments, places, smallest)
    names, shown = (
        (departments, by_department) if division is Division.DEPARTMENT else (places, by_place)
    )
    return _Parts(names, frozenset(shown), Counter(names.tolist()))


def _balance(
    people: People, parts: _Parts, wishes: Iterable[Wish], facts: StoreFacts, smallest: int
) -> list[Balance]:
    demand = _people_by_cell(people, parts, wishes)
    free = _free_by_cell(people, parts, lay_over(replace(facts, asked_enough=()), people))
    rows = []
    for part in sorted(parts.shown):
        for kind in KINDS:
            size, places = parts.sizes[part], free[part, kind]
            seekers = coarse(demand[part, kind], size, smallest)
            helpers = coarse(len(places), size, smallest)
            told = helpers is not None and not dominated(places)
            rows.append(
                Balance(
                    part, kind, seekers, helpers, round_to(sum(places), smallest) if told else None
                )
            )
    return rows


def _unmet(people: People, parts: _Parts, wishes: Iterable[Wish], smallest: int) -> list[Unmet]:
    wishes = list(wishes)
    seekers = _people_by_cell(people, parts, wishes)
    goals = Counter(
        (str(parts.names[row]), wish.relationship)
        for wish in wishes
        for row in people.rows([wish.seeker_id]).tolist()
    )
    return [
        Unmet(part, kind, round_to(goals[part, kind], smallest), count)
        for part in sorted(parts.shown)
        for kind in KINDS
        for count in (coarse(seekers[part, kind], parts.sizes[part], smallest),)
        if count is not None
    ]


def _answers(found: Sequence[Answered], smallest: int) -> list[Answers]:
    return [
        _answers_of(kind, [one for one in found if one.relationship is kind], smallest)
        for kind in Relationship
    ]


def _answers_of(kind: Relationship, found: Sequence[Answered], smallest: int) -> Answers:
    sides = ({one.seeker_id for one in found}, {one.helper_id for one in found})
    if min(map(len, sides)) < smallest:
        return Answers(kind, *[None] * 8)
    states = Counter(one.state for one in found)

    def told(state: State) -> int | None:
        return coarse(states[state], len(found), smallest)

    answered = [one for one in found if one.answered_at is not None]
    days = [(one.answered_at - one.sent_at) / timedelta(days=1) for one in answered]  # type: ignore[operator]
    return Answers(
        relationship=kind,
        sent=round_to(len(found), smallest),
        accepted=told(State.ACCEPTED),
        declined=told(State.DECLINED),
        expired=told(State.EXPIRED),
        withdrawn=told(State.WITHDRAWN),
        unanswered=told(State.SENT),
        put_off=told(State.LATER),
        median_days=(
            float(round(median(days)))
            if len({one.helper_id for one in answered}) >= smallest
            else None
        ),
    )


def _weeks(found: Iterable[Answered], smallest: int, now: datetime) -> list[Week]:
    ago: dict[int, list[Answered]] = {number: [] for number in range(WEEKS)}
    for one in found:
        ago[min((now - one.sent_at) // WEEK, WEEKS - 1)].append(one)
    rows = []
    for number in reversed(range(WEEKS)):
        sent = ago[number]
        sides = ({one.seeker_id for one in sent}, {one.helper_id for one in sent})
        told = min(map(len, sides)) >= smallest
        accepted = sum(one.state is State.ACCEPTED for one in sent)
        rows.append(
            Week(
                begins=(now - (number + 1) * WEEK).date(),
                sent=round_to(len(sent), smallest) if told else None,
                accepted=coarse(accepted, len(sent), smallest) if told else None,
            )
        )
    return rows


def _load(people: People, facts: StoreFacts, shown: Mapping[str, int], smallest: int) -> Load:
    facts = replace(facts, asked_enough=(), paused=())
    open_to, free = _laid_over(people, lay_over(facts, people))
    active = _counts(people, facts.active)
    helpers = np.flatnonzero(((open_to > 0) & people.active) | (active > 0))
    n_helpers, n_active = len(helpers), int(active[helpers].sum())
    if n_helpers < smallest:
        return Load(None, None, None, None, None, {})
    helping = active[helpers][active[helpers] > 0]
    enough = len(helping) >= smallest and not dominated(helping.tolist())
    return Load(
        helpers=coarse(n_helpers, len(people), smallest),
        full=coarse(int((free[helpers] <= 0).sum()), n_helpers, smallest),
        active=round_to(n_active, smallest) if enough else None,
        gini_load=_unevenness(active[helpers]) if enough else None,
        gini_exposure=_unevenness(_counts(people, list(shown.items()))[helpers]),
        by_number_helped={
            number: coarse(count, n_helpers, smallest)
            for number, count in sorted(Counter(active[helpers].tolist()).items())
        },
    )


def _said(found: Iterable[tuple[str, Relationship, str]], smallest: int) -> list[Said]:
    people: dict[Relationship, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person_id, kind, answer in found:
        people[kind][answer].add(person_id)
    return [
        Said(kind, answer, coarse(len(ids), len(set().union(*people[kind].values())), smallest))
        for kind in Relationship
        for answer, ids in people[kind].items()
    ]


def _unevenness(counts: NDArray[np.integer]) -> float | None:
    """Return the Gini coefficient in steps; None where there is nothing to share out."""
    return round(gini(counts) * GINI_STEPS) / GINI_STEPS if counts.any() else None


def _people_by_cell(people: People, parts: _Parts, wishes: Iterable[Wish]) -> Counter[Cell]:
    """Count distinct people; who is not in the snapshot any more is left out."""
    found: dict[Cell, set[str]] = defaultdict(set)
    for wish in wishes:
        for row in people.rows([wish.seeker_id]).tolist():
            found[str(parts.names[row]), wish.relationship].add(wish.seeker_id)
    return Counter({cell: len(ids) for cell, ids in found.items()})


def _free_by_cell(people: People, parts: _Parts, live: LiveFacts) -> dict[Cell, list[int]]:
    """List the free places of each helper who has one."""
    open_to, free = _laid_over(people, live)
    places: dict[Cell, list[int]] = defaultdict(list)
    for kind in KINDS:
        willing = open_to > 0 if kind is None else (open_to & kind.bit) != 0
        for row in np.flatnonzero(willing & (free > 0)).tolist():
            places[str(parts.names[row]), kind].append(int(free[row]))
    return places


def _laid_over(people: People, live: LiveFacts) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Return everybody's kinds and free places at this moment; who is away has no place."""
    open_to, free = people.open_to.copy(), people.capacity.copy()
    open_to[live.open_to_rows] = live.open_to_bits
    free[live.capacity_rows] = live.capacity_free
    free[~people.active] = 0
    free[live.unavailable] = 0
    return open_to, free


def _counts(people: People, counts: Sequence[tuple[str, int]]) -> NDArray[np.int64]:
    array = np.zeros(len(people), np.int64)
    rows = people.find([person for person, _ in counts])
    known = rows >= 0
    array[rows[known]] = np.array([count for _, count in counts], np.int64)[known]
    return array
