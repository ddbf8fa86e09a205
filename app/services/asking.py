"""Requests from the seeker's side: drafted, seen as the helper would see it, sent, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.services.answering import ReceivedRequest, as_received, own_request
from app.services.drafts import MAX_MESSAGE_CHARACTERS, write_draft
from app.services.finding import keep_typed, own_goal
from app.services.identity import Identity
from app.services.limits import check_may_ask
from app.services.workplace import (
    Moment,
    PersonCard,
    Workplace,
)
from app.store.offers import lock_helper
from app.store.records import HelpRequest, State, TypedGoal, WithdrawnBecause, new_id
from app.store.requests import insert_request, requests_by, withdraw
from recommender.errors import ConflictError, InputError, NotAllowedError
from recommender.explanation import Evidence
from recommender.goals import without_controls
from recommender.relationships import Relationship
from recommender.rules import STANDING_RULES


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request as its seeker sees it: no reason, no load and no pause of the helper."""

    id: str
    goal_id: str | None
    helper: PersonCard
    relationship: Relationship
    message: str
    state: State
    why: WithdrawnBecause | None
    sent_at: datetime
    expires_at: datetime
    reply: str = ""
    """What the helper said with a yes."""

    @property
    def wants_next(self) -> bool:
        """Whether the next colleague should be offered: it ended, and not by the seeker's wish."""
        left = self.why is WithdrawnBecause.HELPER_LEFT
        return self.state in (State.DECLINED, State.EXPIRED) or left


@dataclass(frozen=True, slots=True)
class Asking:
    """What a seeker does with requests; every call checks that goal and request are the person's.

    Every method raises `StoreError` where the store cannot be reached, and `NotAllowedError` where
    a request or goal is somebody else's or nobody's, which read the same.
    """

    workplace: Workplace

    def draft(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship,
        helper_id: str,
        evidence: Sequence[Evidence] = (),
    ) -> str:
        """Write a draft for the seeker to edit; nothing is sent or kept.

        Args:
            identity: the seeker.
            goal: one of the seeker's goals, by its id where it is kept.
            relationship: what is asked for.
            helper_id: who would be asked.
            evidence: what the suggestion quoted.

        Raises:
            UnknownPersonError: nobody has the helper's id.
        """
        people = self.workplace.moment().people
        seeker, helper = people.row(identity.person_id), people.row(helper_id)
        with self.workplace.store.reading() as connection:
            own = own_goal(connection, identity, goal)
        return write_draft(
            own.text,
            relationship,
            evidence,
            seeker_name=people.text(seeker, "display_name"),
            helper_name=people.text(helper, "display_name"),
        )

    def preview(
        self, identity: Identity, relationship: Relationship, helper_id: str, message: str
    ) -> ReceivedRequest:
        """Show the seeker exactly what the helper would see.

        Raises:
            InputError: the message is empty or too long.
        """
        moment = self.workplace.moment()
        return as_received(moment, _new_request(moment, identity, relationship, helper_id, message))

    def send(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship,
        helper_id: str,
        message: str,
        *,
        keep_goal: bool = False,
    ) -> HelpRequest:
        """Send a request; every rule and live fact is checked again as part of the same step.

        Args:
            identity: the seeker.
            goal: one of the seeker's goals, by its id where it is kept.
            relationship: what is asked for.
            helper_id: who is asked.
            message: what the helper will read.
            keep_goal: keep a goal that was only looked at, so that the next colleague can be
                offered for it; without it the request stands for itself.

        Raises:
            InputError: the message is empty or too long.
            UnknownPersonError: nobody has the helper's id.
            NotAllowedError: a rule keeps the two apart.
            ConflictError: the helper is not available any more, or was asked already.
            LimitError: the seeker has, or just sent, as many requests as anybody may.
        """
        self.workplace.tidy_at_leisure()
        moment = self.workplace.moment()
        request = _new_request(moment, identity, relationship, helper_id, message)
        moment.people.row(helper_id)
        with self.workplace.store.writing() as connection:
            own = own_goal(connection, identity, goal)
            check_may_ask(connection, identity.person_id, self.workplace.settings, moment.now)
            lock_helper(connection, helper_id)
            _check_not_waiting(connection, request)
            live = moment.live_facts(connection, identity.person_id, own.id)
            reasons = moment.reasons(identity.person_id, helper_id, relationship, live)
            for reason in reasons:
                if reason.rule in STANDING_RULES:
                    raise NotAllowedError(reason.says)
            if reasons:
                raise ConflictError(f"{reasons[0].says} Choose somebody else.")
            if isinstance(own, TypedGoal) and keep_goal:
                own = keep_typed(connection, moment, own, self.workplace.settings)
            if not isinstance(own, TypedGoal):
                request = replace(request, goal_id=own.id)
            moment.bind(connection, identity.person_id, helper_id)
            insert_request(connection, request)
        return request

    def sent(self, identity: Identity) -> list[SentRequest]:
        """List what the person asked, the newest first."""
        self.workplace.tidy_at_leisure()
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            kept = requests_by(connection, identity.person_id)
        found = [one.as_of(moment.now) for one in kept]
        return [
            SentRequest(
                id=one.id,
                goal_id=one.goal_id,
                helper=moment.card(one.helper_id),
                relationship=one.relationship,
                message=one.message,
                state=one.state,
                why=one.why,
                sent_at=one.sent_at,
                expires_at=one.expires_at,
                reply=one.reply,
            )
            for one in found
        ]

    def withdraw(self, identity: Identity, request_id: str) -> None:
        """Take a request back.

        Raises:
            ConflictError: it is no longer open.
        """
        with self.workplace.store.writing() as connection:
            request = own_request(connection, identity, request_id, side="seeker")
            withdraw(connection, request, self.workplace.clock())


def _check_not_waiting(connection: sa.Connection, request: HelpRequest) -> None:
    """Raise `ConflictError` where the seeker's own request to the helper waits for its answer."""
    for earlier in requests_by(connection, request.seeker_id):
        who = (earlier.helper_id, earlier.relationship)
        if earlier.state.is_open and who == (request.helper_id, request.relationship):
            raise ConflictError(
                "Your request to them is on its way already, and waits for an answer; "
                "it stands among your requests."
            )


def _new_request(
    moment: Moment,
    identity: Identity,
    relationship: Relationship,
    helper_id: str,
    message: str,
) -> HelpRequest:
    message = message.strip()
    if len(message) > MAX_MESSAGE_CHARACTERS:
        raise InputError(
            f"the message has {len(message)} characters, and at most {MAX_MESSAGE_CHARACTERS} are "
            "read between two meetings; shorten it"
        )
    message = without_controls(message).strip()
    if not message:
        raise InputError("the message is empty; write at least a sentence")
    return HelpRequest(
        id=new_id(),
        goal_id=None,
        seeker_id=identity.person_id,
        helper_id=helper_id,
        relationship=relationship,
        message=message,
        state=State.SENT,
        why=None,
        sent_at=moment.now,
        expires_at=moment.in_days(moment.policy.limits.request_days),
        answered_at=None,
    )
