"""Goals in the store; what a goal says is its seeker's alone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.records import SavedGoal
from app.store.schema import feedback, goals
from recommender.relationships import Relationship


def insert_goal(connection: sa.Connection, goal: SavedGoal) -> None:
    """Keep a new goal."""
    connection.execute(
        goals.insert().values(
            id=goal.id,
            seeker_id=goal.seeker_id,
            text=goal.text,
            relationship=goal.relationship,
            created_at=goal.created_at,
        )
    )


def find_goal(connection: sa.Connection, goal_id: str) -> SavedGoal | None:
    """Look a goal up."""
    row = connection.execute(goals.select().where(goals.c.id == goal_id)).one_or_none()
    return _goal(row) if row else None


def goals_of(connection: sa.Connection, seeker_id: str) -> list[SavedGoal]:
    """List a seeker's goals, the newest first."""
    query = goals.select().where(goals.c.seeker_id == seeker_id)
    rows = connection.execute(query.order_by(goals.c.created_at.desc(), goals.c.id))
    return [_goal(row) for row in rows]


def count_goals(connection: sa.Connection, seeker_id: str) -> int:
    """Count the goals that a seeker keeps."""
    query = sa.select(sa.func.count()).where(goals.c.seeker_id == seeker_id)
    return int(connection.execute(query).scalar_one())


def set_reached(connection: sa.Connection, goal_id: str, at: datetime | None) -> None:
    """Mark a goal as reached, or as open again."""
    connection.execute(goals.update().where(goals.c.id == goal_id).values(reached_at=at))


def delete_goal(connection: sa.Connection, goal_id: str) -> None:
    """Remove a goal, its text and what was said of suggestions for it only."""
    narrow = (feedback.c.goal_id == goal_id) & (feedback.c.topic == "not_for_me")
    connection.execute(feedback.delete().where(narrow & (feedback.c.answer == "not_what_i_meant")))
    connection.execute(goals.delete().where(goals.c.id == goal_id))


def _goal(row: sa.Row[Any]) -> SavedGoal:
    return SavedGoal(
        id=row.id,
        seeker_id=row.seeker_id,
        text=row.text,
        relationship=Relationship(row.relationship) if row.relationship else None,
        created_at=row.created_at,
        reached_at=row.reached_at,
    )
