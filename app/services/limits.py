"""What one person may ask of the service and of others, so that nobody closes it for everybody."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.services.settings import Settings
from app.store.database import count_recorded
from app.store.goals import count_goals
from app.store.offers import lock_seeker
from app.store.requests import count_open_by, count_sent_since
from recommender.errors import LimitError


def check_may_write_goal(
    connection: sa.Connection, seeker_id: str, settings: Settings, now: datetime
) -> None:
    """Let a seeker write one goal more, as part of the transaction that keeps it.

    Raises:
        LimitError: the seeker has as many as anybody may, or wrote as many within a minute.
    """
    lock_seeker(connection, seeker_id)
    if count_goals(connection, seeker_id) >= settings.goals_per_seeker:
        raise LimitError(
            f"you keep {settings.goals_per_seeker} goals, as many as anybody may; delete one that "
            "you do not need any more"
        )
    minute_ago = now - timedelta(minutes=1)
    written = count_recorded(connection, seeker_id, "goal.saved", minute_ago)
    if written >= settings.goals_per_minute:
        raise LimitError(
            f"you wrote {settings.goals_per_minute} goals within a minute, as many as anybody may; "
            "wait a minute"
        )


def check_may_ask(
    connection: sa.Connection, seeker_id: str, settings: Settings, now: datetime
) -> None:
    """Let a seeker send one request more, as part of the transaction that keeps it.

    Raises:
        LimitError: the seeker has as many open as anybody may, or sent as many within a day.
    """
    lock_seeker(connection, seeker_id)
    if count_open_by(connection, seeker_id, now) >= settings.open_requests_per_seeker:
        raise LimitError(
            f"{settings.open_requests_per_seeker} requests of yours are open, as many as anybody "
            "may have; wait for an answer, or take one back"
        )
    day_ago = now - timedelta(days=1)
    if count_sent_since(connection, seeker_id, day_ago) >= settings.requests_per_day:
        raise LimitError(
            f"you sent {settings.requests_per_day} requests within a day, as many as anybody may; "
            "go on tomorrow"
        )
