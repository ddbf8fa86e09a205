"""Private answers: 'not for me', 'did you meet?', 'what came of it?'."""

from typing import Any

import sqlalchemy as sa

from app.store.records import Feedback
from app.store.schema import feedback
from recommender.relationships import Relationship


def insert_feedback(connection: sa.Connection, answer: Feedback) -> None:
    """Keep an answer; a second answer about the same relationship replaces the first."""
    if answer.relationship_id is not None:
        connection.execute(
            feedback.delete().where(
                feedback.c.person_id == answer.person_id,
                feedback.c.relationship_id == answer.relationship_id,
                feedback.c.topic == answer.topic,
            )
        )
    connection.execute(
        feedback.insert().values(
            id=answer.id,
            person_id=answer.person_id,
            topic=answer.topic,
            answer=answer.answer,
            at=answer.at,
            helper_id=answer.helper_id,
            relationship=answer.relationship,
            goal_id=answer.goal_id,
            relationship_id=answer.relationship_id,
        )
    )


def feedback_of(connection: sa.Connection, person_id: str, topic: str) -> list[Feedback]:
    """List a person's own answers about a topic, the newest first."""
    query = feedback.select().where(feedback.c.person_id == person_id, feedback.c.topic == topic)
    rows = connection.execute(query.order_by(feedback.c.at.desc(), feedback.c.id))
    return [_feedback(row) for row in rows]


def delete_feedback(connection: sa.Connection, person_id: str, feedback_id: str) -> bool:
    """Take a person's own answer back; says whether there was one."""
    mine = (feedback.c.id == feedback_id) & (feedback.c.person_id == person_id)
    return connection.execute(feedback.delete().where(mine)).rowcount == 1


def _feedback(row: sa.Row[Any]) -> Feedback:
    return Feedback(
        id=row.id,
        person_id=row.person_id,
        topic=row.topic,
        answer=row.answer,
        at=row.at,
        helper_id=row.helper_id,
        relationship=Relationship(row.relationship) if row.relationship else None,
        goal_id=row.goal_id,
        relationship_id=row.relationship_id,
    )
