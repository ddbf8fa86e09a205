"""Goals, and the colleagues suggested for them."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import sqlalchemy as sa

from app.services.distress import sounds_like_distress
from app.services.identity import Identity
from app.services.impression_log import Shown
from app.services.limits import check_may_write_goal
from app.services.names import names_of
from app.services.settings import Settings
from app.services.workplace import Moment, PersonCard, Workplace
from app.store.database import record
from app.store.feedback import delete_feedback, feedback_of, insert_feedback
from app.store.goals import delete_goal, find_goal, goals_of, insert_goal, set_reached
from app.store.records import Feedback, NotForMe, SavedGoal, State, TypedGoal, new_id
from app.store.requests import requests_by, withdraw_for_goal
from recommender.answers import Recommendation, Request, Suggestion, WhyNot
from recommender.eligibility import Reason
from recommender.errors import NotAllowedError
from recommender.goals import clean_goal, read_goal
from recommender.reader import Reader
from recommender.recommend import recommend
from recommender.relationships import Relationship
from recommender.rules import NOT_AVAILABLE
from recommender.small_reader import SMALL_READER

NOT_AMONG_THE_FIRST = Reason(
    "not_among_the_first",
    "Others come before them for this goal, or they are not available at the moment; which of the "
    "two is not told.",
)
"""Of everybody whom no public rule excludes and who is not in the list."""

_NO_SUCH_GOAL = "there is no such goal of yours; go back to your goals"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A colleague whom the person does not want to be suggested."""

    id: str
    """With which `undo_not_for_me` takes it back."""
    helper: PersonCard
    reason: NotForMe
    relationship: Relationship
    """The kind for which it was said; it counts for others where the reason reaches further."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a seeker does with goals; every call is on behalf of one person and checks whose it is.

    Every method raises `StoreError` where the store cannot be reached, and `NotAllowedError` where
    a goal is somebody else's or nobody's, which read the same.
    """

    workplace: Workplace

    def type_goal(
        self, identity: Identity, text: str, relationship: Relationship | None = None
    ) -> TypedGoal:
        """Take a goal as it was typed, to look for colleagues; nothing of it is stored.

        Raises:
            GoalError: it has no words or is far too long.
            UnknownPersonError: the seeker is not in the snapshot.
        """
        self.workplace.moment().people.row(identity.person_id)
        read_goal(text)
        return TypedGoal(new_id(), identity.person_id, clean_goal(text), relationship)

    def keep_goal(self, identity: Identity, goal: TypedGoal) -> SavedGoal:
        """Keep a goal that its seeker wants to be kept; the same goal again is not kept twice.

        Raises:
            UnknownPersonError: the seeker is not in the snapshot.
            LimitError: the seeker keeps, or just wrote, as many goals as anybody may.
        """
        moment = self.workplace.moment()
        moment.people.row(identity.person_id)
        with self.workplace.store.writing() as connection:
            own_goal(connection, identity, goal)
            return keep_typed(connection, moment, goal, self.workplace.settings)

    def save_goal(
        self, identity: Identity, text: str, relationship: Relationship | None = None
    ) -> SavedGoal:
        """Keep a goal at once.

        Raises:
            GoalError: it has no words or is far too long.
            UnknownPersonError: the seeker is not in the snapshot.
            LimitError: the seeker keeps, or just wrote, as many goals as anybody may.
        """
        return self.keep_goal(identity, self.type_goal(identity, text, relationship))

    def goal(self, identity: Identity, goal_id: str) -> SavedGoal:
        """Look up one of the person's own goals."""
        with self.workplace.store.reading() as connection:
            found = find_goal(connection, goal_id)
        if found is None or found.seeker_id != identity.person_id:
            raise NotAllowedError(_NO_SUCH_GOAL)
        return found

    def goals(self, identity: Identity) -> list[SavedGoal]:
        """List the person's own goals, the newest first."""
        with self.workplace.store.reading() as connection:
            return goals_of(connection, identity.person_id)

    def delete_goal(self, identity: Identity, goal_id: str) -> None:
        """Delete a goal and its text; its open requests end as withdrawn.

        What was sent in requests stays with the two people who have read it.
        """
        now = self.workplace.clock()
        with self.workplace.store.writing() as connection:
            own_goal(connection, identity, goal_id)
            withdraw_for_goal(connection, goal_id, identity.person_id, now)
            delete_goal(connection, goal_id)
            record(connection, now, identity.person_id, "goal.deleted", goal_id)
        self.workplace.wipe()

    def mark_reached(self, identity: Identity, goal_id: str, *, reached: bool = True) -> None:
        """Record that a goal is reached, or open again."""
        now = self.workplace.clock()
        with self.workplace.store.writing() as connection:
            own_goal(connection, identity, goal_id)
            set_reached(connection, goal_id, now if reached else None)
            action = "goal.reached" if reached else "goal.reopened"
            record(connection, now, identity.person_id, action, goal_id)

    def suggest(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship | None = None,
        limit: int | None = None,
        reader: Reader | None = None,
    ) -> Recommendation:
        """Suggest colleagues for a goal, as of this very moment, and keep who was shown.

        Args:
            identity: the seeker.
            goal: one of the seeker's goals, by its id where it is kept.
            relationship: one kind, or None for all four.
            limit: suggestions in a list; None for the policy's number.
            reader: reads the first of each list; None leaves the order to the signals.

        Raises:
            UnknownPersonError: the seeker is not in the snapshot.
        """
        return self._answer(identity, goal, relationship, limit, reader=reader)

    def next_suggestion(
        self, identity: Identity, goal_id: str, relationship: Relationship
    ) -> Suggestion | None:
        """Offer the next colleague, after a request was declined or has expired.

        Whoever did not take up a request for this very goal is not offered again, however long ago
        it was.
        """
        self.workplace.tidy_at_leisure()
        with self.workplace.store.reading() as connection:
            sent = requests_by(connection, identity.person_id)
        answered_no = {
            one.helper_id
            for one in sent
            if one.goal_id == goal_id and one.state in (State.DECLINED, State.EXPIRED)
        }
        (only,) = self._answer(identity, goal_id, relationship, 1, answered_no).lists
        return only.suggestions[0] if only.suggestions else None

    def _answer(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship | None,
        limit: int | None,
        without: Collection[str] = (),
        reader: Reader | None = None,
    ) -> Recommendation:
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            own = own_goal(connection, identity, goal)
            live = moment.live_facts(connection, identity.person_id, own.id)
        if without:
            left_out = moment.people.rows(list(without))
            live = replace(live, hidden=np.union1d(live.hidden, left_out))
        request = Request(identity.person_id, own.text, relationship, limit)
        answer = _without_counts(
            recommend(moment.snapshot, request, moment.policy, live, reader or SMALL_READER)
        )
        places: dict[str, int] = {}
        for part in answer.lists:
            for one in part.suggestions:
                places[one.person_id] = min(one.rank, places.get(one.person_id, one.rank))
        self.workplace.impressions.add(Shown(moment.now.date(), identity.person_id, places))
        return answer

    def why_not(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship,
        candidate_id: str,
        reader: Reader | None = None,
    ) -> WhyNot:
        """Return which public rule excludes a colleague, or their place in the list.

        Of everybody else the answer is one and the same: that others come before them or that they
        are not available. Asked for each kind, another one would tell who opted out of what.

        Raises:
            UnknownPersonError: the seeker or the colleague is not in the snapshot.
        """
        moment, me = self.workplace.moment(), identity.person_id
        with self.workplace.store.reading() as connection:
            own = own_goal(connection, identity, goal)
            live = moment.live_facts(connection, me, own.id)
        reasons = moment.public_reasons(me, candidate_id, relationship, live)
        if reasons:
            return WhyNot(tuple(reasons), None, ())
        # searched for whoever is asked about, so that the time it takes tells nothing either
        request = Request(me, own.text, relationship)
        (only,) = recommend(
            moment.snapshot, request, moment.policy, live, reader or SMALL_READER
        ).lists
        for one in only.suggestions:
            if one.person_id == candidate_id:
                return WhyNot((), one.rank, ())
        return WhyNot((NOT_AMONG_THE_FIRST,), None, ())

    def named(self, identity: Identity, goal: str | TypedGoal) -> list[PersonCard]:
        """List the colleagues whose whole name stands in a goal; the person is none of them."""
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            own = own_goal(connection, identity, goal)
        rows = names_of(moment.people).named_in(own.text)
        cards = [moment.card(str(moment.people.ids[row])) for row in rows]
        return [card for card in cards if card.person_id != identity.person_id]

    def sounds_like_distress(self, identity: Identity, goal: str | TypedGoal) -> bool:
        """Return whether a goal tells of somebody who is treated badly; nothing of it is kept."""
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            own = own_goal(connection, identity, goal)
        return sounds_like_distress(moment.snapshot, own.text)

    def kinds_for(
        self, identity: Identity, goal: str | TypedGoal, candidate_id: str
    ) -> list[Relationship]:
        """List the kinds of relationship that no public rule keeps from the two.

        Whether the colleague is available for them is not told: it would say who opted out of what.

        Raises:
            UnknownPersonError: the seeker or the colleague is not in the snapshot.
        """
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            own = own_goal(connection, identity, goal)
            live = moment.live_facts(connection, identity.person_id, own.id)
        me = identity.person_id
        return [
            kind for kind in Relationship if not moment.public_reasons(me, candidate_id, kind, live)
        ]

    def hidden(self, identity: Identity) -> list[Hidden]:
        """List whom the person does not want to see, the newest first."""
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            said = feedback_of(connection, identity.person_id, "not_for_me")
        return [
            Hidden(one.id, moment.card(one.helper_id), NotForMe(one.answer), one.relationship)
            for one in said
            if one.helper_id is not None and one.relationship is not None
        ]

    def not_for_me(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship,
        helper_id: str,
        reason: NotForMe,
    ) -> str:
        """Take a colleague off the seeker's lists at once; the colleague never learns of it.

        Returns:
            The id with which `undo_not_for_me` takes it back.

        Raises:
            UnknownPersonError: nobody has the helper's id.
        """
        moment = self.workplace.moment()
        moment.people.row(helper_id)
        with self.workplace.store.writing() as connection:
            answer = Feedback(
                id=new_id(),
                person_id=identity.person_id,
                topic="not_for_me",
                answer=reason,
                at=moment.now,
                helper_id=helper_id,
                relationship=relationship,
                goal_id=own_goal(connection, identity, goal).id,
                relationship_id=None,
            )
            moment.bind(connection, identity.person_id, helper_id)
            insert_feedback(connection, answer)
            record(connection, moment.now, identity.person_id, "feedback.not_for_me", answer.id)
        return answer.id

    def undo_not_for_me(self, identity: Identity, feedback_id: str) -> None:
        """Let a colleague be suggested again.

        Raises:
            NotAllowedError: this person said no such thing.
        """
        with self.workplace.store.writing() as connection:
            if not delete_feedback(connection, identity.person_id, feedback_id):
                raise NotAllowedError("there is no such answer of yours; reload the page")
            now = self.workplace.clock()
            record(connection, now, identity.person_id, "feedback.undone", feedback_id)


def _without_counts(answer: Recommendation) -> Recommendation:
    """Leave out how many are not available: of few whom the other rules leave, it tells of each."""
    lists = (
        replace(
            part,
            excluded={rule: n for rule, n in part.excluded.items() if rule != NOT_AVAILABLE},
        )
        for part in answer.lists
    )
    return replace(answer, lists=tuple(lists))


def keep_typed(
    connection: sa.Connection, moment: Moment, goal: TypedGoal, settings: Settings
) -> SavedGoal:
    """Keep a goal within a transaction; one that says the same and is open is returned instead.

    Raises:
        LimitError: the seeker keeps, or just wrote, as many goals as anybody may.
    """
    for kept in goals_of(connection, goal.seeker_id):
        same = (kept.text, kept.relationship) == (goal.text, goal.relationship)
        if kept.id == goal.id or (same and kept.reached_at is None):
            return kept
    check_may_write_goal(connection, goal.seeker_id, settings, moment.now)
    saved = SavedGoal(goal.id, goal.seeker_id, goal.text, goal.relationship, moment.now, None)
    moment.bind(connection, goal.seeker_id)
    insert_goal(connection, saved)
    record(connection, moment.now, goal.seeker_id, "goal.saved", goal.id)
    return saved


def own_goal(
    connection: sa.Connection, identity: Identity, goal: str | TypedGoal
) -> SavedGoal | TypedGoal:
    """Look up a goal for its seeker: a kept one by its id; one that is only looked at is itself.

    Raises:
        NotAllowedError: it is somebody else's or nobody's, which read the same.
    """
    own = find_goal(connection, goal) if isinstance(goal, str) else goal
    if own is None or own.seeker_id != identity.person_id:
        raise NotAllowedError(_NO_SUCH_GOAL)
    return own
