"""Goals, and the colleagues suggested for them."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.services.identity import Identity
from app.services.impression_log import Shown
from app.services.workplace import Workplace
from app.store.database import record
from app.store.feedback import delete_feedback, insert_feedback
from app.store.goals import delete_goal, find_goal, goals_of, insert_goal, set_reached
from app.store.records import Feedback, NotForMe, SavedGoal, new_id
from app.store.requests import withdraw_for_goal
from recommender.answers import Recommendation, Request, Suggestion, WhyNot
from recommender.errors import NotAllowedError
from recommender.goals import clean_goal, read_goal
from recommender.recommend import recommend, why_not
from recommender.relationships import Relationship
from recommender.small_reader import SMALL_READER


@dataclass(frozen=True, slots=True)
class Finding:
    """What a seeker does with goals; every call is on behalf of one person and checks whose it is.

    Every method raises `StoreError` where the store cannot be reached, and `NotAllowedError` where
    a goal is somebody else's or nobody's, which read the same.
    """

    workplace: Workplace

    def save_goal(
        self, identity: Identity, text: str, relationship: Relationship | None = None
    ) -> SavedGoal:
        """Keep a goal; the same goal again is not kept twice.

        Raises:
            GoalError: it has no words or is far too long.
            UnknownPersonError: the seeker is not in the snapshot.
        """
        moment = self.workplace.moment()
        moment.people.row(identity.person_id)
        read_goal(text)
        text, now = clean_goal(text), moment.now
        goal = SavedGoal(new_id(), identity.person_id, text, relationship, now, None)
        with self.workplace.store.writing() as connection:
            for kept in goals_of(connection, identity.person_id):
                if (kept.text, kept.relationship, kept.reached_at) == (text, relationship, None):
                    return kept
            moment.bind(connection, identity.person_id)
            insert_goal(connection, goal)
            record(connection, now, identity.person_id, "goal.saved", goal.id)
        return goal

    def goal(self, identity: Identity, goal_id: str) -> SavedGoal:
        """Look up one of the person's own goals."""
        with self.workplace.store.reading() as connection:
            return own_goal(connection, identity, goal_id)

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
        goal_id: str,
        relationship: Relationship | None = None,
        limit: int | None = None,
    ) -> Recommendation:
        """Suggest colleagues for a goal, as of this very moment, and keep who was shown.

        Args:
            identity: the seeker.
            goal_id: one of the seeker's goals.
            relationship: one kind, or None for all four.
            limit: suggestions in a list; None for the policy's number.

        Raises:
            UnknownPersonError: the seeker is not in the snapshot.
        """
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            goal = own_goal(connection, identity, goal_id)
            live = moment.live_facts(connection, identity.person_id, goal_id)
        request = Request(identity.person_id, goal.text, relationship, limit)
        answer = recommend(moment.snapshot, request, moment.policy, live, SMALL_READER)
        places = tuple(
            (part.relationship, suggestion.rank, suggestion.person_id)
            for part in answer.lists
            for suggestion in part.suggestions
        )
        shown = Shown(
            moment.now.date(), identity.person_id, goal_id, moment.snapshot.snapshot_id, places
        )
        self.workplace.impressions.add(shown)
        return answer

    def next_suggestion(
        self, identity: Identity, goal_id: str, relationship: Relationship
    ) -> Suggestion | None:
        """Offer the next colleague, after a request was declined or has expired."""
        self.workplace.tidy()
        (only,) = self.suggest(identity, goal_id, relationship, limit=1).lists
        return only.suggestions[0] if only.suggestions else None

    def why_not(
        self, identity: Identity, goal_id: str, relationship: Relationship, candidate_id: str
    ) -> WhyNot:
        """Return why a colleague is not suggested for a goal, or where they stand.

        Raises:
            UnknownPersonError: the seeker or the colleague is not in the snapshot.
        """
        moment = self.workplace.moment()
        with self.workplace.store.reading() as connection:
            goal = own_goal(connection, identity, goal_id)
            live = moment.live_facts(connection, identity.person_id, goal_id)
        request = Request(identity.person_id, goal.text, relationship)
        return why_not(moment.snapshot, request, candidate_id, moment.policy, live, SMALL_READER)

    def not_for_me(
        self,
        identity: Identity,
        goal_id: str,
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
        answer = Feedback(
            id=new_id(),
            person_id=identity.person_id,
            topic="not_for_me",
            answer=reason,
            at=moment.now,
            helper_id=helper_id,
            relationship=relationship,
            goal_id=goal_id,
            relationship_id=None,
        )
        with self.workplace.store.writing() as connection:
            own_goal(connection, identity, goal_id)
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


def own_goal(connection: sa.Connection, identity: Identity, goal_id: str) -> SavedGoal:
    """Look up a goal for its seeker.

    Raises:
        NotAllowedError: it is somebody else's or nobody's, which read the same.
    """
    goal = find_goal(connection, goal_id)
    if goal is None or goal.seeker_id != identity.person_id:
        raise NotAllowedError("there is no such goal of yours; go back to your goals")
    return goal
