"""The programme in figures, for administrators: aggregates only, small groups withheld."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.figures import (
    Answers,
    Balance,
    Cell,
    Division,
    Load,
    Said,
    Unmet,
    Week,
)
from app.services.identity import Identity
from app.services.live_facts import lay_over
from app.services.withholding import withhold
from app.services.workplace import Workplace
from app.store.facts import company_facts
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
from recommender.relationships import Relationship

WINDOW = timedelta(days=90)
"""Demand, answers and exposure are counted over this time."""

WEEK, WEEKS = timedelta(weeks=1), 12
"""How far back the course of requests is told."""

UNMET_AFTER = timedelta(days=14)
"""A goal that had nobody for this long is unmet."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Figures for administrators; nobody's name, and never the text of a goal.

    Every method raises `NotAllowedError` for anybody else, and `StoreError` where the store cannot
    be reached.
    """

    workplace: Workplace

    def balance(self, identity: Identity, division: Division) -> list[Balance]:
        """Set demand against supply, by kind and part of the company."""
        identity.require_admin()
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            wishes = wishes_since(connection, moment.now - WINDOW)
            facts = company_facts(connection, moment.policy.limits, moment.now)
        live = lay_over(replace(facts, asked_enough=()), moment.people)
        parts = _parts(moment.people, division)
        demand = _people_by_cell(moment.people, parts, wishes)
        supply, places = _supply(moment.people, parts, live)
        seekers, helpers = self._withheld(demand), self._withheld(supply)
        return [
            Balance(
                part=part,
                relationship=kind,
                seekers=seekers.get((part, kind), 0),
                helpers=helpers.get((part, kind), 0),
                places=(
                    None if helpers.get((part, kind), 0) is None else places.get((part, kind), 0)
                ),
            )
            for part, kind in _in_order(seekers.keys() | helpers.keys())
        ]

    def unmet(self, identity: Identity, division: Division) -> list[Unmet]:
        """Count goals that have had nobody for two weeks."""
        identity.require_admin()
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            wishes = unmet_goals(connection, moment.now - UNMET_AFTER)
        parts = _parts(moment.people, division)
        seekers = self._withheld(_people_by_cell(moment.people, parts, wishes))
        goals = Counter(
            (str(parts[row]), wish.relationship)
            for wish in wishes
            for row in moment.people.rows([wish.seeker_id]).tolist()
        )
        return [
            Unmet(part, kind, None if count is None else goals[part, kind], count)
            for part, kind in _in_order(seekers)
            for count in (seekers[part, kind],)
        ]

    def answers(self, identity: Identity) -> list[Answers]:
        """Return what became of the requests of the last 90 days."""
        identity.require_admin()
        now = self.workplace.clock()
        with self.workplace.store.reading() as connection:
            found = requests_since(connection, now - WINDOW)
        of_kind = {
            kind: [one for one in found if one.relationship is kind] for kind in Relationship
        }
        seekers = self._distinct(
            {kind: {one.seeker_id for one in of_kind[kind]} for kind in of_kind}
        )
        helpers = self._distinct(
            {kind: {one.helper_id for one in of_kind[kind]} for kind in of_kind}
        )
        return [
            _answers(kind, of_kind[kind])
            if seekers[kind] is not None and helpers[kind] is not None
            else Answers(kind, *[None] * 8)
            for kind in Relationship
        ]

    def weeks(self, identity: Identity) -> list[Week]:
        """Count the requests of the last twelve weeks, the oldest week first."""
        identity.require_admin()
        now = self.workplace.clock()
        with self.workplace.store.reading() as connection:
            found = requests_since(connection, now - WEEKS * WEEK)
        ago: dict[int, list[Answered]] = {number: [] for number in range(WEEKS)}
        for one in found:
            ago[min((now - one.sent_at) // WEEK, WEEKS - 1)].append(one)
        seekers = self._distinct({week: {one.seeker_id for one in ago[week]} for week in ago})
        helpers = self._distinct({week: {one.helper_id for one in ago[week]} for week in ago})
        return [
            Week(
                begins=(now - (week + 1) * WEEK).date(),
                sent=len(ago[week]) if shown else None,
                accepted=sum(one.state is State.ACCEPTED for one in ago[week]) if shown else None,
            )
            for week in reversed(range(WEEKS))
            for shown in (seekers[week] is not None and helpers[week] is not None,)
        ]

    def load(self, identity: Identity) -> Load:
        """Return how evenly helping, and being shown, are spread."""
        identity.require_admin()
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            facts = company_facts(connection, moment.policy.limits, moment.now)
            shown = exposure_since(connection, moment.now - WINDOW)
        people = moment.people
        facts = replace(facts, asked_enough=(), paused=())
        open_to, free = _laid_over(people, lay_over(facts, people))
        active = _counts(people, facts.active)
        helpers = np.flatnonzero(((open_to > 0) & people.active) | (active > 0))
        if len(helpers) < self.workplace.settings.smallest_group:
            return Load(None, None, None, None, None, {})
        numbers = Counter(active[helpers].tolist())
        full = {"full": int((free[helpers] <= 0).sum()), "free": int((free[helpers] > 0).sum())}
        return Load(
            helpers=len(helpers),
            full=self._withheld_flat(full)["full"],
            active=int(active[helpers].sum()),
            gini_load=_unevenness(active[helpers]),
            gini_exposure=_unevenness(_counts(people, list(shown.items()))[helpers]),
            by_number_helped=self._withheld_flat(dict(sorted(numbers.items()))),
        )

    def said(self, identity: Identity, topic: str) -> list[Said]:
        """Count the answers to 'did you meet?' (`met`) or 'what came of it?' (`outcome`)."""
        identity.require_admin()
        with self.workplace.store.reading() as connection:
            found = answers_about(connection, topic)
        people: dict[Relationship, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for person_id, kind, answer in found:
            people[kind][answer].add(person_id)
        return [
            Said(kind, answer, count)
            for kind in Relationship
            for answer, count in self._distinct(people[kind]).items()
        ]

    def _distinct(self, people: Mapping[Any, set[str]]) -> dict[Any, int | None]:
        return self._withheld_flat({key: len(ids) for key, ids in people.items()})

    def _withheld_flat(self, counts: Mapping[Any, int]) -> dict[Any, int | None]:
        return withhold(counts, self.workplace.settings.smallest_group)

    def _withheld(self, people: Mapping[Cell, int]) -> dict[Cell, int | None]:
        """Withhold each kind's column by itself: its total is the company's figure."""
        kept: dict[Cell, int | None] = {}
        for kind in (*Relationship, None):
            column = {cell: count for cell, count in people.items() if cell[1] is kind}
            kept |= self._withheld_flat(column)
        return kept


def _unevenness(counts: NDArray[np.integer]) -> float | None:
    """Return the Gini coefficient; None where there is nothing to share out."""
    return gini(counts) if counts.any() else None


def _parts(people: People, division: Division) -> NDArray[np.object_]:
    """Name the part of the company of each person: `(n_people,)`."""
    if division is Division.COMPANY:
        return np.full(len(people), "", object)
    coded = people.department if division is Division.DEPARTMENT else people.location
    return np.array([*coded.names, ""], object)[coded.codes]


def _people_by_cell(
    people: People, parts: NDArray[np.object_], wishes: Iterable[Wish]
) -> dict[Cell, int]:
    """Count distinct people; who is not in the snapshot any more is left out."""
    found: dict[Cell, set[str]] = defaultdict(set)
    for wish in wishes:
        for row in people.rows([wish.seeker_id]).tolist():
            found[str(parts[row]), wish.relationship].add(wish.seeker_id)
    return {cell: len(ids) for cell, ids in found.items()}


def _supply(
    people: People, parts: NDArray[np.object_], live: LiveFacts
) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """Count helpers with a free place, and their places."""
    open_to, free = _laid_over(people, live)
    helpers: Counter[Cell] = Counter()
    places: Counter[Cell] = Counter()
    for kind in (*Relationship, None):
        willing = open_to > 0 if kind is None else (open_to & kind.bit) != 0
        for row in np.flatnonzero(willing & (free > 0)).tolist():
            helpers[str(parts[row]), kind] += 1
            places[str(parts[row]), kind] += int(free[row])
    return dict(helpers), dict(places)


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


def _in_order(cells: Iterable[Cell]) -> list[Cell]:
    order = [*Relationship, None]
    return sorted(cells, key=lambda cell: (cell[0], order.index(cell[1])))


def _answers(kind: Relationship, found: Sequence[Answered]) -> Answers:
    states = Counter(one.state for one in found)
    days = [
        (one.answered_at - one.sent_at) / timedelta(days=1)
        for one in found
        if one.answered_at is not None
    ]
    return Answers(
        relationship=kind,
        sent=len(found),
        accepted=states[State.ACCEPTED],
        declined=states[State.DECLINED],
        expired=states[State.EXPIRED],
        withdrawn=states[State.WITHDRAWN],
        unanswered=states[State.SENT],
        put_off=states[State.LATER],
        median_days=round(median(days), 1) if days else None,
    )
