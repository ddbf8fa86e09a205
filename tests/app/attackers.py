"""What colleagues and administrators try in order to learn what nobody told them.

    python -m tests.app.attackers --index var/halden

Each attack looks only through the services, and its guesses are scored by the best rule that any
attacker could have: for every different view the guess that is right most often. Beside it stands
chance: the same guess whatever is seen.
"""

import argparse
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from app.services.figures import Division
from app.services.identity import Identity
from app.services.impression_log import Shown
from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.migration import migrate
from index.serving.reader import IndexReader
from recommender.relationships import Relationship
from recommender.retrieval import QUOTABLE

GOAL = "learn to present my own work to people who decide"
ADMIN = Identity("H0213", is_admin=True)


@dataclass(frozen=True)
class Score:
    """How often an attacker is right, and how often without looking."""

    guesses: int
    right: float
    chance: float

    @classmethod
    def of(cls, seen: Sequence[tuple[Hashable, Hashable]]) -> "Score":
        """Score pairs of what is seen and what is true."""
        by_view: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
        for view, truth in seen:
            by_view[view][truth] += 1
        right = sum(max(found.values()) for found in by_view.values())
        chance = max(Counter(truth for _, truth in seen).values())
        return cls(len(seen), right / len(seen), chance / len(seen))

    def __str__(self) -> str:
        return f"{self.right:.0%} right of {self.guesses}, {self.chance:.0%} without looking"


class Days:
    """A clock that an attack moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class Target:
    """A service to attack."""

    services: Services
    days: Days
    rng: random.Random

    @classmethod
    @contextmanager
    def open(cls, url: str, reader: IndexReader, seed: int = 0) -> "Iterator[Target]":
        days = Days()
        settings = Settings(index=Path("unused"), store=url)
        services = open_services(settings, clock=days, current=reader.current)
        yield cls(services, days, random.Random(seed))
        services.workplace.store.close()

    def active(self) -> list[str]:
        people = self.services.workplace.current().people
        return [str(people.ids[row]) for row in np.flatnonzero(people.active)]

    def draw_offer(self, helper: str, **said: object) -> frozenset[Relationship]:
        """Let somebody say in private what they are open to."""
        open_to = frozenset(kind for kind in Relationship if self.rng.random() < 0.5)
        values = {"open_to": open_to, "capacity": 2, "paused_until": None} | said
        self.services.offering.save(Identity(helper), quotable=frozenset(QUOTABLE), **values)
        return open_to


def opted_out_by_why_not(target: Target, n_helpers: int = 40) -> Score:
    """Ask *why not* of everybody for every kind, with two seekers and on two days."""
    finding = target.services.finding
    everybody = target.active()
    seekers = [Identity(one) for one in target.rng.sample(everybody, 2)]
    helpers = target.rng.sample(
        sorted(set(everybody) - {one.person_id for one in seekers}), n_helpers
    )
    truth = {helper: target.draw_offer(helper) for helper in helpers}
    views: dict[tuple[str, Relationship], list[object]] = defaultdict(list)
    listed: set[tuple[str, Relationship]] = set()
    for _ in range(2):
        for seeker in seekers:
            goal = finding.save_goal(seeker, GOAL).id
            for part in finding.suggest(seeker, goal).lists:
                listed |= {(one.person_id, part.relationship) for one in part.suggestions}
            for helper in helpers:
                for kind in Relationship:
                    found = finding.why_not(seeker, goal, kind, helper)
                    said = "not_available" in {reason.rule for reason in found.reasons}
                    views[helper, kind].append((said, found.rank is None))
        target.days.forward(days=1)
    # who is suggested as a mentor is open to it, and is meant to be known for it
    return Score.of([
        (tuple(view), kind in truth[helper])
        for (helper, kind), view in views.items()
        if (helper, kind) not in listed
    ])  # fmt: skip


def free_places_by_load(target: Target, n_seen: Sequence[int] = (2, 3, 5, 8)) -> Score:
    """Read *shown to many* off a card, knowing exactly how much the helper was shown.

    Args:
        target: the service.
        n_seen: to how many others the helper is shown first, one round after another.
    """
    finding = target.services.finding
    seeker = Identity("H0012")
    goal = finding.save_goal(seeker, GOAL).id
    kind = Relationship.COACH
    (part,) = finding.suggest(seeker, goal, kind).lists
    seen: list[tuple[tuple[int, tuple[float, ...]], int]] = []
    helper, others = part.suggestions[0].person_id, 0
    for more in n_seen:
        for _ in range(more):
            others += 1
            shown = Shown(target.days().date(), f"A{others}", {helper: 1})
            target.services.workplace.impressions.add(shown)
        target.days.forward(days=1)
        for places in range(1, 9):
            target.draw_offer(helper, open_to=frozenset(Relationship), capacity=places)
            (part,) = finding.suggest(seeker, goal, kind, 20).lists
            loads = [
                round(one.value, 6)
                for card in part.suggestions
                for one in card.contributions
                if card.person_id == helper and one.signal == "load"
            ]
            seen.append(((others, tuple(loads)), places))
    if not any(loads for (_, loads), _ in seen):
        raise RuntimeError("no card shows the load: nothing was attacked")
    return Score.of(seen)


def kinds_by_figures(target: Target, wait: timedelta, n_others: int, n_trials: int = 60) -> Score:
    """Look at all figures before and after somebody was seen to write a goal.

    Args:
        target: the service.
        wait: between the two looks.
        n_others: how many others write a goal in between, of whom nothing is known.
        n_trials: how often it is tried.
    """
    finding, rng = target.services.finding, target.rng
    crowd = target.active()
    rng.shuffle(crowd)
    start = crowd[:40]
    for person in start:
        finding.save_goal(Identity(person), GOAL, rng.choice(list(Relationship)))
    seen: list[tuple[Hashable, Hashable]] = []
    fresh = iter(crowd[40:] * 9)
    for _ in range(n_trials):
        target.days.forward(days=1)
        before = _table(target)
        kind, number = rng.choice(list(Relationship)), target.days.now.isoformat()
        finding.save_goal(Identity(next(fresh)), f"{GOAL} {number}", kind)
        for _ in range(n_others):
            other = rng.choice(list(Relationship))
            finding.save_goal(Identity(next(fresh)), f"{GOAL} {number}", other)
        target.days.forward(seconds=wait.total_seconds())
        after = _table(target)
        rose = [one for one in Relationship if after[one] > before[one]]
        seen.append((tuple(rose), kind))
    # the attacker names a kind that rose, or else any: no rule is fitted to so few trials
    right = sum(1 / len(rose) if kind in rose else 0.0 for rose, kind in seen if rose)
    blind = sum(1 for rose, _ in seen if not rose)
    return Score(len(seen), (right + blind / 4) / len(seen), 0.25)


def _table(target: Target) -> Counter[Relationship]:
    """Add up everything that the divisions say of who wants which kind."""
    found: Counter[Relationship] = Counter()
    for division in Division:
        for row in target.services.programme.balance(ADMIN, division):
            if row.relationship is not None:
                found[row.relationship] += row.seekers or 0
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    options = parser.parse_args()
    reader = IndexReader(options.index)
    attacks: dict[str, Callable[[Target], Score]] = {
        "who opted out of what, by why not": opted_out_by_why_not,
        "the kind of a goal, two minutes": lambda one: kinds_by_figures(
            one, timedelta(minutes=2), 0
        ),
        "the kind of a goal, a day": lambda one: kinds_by_figures(one, timedelta(days=1), 0),
        "the kind of a goal, a day, five others": lambda one: kinds_by_figures(
            one, timedelta(days=1), 5
        ),
        "free places, by shown to many": free_places_by_load,
    }
    for name, attack in attacks.items():
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/store.sqlite"
            migrate(url)
            with Target.open(url, reader) as target:
                print(f"{name:<42}{attack(target)}", flush=True)


if __name__ == "__main__":
    main()
