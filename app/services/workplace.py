"""What every service stands on: the snapshot that serves, the store, the settings and the clock."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

import sqlalchemy as sa

from app.services.departures import note_departures
from app.services.impression_log import ImpressionLog
from app.services.live_facts import DailyExposure, lay_over
from app.services.settings import Settings
from app.store.database import SYSTEM, Store
from app.store.erasure import forget
from app.store.facts import read_facts
from app.store.identities import bind, people_on_record, set_aside, strangers
from app.store.impressions import drop_old
from app.store.records import Clock
from app.store.relationships import end_bonds_of
from app.store.requests import expire_due, has_due, withdraw_for_leavers
from index.snapshot.identities import Fingerprint, Identities
from recommender.eligibility import Reason, reasons_against
from recommender.errors import ConflictError, StoreBusyError, StoreError
from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import Policy, parse_policy
from recommender.relationships import Relationship
from recommender.retrieval import Retriever
from recommender.rules import NOT_AVAILABLE

Writing = Callable[[], AbstractContextManager[sa.Connection]]
"""Opens a transaction that writes."""


class Published(Retriever, Protocol):
    """A published snapshot: what can be searched, with the policy it was published with."""

    @property
    def policy_text(self) -> str:
        """The policy file's text."""

    @property
    def identities(self) -> Identities | None:
        """Who the people are, whatever their numbers; None where that is not on record."""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person as others see them in a list."""

    person_id: str
    display_name: str
    """Empty for somebody who has left."""
    job_title: str
    department: str
    has_left: bool
    """Whether they are not in the snapshot: they left, or are missing for a night."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What a round of tidying ended."""

    expired: int
    withdrawn: int
    """Open requests of people who stayed away, or whose number is another's now."""
    relationships_ended: int
    """Relationships of people who stayed away."""
    erased: int
    """People who stayed away so long that what they wrote is erased."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One snapshot at one time: what a call begins with it ends with, whatever is published."""

    snapshot: Published
    policy: Policy
    now: datetime
    exposure: DailyExposure = field(default_factory=DailyExposure)

    @property
    def people(self) -> People:
        """Everyone in the snapshot."""
        return self.snapshot.people

    def bind(self, connection: sa.Connection, *person_ids: str) -> None:
        """Note who people are of whom something is about to be kept.

        Raises:
            ConflictError: what stands under such an id is somebody else's.
        """
        known = self.snapshot.identities
        here = {} if known is None else known.of(person_ids)
        unknown = [Fingerprint(key, key, frozenset()) for key in person_ids if key not in here]
        lineage = "" if known is None else known.lineage
        bind(connection, [*here.values(), *unknown], lineage, self.snapshot.snapshot_id)

    def live_facts(
        self, connection: sa.Connection, seeker_id: str, goal_id: str | None = None
    ) -> LiveFacts:
        """Read what lies over the snapshot for one seeker."""
        facts = read_facts(connection, seeker_id, self.policy.limits, self.now, goal_id)
        shown = self.exposure.of(connection, self.people, self.now.date())
        return lay_over(facts, self.people, shown)

    def reasons(
        self, seeker_id: str, helper_id: str, relationship: Relationship, live: LiveFacts
    ) -> list[Reason]:
        """List the rules that keep a helper from a seeker.

        Raises:
            UnknownPersonError: one of the two is not in the snapshot.
        """
        seeker, helper = self.people.row(seeker_id), self.people.row(helper_id)
        return reasons_against(self.people, seeker, helper, relationship, self.policy, live)

    def public_reasons(
        self, seeker_id: str, helper_id: str, relationship: Relationship, live: LiveFacts
    ) -> list[Reason]:
        """List the rules that everybody may know; whether somebody is available is not among them.

        Raises:
            UnknownPersonError: one of the two is not in the snapshot.
        """
        found = self.reasons(seeker_id, helper_id, relationship, live)
        return [reason for reason in found if reason.rule != NOT_AVAILABLE]

    def card(self, person_id: str) -> PersonCard:
        """Show a person by name and title; somebody who left by neither."""
        rows = self.people.rows([person_id])
        if not len(rows):
            return PersonCard(person_id, "", "", "", has_left=True)
        row = int(rows[0])
        return PersonCard(
            person_id=person_id,
            display_name=self.people.text(row, "display_name"),
            job_title=self.people.text(row, "job_title"),
            department=self.people.department.name(row),
            has_left=False,
        )

    def in_days(self, days: int) -> datetime:
        """Return the moment some days from now."""
        return self.now + timedelta(days=days)


@dataclass
class Workplace:
    """The ground of all services; one for a whole server, safe to share between threads."""

    give: Callable[[], Published]
    """Return the snapshot that serves at this moment."""
    store: Store
    settings: Settings
    clock: Clock
    impressions: ImpressionLog = field(init=False)
    _exposure: DailyExposure = field(default_factory=DailyExposure, init=False)
    _met: Published | None = field(default=None, init=False)
    _tidied_for: tuple[str, date] | None = field(default=None, init=False)
    _held: ContextVar[Published | None] = field(init=False)
    _to_wipe: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.impressions = ImpressionLog(self.store)
        self._held = ContextVar("held", default=None)

    def current(self) -> Published:
        """Return the snapshot that serves, after the store knows whose its records are.

        While the store is too busy to note it, the snapshot before goes on serving.

        Raises:
            SnapshotError: no snapshot serves.
            StoreError: the records are bound to people by the fingerprints of another index.
        """
        held = self._held.get()
        if held is not None:
            return held
        snapshot, before = self.give(), self._met
        if snapshot is before:
            return snapshot
        try:
            self._meet(snapshot, self.store.writing if before is None else self._at_leisure)
        except StoreBusyError:
            if before is None:
                raise
            return before
        self._met = snapshot
        return snapshot

    @property
    def _at_leisure(self) -> Writing:
        return self.store.writing_at_leisure

    @contextmanager
    def hold(self) -> Iterator[Published]:
        """Let everything that this thread asks meanwhile come from one and the same snapshot.

        A page is drawn from several calls; whatever is published in between, they agree.

        Raises:
            SnapshotError: no snapshot serves.
            StoreError: the records are bound to people by the fingerprints of another index.
        """
        snapshot = self.current()
        before = self._held.set(snapshot)
        try:
            yield snapshot
        finally:
            self._held.reset(before)

    def _meet(self, snapshot: Published, writing: Writing) -> None:
        """Set aside what stands under the key of somebody else, so that nobody inherits it."""
        known = snapshot.identities
        if known is None:
            return
        with self.store.reading() as connection:
            on_record = people_on_record(connection)
        if any(one.lineage not in ("", known.lineage) for one in on_record.values()):
            raise StoreError(
                f"the records of {self.store.address} are bound to people by the fingerprints of "
                "another index folder, so that nobody can tell whose they are; serve that index, "
                "or put its fingerprint.key into this one and build again. Where the person_ids of "
                "this index are the same people's: python -m app adopt --index DIR --store URL"
            )
        if not strangers(on_record, known.of(on_record), known.lineage):
            return
        with writing() as connection:
            on_record = people_on_record(connection)
            for key in strangers(on_record, known.of(on_record), known.lineage):
                set_aside(connection, key, self.clock())

    def moment(self) -> Moment:
        """Begin a call: take the snapshot that serves, its policy and the time.

        Raises:
            SnapshotError: no snapshot serves.
            PolicyError: the snapshot's policy cannot be read.
        """
        snapshot = self.current()
        policy = _parse_once(snapshot.policy_text, snapshot.snapshot_id)
        return Moment(snapshot, policy, self.clock(), self._exposure)

    def tidy(self) -> Tidied:
        """End what time or a departure has ended; cheap where there is nothing to do.

        Raises:
            StoreError: the store cannot be reached.
        """
        return self._tidy(self.store.writing)

    def tidy_at_leisure(self) -> None:
        """Tidy before requests are shown; where the store is busy, whoever comes next does.

        Raises:
            StoreError: the store cannot be reached.
        """
        with suppress(StoreBusyError, ConflictError):
            self._tidy(self.store.writing_at_leisure)

    def wipe(self) -> None:
        """Remove what was just deleted from the store's log, now or with the next tidying."""
        self._to_wipe = True
        with suppress(StoreError):
            self._to_wipe = not self.store.wipe()

    def _tidy(self, writing: Writing) -> Tidied:
        if self._to_wipe:
            self.wipe()
        now, snapshot = self.clock(), self.current()
        with self.store.reading() as connection:
            due = has_due(connection, now)
        today = (snapshot.snapshot_id, now.date())
        if not due and self._tidied_for == today:
            return Tidied(0, 0, 0, 0)
        ids: list[str] = snapshot.people.ids.tolist()
        with writing() as connection:
            expired = expire_due(connection, now)
            left = note_departures(
                connection, ids, snapshot.identities, snapshot.snapshot_id, self.settings, now
            )
            ending = left.gone | left.replaced
            withdrawn = withdraw_for_leavers(connection, ending, ending, now)
            ended = end_bonds_of(connection, left.gone, SYSTEM, now)
            for key in sorted(left.to_erase):
                forget(connection, key, now)
            drop_old(connection, now.date(), self.settings.impression_days)
        if self._tidied_for != today:
            self.wipe()  # also what another process deleted
        self._tidied_for = today
        return Tidied(expired, withdrawn, ended, len(left.to_erase))


@lru_cache(maxsize=4)
def _parse_once(text: str, snapshot_id: str) -> Policy:
    return parse_policy(text, f"policy of snapshot {snapshot_id}")
