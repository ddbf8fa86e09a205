"""Requests from the helper's side: seen, accepted, declined, put off."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa

from app.services.identity import Identity
from app.services.workplace import (
    Moment,
    PersonCard,
    Workplace,
)
from app.store.database import record
from app.store.offers import find_offer, save_offer
from app.store.records import Bond, HelpRequest, State
from app.store.requests import accept, count_open_to, decline, find_request, put_off, requests_to
from recommender.errors import ConflictError, InputError, NotAllowedError
from recommender.live import LiveFacts
from recommender.relationships import Relationship
from recommender.rules import STANDING_RULES

MAX_REPLY_CHARACTERS = 500
"""A sentence or two with a yes; the rest is said when the two meet."""


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as the helper sees it: the message and who sends it, nothing of the goal."""

    id: str
    seeker: PersonCard
    relationship: Relationship
    message: str
    state: State
    sent_at: datetime
    expires_at: datetime

    @property
    def may_be_put_off(self) -> bool:
        """Whether the helper may say 'later', which is possible once."""
        return self.state is State.SENT


@dataclass(frozen=True, slots=True)
class Answering:
    """What a helper does with requests; every call checks that the request went to this person.

    Every method raises `StoreError` where the store cannot be reached, and `NotAllowedError` where
    a request went to somebody else or is nobody's, which read the same.
    """

    workplace: Workplace

    def received(self, identity: Identity) -> list[ReceivedRequest]:
        """List what the person was asked, the newest first."""
        self.workplace.tidy_at_leisure()
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            found = requests_to(connection, identity.person_id)
        return [as_received(moment, request.as_of(moment.now)) for request in found]

    def waiting(self, identity: Identity) -> int:
        """Count the open requests to the person, as of this moment."""
        with self.workplace.store.reading() as connection:
            return count_open_to(connection, identity.person_id, self.workplace.clock())

    def accept(
        self,
        identity: Identity,
        request_id: str,
        *,
        reply: str = "",
        pause_until: date | None = None,
    ) -> Bond:
        """Accept a request; with a day, be paused for further suggestions until then.

        Args:
            identity: the helper.
            request_id: which request.
            reply: a sentence that the seeker reads with the yes; empty for none.
            pause_until: the first day back; None for no pause.

        Raises:
            ConflictError: there is no room, the request is no longer open, or the reporting lines
                have changed so that the two may not work together in this kind.
            InputError: the day of the pause is over, or the reply is too long.
        """
        moment = self.workplace.moment()
        check_pause(pause_until, moment.now)
        reply = check_length(reply, MAX_REPLY_CHARACTERS, "a sentence with a yes")
        people = moment.people
        capacity = int(people.capacity[people.row(identity.person_id)])
        with self.workplace.store.writing() as connection:
            request = own_request(connection, identity, request_id, side="helper")
            _check_still_allowed(moment, request)
            bond = accept(connection, request, capacity, moment.now, reply)
            if pause_until is not None:
                offer = find_offer(connection, identity.person_id)
                save_offer(connection, replace(offer, paused_until=pause_until), moment.now)
                me = identity.person_id
                record(connection, moment.now, me, "offer.paused", me)
        return bond

    def decline(self, identity: Identity, request_id: str) -> None:
        """Decline a request; nobody asks why.

        Raises:
            ConflictError: it is no longer open.
        """
        with self.workplace.store.writing() as connection:
            request = own_request(connection, identity, request_id, side="helper")
            decline(connection, request, self.workplace.clock())

    def later(self, identity: Identity, request_id: str) -> None:
        """Put a request off, once; it stays open for another round of the policy's days.

        Raises:
            ConflictError: it was put off before, or is no longer open.
        """
        moment = self.workplace.moment()
        until = moment.in_days(moment.policy.limits.request_days)
        with self.workplace.store.writing() as connection:
            request = own_request(connection, identity, request_id, side="helper")
            put_off(connection, request, moment.now, until)


def check_length(text: str, most: int, what: str) -> str:
    """Return a text without spaces around it.

    Raises:
        InputError: it is longer than it may be.
    """
    text = text.strip()
    if len(text) > most:
        raise InputError(
            f"{what} has at most {most:,} characters, and this has {len(text):,}; shorten it"
        )
    return text


def as_received(moment: Moment, request: HelpRequest) -> ReceivedRequest:
    """Show a request as its helper sees it."""
    return ReceivedRequest(
        id=request.id,
        seeker=moment.card(request.seeker_id),
        relationship=request.relationship,
        message=request.message,
        state=request.state,
        sent_at=request.sent_at,
        expires_at=request.expires_at,
    )


def own_request(
    connection: sa.Connection,
    identity: Identity,
    request_id: str,
    *,
    side: Literal["seeker", "helper"],
) -> HelpRequest:
    """Look up a request for one of its two people.

    Raises:
        NotAllowedError: the person is not on this side of it, or there is none: they read the same.
    """
    request = find_request(connection, request_id)
    if request is not None:
        own = request.helper_id if side == "helper" else request.seeker_id
        if own == identity.person_id:
            return request
    raise NotAllowedError("there is no such request of yours; reload the page")


def check_pause(until: date | None, now: datetime) -> None:
    """Refuse a pause that is over before it begins.

    Raises:
        InputError: the day is today or before.
    """
    if until is not None and until <= now.date():
        raise InputError("a pause ends on a day after today; choose a later one")


def _check_still_allowed(moment: Moment, request: HelpRequest) -> None:
    if moment.card(request.seeker_id).has_left:
        raise ConflictError(
            "the person who asked is not in the people file now; answer when they are back"
        )
    reasons = moment.reasons(
        request.seeker_id, request.helper_id, request.relationship, LiveFacts.none()
    )
    if any(reason.rule in STANDING_RULES for reason in reasons):
        raise ConflictError(
            "levels or reporting lines have changed since this was sent, and the rules for a "
            f"{request.relationship} no longer let you two work together; please decline it"
        )
