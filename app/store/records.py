"""What the store hands out: frozen records, and the words of its fixed lists."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from recommender.profiles import Field
from recommender.relationships import Relationship

Clock = Callable[[], datetime]
"""Return the moment, aware, in UTC; passed in so that tests can move it."""


class State(StrEnum):
    """Where a request stands; `sent` and `later` are open, the others are ends.

    sent ── later ──┐
      └──────┬──────┘
             ├─ accepted     the helper said yes; a relationship began
             ├─ declined     the helper said no and never has to say why
             ├─ expired      nobody answered in time
             └─ withdrawn    the seeker took it back, or one of the two left
    """

    SENT = "sent"
    LATER = "later"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether the helper may still answer."""
        return self in OPEN_STATES


OPEN_STATES: tuple[State, ...] = (State.SENT, State.LATER)


class WithdrawnBecause(StrEnum):
    """How a withdrawn request ended."""

    SEEKER_TOOK_BACK = "seeker_took_back"
    GOAL_DELETED = "goal_deleted"
    HELPER_LEFT = "helper_left"
    SEEKER_LEFT = "seeker_left"


class NotForMe(StrEnum):
    """Why a seeker does not want a suggestion; private, and how far it reaches depends on it."""

    ALREADY_KNOW = "already_know"
    RATHER_NOT = "rather_not"
    TOO_SENIOR = "too_senior"
    TOO_JUNIOR = "too_junior"
    NOT_WHAT_I_MEANT = "not_what_i_meant"

    @property
    def reach(self) -> str:
        """Where the helper is hidden: from 'every' list, of this 'kind' only, or of this 'goal'."""
        if self in (NotForMe.ALREADY_KNOW, NotForMe.RATHER_NOT):
            return "every"
        return "goal" if self is NotForMe.NOT_WHAT_I_MEANT else "kind"


class Met(StrEnum):
    """Answers to 'did you meet?'."""

    YES = "yes"
    PLANNED = "planned"
    NO = "no"


class Outcome(StrEnum):
    """Answers to 'what came of it?'; shown to nobody else, counted from five people up."""

    REACHED = "reached"
    CLOSER = "closer"
    NO_CHANGE = "no_change"
    RATHER_NOT_SAY = "rather_not_say"


@dataclass(frozen=True, slots=True)
class SavedGoal:
    """A learning goal that its seeker keeps."""

    id: str
    seeker_id: str
    text: str
    relationship: Relationship | None
    created_at: datetime
    reached_at: datetime | None


@dataclass(frozen=True, slots=True)
class TypedGoal:
    """A learning goal that its seeker looks at and has not asked to be kept: no text is stored."""

    id: str
    """The id that it has where it is kept."""
    seeker_id: str
    text: str
    relationship: Relationship | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a helper said here; None leaves the answer to the people file."""

    person_id: str
    open_to: frozenset[Relationship] | None = None
    capacity: int | None = None
    paused_until: date | None = None
    """The first day on which the helper is there again."""
    quotable: frozenset[Field] | None = None
    """The parts of the profile that a card may quote; None: all of them."""

    def is_paused(self, now: datetime) -> bool:
        """Whether the helper is away at this moment."""
        return self.paused_until is not None and now.date() < self.paused_until


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A request from a seeker to a helper."""

    id: str
    goal_id: str | None
    seeker_id: str
    helper_id: str
    relationship: Relationship
    message: str
    """Exactly what the helper sees."""
    state: State
    why: WithdrawnBecause | None
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    reply: str = ""
    """What the helper said with a yes; empty where nothing."""

    def as_of(self, now: datetime) -> "HelpRequest":
        """Return the request as it stands at a moment, whether or not somebody has noted it yet."""
        is_over = self.state.is_open and self.expires_at <= now
        return replace(self, state=State.EXPIRED) if is_over else self


@dataclass(frozen=True, slots=True)
class Bond:
    """A relationship that a request became."""

    id: str
    request_id: str
    seeker_id: str
    helper_id: str
    relationship: Relationship
    started_at: datetime
    ended_at: datetime | None
    agenda: str = ""
    """What the two want to talk about; both read and write it."""
    next_on: date | None = None
    """The day on which they meet next, as one of them noted."""

    @property
    def is_active(self) -> bool:
        """Whether it still goes on."""
        return self.ended_at is None

    def other(self, person_id: str) -> str:
        """Name the other one of the two."""
        return self.helper_id if person_id == self.seeker_id else self.seeker_id


@dataclass(frozen=True, slots=True)
class Feedback:
    """A private answer of one person."""

    id: str
    person_id: str
    topic: str
    answer: str
    at: datetime
    helper_id: str | None
    relationship: Relationship | None
    goal_id: str | None
    relationship_id: str | None


def new_id() -> str:
    """Make an id that nobody can guess: 32 hexadecimal digits."""
    return uuid.uuid4().hex
