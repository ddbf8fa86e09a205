"""What administrators did at the desk, from the audit trail."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.store.schema import audit

_AT_THE_DESK = ("night.rebuild", "night.rolled_back", "policy.saved")
_MOST = 500


class Act(NamedTuple):
    """One line of the audit trail."""

    at: datetime
    actor_id: str
    action: str


def acts_at_the_desk(connection: sa.Connection) -> list[Act]:
    """List the newest acts, the newest first."""
    query = (
        sa.select(audit.c.at, audit.c.actor_id, audit.c.action)
        .where(audit.c.action.in_(_AT_THE_DESK))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(_MOST)
    )
    return [Act(at, actor, action) for at, actor, action in connection.execute(query).all()]
