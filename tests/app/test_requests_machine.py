"""Any order of events: what must always be true of requests, relationships and capacity."""

import contextlib
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select

from app.services.identity import Identity
from app.services.services import open_services
from app.services.settings import Settings
from app.store.migration import migrate
from app.store.records import NotForMe, State
from app.store.schema import relationships, requests
from recommender.errors import ConflictError
from recommender.relationships import Relationship
from tests.app.small_company import HandClock, SmallSnapshot, as_people, people_frame

SEEKERS = [Identity(name) for name in ("ANNA", "BEN", "DAN", "EVE")]
HELPERS = [Identity(name) for name in ("CARA", "FAY")]
"""Each may be mentor and coach to each seeker, so only limits and answers stand in the way."""
seekers, helpers = st.sampled_from(SEEKERS), st.sampled_from(HELPERS)
numbers = st.integers(0, 9)
kinds = st.sampled_from([Relationship.MENTOR, Relationship.COACH])
OPEN = (State.SENT, State.LATER)
COOLDOWN = timedelta(days=90)

company = SmallSnapshot(people=as_people(people_frame(capacity=1)))
_template = Path(tempfile.mkdtemp(prefix="lr-machine-")) / "store.sqlite"


class RequestLife(RuleBasedStateMachine):
    """A few people ask, answer, wait and change their minds; the rows are the witness."""

    def __init__(self) -> None:
        super().__init__()
        if not _template.exists():
            migrate(f"sqlite:///{_template}")
        self.folder = Path(tempfile.mkdtemp(prefix="lr-machine-"))
        shutil.copy(_template, self.folder)
        self.clock = HandClock()
        self.services = open_services(
            Settings(index=self.folder, store=f"sqlite:///{self.folder}/store.sqlite"),
            clock=self.clock,
            current=lambda: company,
        )
        self.capacity = {one.person_id: 1 for one in HELPERS}
        self.ends: dict[str, State] = {}

    @initialize()
    def everybody_asks_the_same_helper(self):
        for seeker in SEEKERS[:3]:
            self._ask(seeker, HELPERS[0], Relationship.COACH)

    @rule(seeker=seekers, helper=helpers, kind=kinds)
    def ask(self, seeker, helper, kind):
        self._ask(seeker, helper, kind)

    @rule(number=numbers)
    def accept_an_open_one(self, number):
        self._accept(self._pick(number, OPEN))

    @rule(number=numbers, step=st.sampled_from(["decline", "later", "withdraw"]))
    def answer_an_open_one(self, number, step):
        self._step(self._pick(number, OPEN), step)

    @rule(number=numbers, step=st.sampled_from(["accept", "decline", "later", "withdraw"]))
    def try_any(self, number, step):
        row = self._pick(number, tuple(State))
        self._accept(row) if step == "accept" else self._step(row, step)

    @rule(number=numbers, by_helper=st.booleans())
    def end(self, number, by_helper):
        with self.services.workplace.store.reading() as connection:
            bonds = connection.execute(
                select(relationships).where(relationships.c.state == "active")
            ).all()
        if bonds:
            bond = bonds[number % len(bonds)]
            who = bond.helper_id if by_helper else bond.seeker_id
            self.services.network.end(Identity(who), bond.id)

    @rule(helper=helpers, capacity=st.integers(0, 2))
    def change_capacity(self, helper, capacity):
        now = self.services.offering.mine(helper)
        self.services.offering.save(
            helper,
            open_to=now.open_to,
            capacity=capacity,
            paused_until=now.paused_until,
            quotable=now.quotable,
        )
        self.capacity[helper.person_id] = capacity

    @rule(seeker=seekers, helper=helpers, kind=kinds)
    def not_for_me(self, seeker, helper, kind):
        goal = self.services.finding.save_goal(seeker, "learn to lead without orders")
        told = self.services.finding.not_for_me(
            seeker, goal.id, kind, helper.person_id, NotForMe.ALREADY_KNOW
        )
        self.services.finding.undo_not_for_me(seeker, told)

    @rule(days=st.sampled_from([1, 13, 14, 90]))
    def wait(self, days):
        self.clock.forward(days=days)

    @rule()
    def tidy(self):
        self.services.workplace.tidy()

    @invariant()
    def nothing_leaves_an_end(self):
        for row in self._rows():
            state = State(row.state)
            before = self.ends.setdefault(row.id, state) if state not in OPEN else state
            assert before is state, f"{before} became {state}"
            assert self.ends.get(row.id, state) is state

    @invariant()
    def every_acceptance_is_one_relationship(self):
        with self.services.workplace.store.reading() as connection:
            bonds = connection.execute(select(relationships)).all()
        accepted = {row.id for row in self._rows() if row.state == State.ACCEPTED}
        assert Counter(bond.request_id for bond in bonds) == Counter(accepted)

    @invariant()
    def no_helper_has_more_than_three_open_requests(self):
        now = self.clock()
        load = Counter(
            row.helper_id for row in self._rows() if row.state in OPEN and row.expires_at > now
        )
        assert all(count <= 3 for count in load.values())

    def teardown(self) -> None:
        self.services.workplace.store.close()
        shutil.rmtree(self.folder)

    def _ask(self, seeker, helper, kind) -> None:
        goal = self.services.finding.save_goal(seeker, "learn to lead without orders")
        rests = self._rests(seeker, helper)
        with contextlib.suppress(ConflictError):
            self.services.asking.send(seeker, goal.id, kind, helper.person_id, "May I?")
            assert not rests, "asked again within the cooldown"

    def _accept(self, row) -> None:
        if row is None:
            return
        active = self._active()[row.helper_id]
        with contextlib.suppress(ConflictError):
            self.services.answering.accept(Identity(row.helper_id), row.id)
            assert row.state in OPEN
            assert row.expires_at > self.clock(), "accepted after it had expired"
            assert active < self.capacity[row.helper_id], "accepted without room"

    def _step(self, row, step) -> None:
        if row is None:
            return
        asking, answering = self.services.asking, self.services.answering
        with contextlib.suppress(ConflictError):
            if step == "withdraw":
                asking.withdraw(Identity(row.seeker_id), row.id)
            else:
                getattr(answering, step)(Identity(row.helper_id), row.id)

    def _pick(self, number, states):
        rows = [row for row in self._rows() if row.state in states]
        return rows[number % len(rows)] if rows else None

    def _rests(self, seeker, helper) -> bool:
        """Restate the cooldown on the rows alone."""
        now = self.clock()
        return any(
            row.seeker_id == seeker.person_id
            and row.helper_id == helper.person_id
            and (
                (row.state == State.DECLINED and now - row.answered_at < COOLDOWN)
                or (row.state in (*OPEN, State.EXPIRED) and now - row.expires_at < COOLDOWN)
            )
            for row in self._rows()
        )

    def _rows(self):
        with self.services.workplace.store.reading() as connection:
            return connection.execute(select(requests)).all()

    def _active(self) -> Counter[str]:
        with self.services.workplace.store.reading() as connection:
            rows = connection.execute(
                select(relationships.c.helper_id).where(relationships.c.state == "active")
            )
            return Counter(rows.scalars())


TestRequestLife = pytest.mark.slow(RequestLife.TestCase)
TestRequestLife.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
