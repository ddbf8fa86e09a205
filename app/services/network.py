"""A person's learning network: which of the four kinds they have, asked for, lack; how it goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa

from app.services.answering import check_length
from app.services.identity import Identity
from app.services.workplace import Moment, PersonCard, Workplace
from app.store.database import record
from app.store.feedback import feedback_of, insert_feedback
from app.store.goals import goals_of
from app.store.notes import find_note, save_note
from app.store.records import Bond, Feedback, HelpRequest, Met, Outcome, SavedGoal, new_id
from app.store.relationships import bonds_of, end_bond, find_bond, plan_meeting
from app.store.requests import find_request, requests_by
from recommender.errors import NotAllowedError
from recommender.org import NO_DISTANCE
from recommender.relationships import Relationship

ASK_MET_AFTER = timedelta(days=14)
"""When both are asked whether they met."""

MAX_AGENDA_CHARACTERS = 4_000
MAX_NOTE_CHARACTERS = 10_000

ASK_OUTCOME_AFTER = timedelta(days=90)
"""When both are asked, each in private, what came of it."""


class Standing(StrEnum):
    """Where a goal, or the search for one kind of relationship, stands."""

    REACHED = "reached"
    TOGETHER = "together"
    ASKED = "asked"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship as one of the two sees it; answers are this person's own."""

    id: str
    relationship: Relationship
    i_help: bool
    other: PersonCard
    email: str
    """To arrange the first conversation; both of the two see the other's."""
    steps: int | None
    """How far in the organisation: 1 manager or report, 2 teammate …; None where not known."""
    other_department: bool
    """Whether it spans departments."""
    bond: Bond
    met: Met | None
    outcome: Outcome | None
    ask_met: bool
    """Whether 'did you meet?' is to be asked now."""
    ask_outcome: bool
    """Whether the private outcome question is to be asked now."""


@dataclass(frozen=True, slots=True)
class TiePage:
    """A relationship's own page, as one of the two sees it."""

    tie: Tie
    message: str
    """What the seeker sent, the goal as far as it was told; empty where it was erased."""
    reply: str
    """What the helper said with the yes."""
    note: str
    """What this person wrote for themselves."""


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """A goal of one's own and how far it has come."""

    goal: SavedGoal
    standing: Standing


@dataclass(frozen=True, slots=True)
class LearningNetwork:
    """Everything on the page 'My learning network'."""

    kinds: dict[Relationship, Standing]
    """For each kind, as a learner: together, asked or open (lacking)."""
    active: tuple[Tie, ...]
    past: tuple[Tie, ...]
    goals: tuple[GoalStanding, ...]
    departments: int
    """How many other departments the active relationships reach."""


@dataclass(frozen=True, slots=True)
class Network:
    """A person's own relationships and what they say of them in private.

    Every method raises `StoreError` where the store cannot be reached, and `NotAllowedError` where
    a relationship is between others or nobody's, which read the same.
    """

    workplace: Workplace

    def mine(self, identity: Identity) -> LearningNetwork:
        """Show the person's network.

        Raises:
            UnknownPersonError: the person is not in the snapshot.
        """
        self.workplace.tidy_at_leisure()
        moment, me = self.workplace.moment(), identity.person_id
        moment.people.row(me)
        with self.workplace.store.reading() as connection:
            bonds = bonds_of(connection, me)
            sent = [one.as_of(moment.now) for one in requests_by(connection, me)]
            goals = goals_of(connection, me)
            met = _latest(feedback_of(connection, me, "met"))
            outcomes = _latest(feedback_of(connection, me, "outcome"))
        ties = [_tie(moment, bond, me, met, outcomes) for bond in bonds]
        active = tuple(tie for tie in ties if tie.bond.is_active)
        return LearningNetwork(
            kinds={kind: _standing_of_kind(kind, active, sent) for kind in Relationship},
            active=active,
            past=tuple(tie for tie in ties if not tie.bond.is_active),
            goals=tuple(GoalStanding(goal, _standing_of_goal(goal, bonds, sent)) for goal in goals),
            departments=len({tie.other.department for tie in active if tie.other_department}),
        )

    def page(self, identity: Identity, bond_id: str) -> TiePage:
        """Show one relationship of the person's, with what belongs to it.

        Raises:
            UnknownPersonError: the person is not in the snapshot.
        """
        moment, me = self.workplace.moment(), identity.person_id
        moment.people.row(me)
        with self.workplace.store.reading() as connection:
            bond = _own_bond(connection, identity, bond_id)
            request = find_request(connection, bond.request_id)
            note = find_note(connection, bond_id, me)
            met = _latest(feedback_of(connection, me, "met"))
            outcomes = _latest(feedback_of(connection, me, "outcome"))
        return TiePage(
            tie=_tie(moment, bond, me, met, outcomes),
            message=request.message if request else "",
            reply=request.reply if request else "",
            note=note,
        )

    def plan(self, identity: Identity, seen: Bond, agenda: str, next_on: date | None) -> None:
        """Set what the two want to talk about, and when; both of them see it.

        Args:
            identity: one of the two.
            seen: the relationship as this person saw it, so that nobody's words are overwritten.
            agenda: the whole text.
            next_on: the day they meet next; None for none.

        Raises:
            InputError: the agenda is too long.
            ConflictError: the other one changed it meanwhile, or the relationship has ended.
        """
        agenda = check_length(agenda, MAX_AGENDA_CHARACTERS, "an agenda")
        with self.workplace.store.writing() as connection:
            _own_bond(connection, identity, seen.id)
            now = self.workplace.clock()
            plan_meeting(connection, seen, identity.person_id, agenda, next_on, now)

    def write_note(self, identity: Identity, bond_id: str, text: str) -> None:
        """Keep a note for oneself; the other one never sees it. An empty one is removed.

        Raises:
            InputError: it is too long.
        """
        text = check_length(text, MAX_NOTE_CHARACTERS, "a note")
        with self.workplace.store.writing() as connection:
            _own_bond(connection, identity, bond_id)
            now = self.workplace.clock()
            save_note(connection, bond_id, identity.person_id, text, now)
            record(connection, now, identity.person_id, "note.saved", bond_id)

    def say_met(self, identity: Identity, bond_id: str, answer: Met) -> None:
        """Answer 'did you meet?'; a later answer replaces an earlier one."""
        self._answer(identity, bond_id, "met", answer)

    def say_outcome(self, identity: Identity, bond_id: str, answer: Outcome) -> None:
        """Answer what came of it; the other one never sees it."""
        self._answer(identity, bond_id, "outcome", answer)

    def end(self, identity: Identity, bond_id: str) -> None:
        """End a relationship; either of the two may, and the helper's place is free again.

        Raises:
            ConflictError: it has ended already.
        """
        with self.workplace.store.writing() as connection:
            bond = _own_bond(connection, identity, bond_id)
            end_bond(connection, bond, identity.person_id, self.workplace.clock())

    def _answer(self, identity: Identity, bond_id: str, topic: str, answer: Met | Outcome) -> None:
        now = self.workplace.clock()
        with self.workplace.store.writing() as connection:
            bond = _own_bond(connection, identity, bond_id)
            kept = Feedback(
                id=new_id(),
                person_id=identity.person_id,
                topic=topic,
                answer=answer,
                at=now,
                helper_id=None,
                relationship=bond.relationship,
                goal_id=None,
                relationship_id=bond.id,
            )
            insert_feedback(connection, kept)
            record(connection, now, identity.person_id, f"feedback.{topic}", bond.id)


def _own_bond(connection: sa.Connection, identity: Identity, bond_id: str) -> Bond:
    bond = find_bond(connection, bond_id)
    if bond is None or identity.person_id not in (bond.seeker_id, bond.helper_id):
        raise NotAllowedError("there is no such relationship of yours; reload the page")
    return bond


def _latest(answers: Iterable[Feedback]) -> dict[str, Feedback]:
    return {answer.relationship_id: answer for answer in answers if answer.relationship_id}


def _tie(
    moment: Moment,
    bond: Bond,
    me: str,
    met: dict[str, Feedback],
    outcomes: dict[str, Feedback],
) -> Tie:
    people, other = moment.people, moment.card(bond.other(me))
    own_row, rows = people.row(me), people.rows([other.person_id])
    steps, email = NO_DISTANCE, ""
    if len(rows):
        steps = int(people.org.distances(own_row, rows)[0])
        email = people.text(int(rows[0]), "email") if bond.is_active else ""
    said_met, said_outcome = met.get(bond.id), outcomes.get(bond.id)
    answered = said_met is not None and said_met.answer != Met.PLANNED
    age = moment.now - bond.started_at
    return Tie(
        id=bond.id,
        relationship=bond.relationship,
        i_help=bond.helper_id == me,
        other=other,
        email=email,
        steps=None if steps == NO_DISTANCE else steps,
        other_department=other.department not in ("", people.department.name(own_row)),
        bond=bond,
        met=Met(said_met.answer) if said_met else None,
        outcome=Outcome(said_outcome.answer) if said_outcome else None,
        ask_met=bond.is_active and not answered and age >= ASK_MET_AFTER,
        ask_outcome=said_outcome is None and age >= ASK_OUTCOME_AFTER,
    )


def _standing_of_kind(
    kind: Relationship, active: Iterable[Tie], sent: Iterable[HelpRequest]
) -> Standing:
    mutual = kind is Relationship.PEER
    if any(tie.relationship is kind and (mutual or not tie.i_help) for tie in active):
        return Standing.TOGETHER
    if any(request.relationship is kind and request.state.is_open for request in sent):
        return Standing.ASKED
    return Standing.OPEN


def _standing_of_goal(
    goal: SavedGoal, bonds: Iterable[Bond], sent: Iterable[HelpRequest]
) -> Standing:
    if goal.reached_at is not None:
        return Standing.REACHED
    own = [request for request in sent if request.goal_id == goal.id]
    working = {bond.request_id for bond in bonds if bond.is_active}
    if any(request.id in working for request in own):
        return Standing.TOGETHER
    if any(request.state.is_open for request in own):
        return Standing.ASKED
    return Standing.OPEN
