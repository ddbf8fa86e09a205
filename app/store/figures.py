"""What the programme's figures are counted from: ids, kinds and moments, never a text."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.store.records import OPEN_STATES, State
from app.store.schema import exposure, feedback, goals, relationships, requests
from recommender.relationships import Relationship


class Wish(NamedTuple):
    """A seeker who wants a kind of relationship; None where the kind is left open."""

    seeker_id: str
    relationship: Relationship | None


class Answered(NamedTuple):
    """What became of a request."""

    seeker_id: str
    helper_id: str
    relationship: Relationship
    state: State
    sent_at: datetime
    answered_at: datetime | None


class Said(NamedTuple):
    """What one person answered about a relationship."""

    person_id: str
    relationship: Relationship
    answer: str


def wishes_since(connection: sa.Connection, since: datetime) -> set[Wish]:
    """List who wanted which kind: by a goal or by a request."""
    from_goals = sa.select(goals.c.seeker_id, goals.c.relationship)
    from_requests = sa.select(requests.c.seeker_id, requests.c.relationship)
    query = from_goals.where(goals.c.created_at >= since).union(
        from_requests.where(requests.c.sent_at >= since)
    )
    return {Wish(seeker, _kind(kind)) for seeker, kind in connection.execute(query).all()}


def unmet_goals(connection: sa.Connection, before: datetime) -> list[Wish]:
    """List the goals of before a day that are not reached and have nobody, one entry a goal."""
    asked = sa.exists().where(requests.c.goal_id == goals.c.id, requests.c.state.in_(OPEN_STATES))
    together = sa.exists().where(
        requests.c.goal_id == goals.c.id,
        relationships.c.request_id == requests.c.id,
        relationships.c.state == "active",
    )
    query = sa.select(goals.c.seeker_id, goals.c.relationship).where(
        goals.c.reached_at.is_(None), goals.c.created_at <= before, ~asked, ~together
    )
    return [Wish(seeker, _kind(kind)) for seeker, kind in connection.execute(query).all()]


def requests_since(connection: sa.Connection, since: datetime) -> list[Answered]:
    """List what became of the requests sent since a day."""
    query = sa.select(
        requests.c.seeker_id,
        requests.c.helper_id,
        requests.c.relationship,
        requests.c.state,
        requests.c.sent_at,
        requests.c.answered_at,
    ).where(requests.c.sent_at >= since)
    return [
        Answered(seeker, helper, Relationship(kind), State(state), sent_at, answered_at)
        for seeker, helper, kind, state, sent_at, answered_at in connection.execute(query).all()
    ]


def exposure_since(connection: sa.Connection, since: datetime) -> dict[str, int]:
    """Count to how many seekers each helper was shown since a day; who was not shown is absent."""
    query = sa.select(exposure.c.helper_id, sa.func.sum(exposure.c.seekers)).where(
        exposure.c.shown_on >= since.date()
    )
    rows = connection.execute(query.group_by(exposure.c.helper_id)).all()
    return {str(helper): int(count) for helper, count in rows}


def answers_about(connection: sa.Connection, topic: str) -> Sequence[Said]:
    """List what people answered to a question about their relationships."""
    query = sa.select(feedback.c.person_id, feedback.c.relationship, feedback.c.answer).where(
        feedback.c.topic == topic, feedback.c.relationship.is_not(None)
    )
    return [
        Said(person, Relationship(kind), answer)
        for person, kind, answer in connection.execute(query).all()
    ]


def _kind(word: str | None) -> Relationship | None:
    return None if word is None else Relationship(word)
