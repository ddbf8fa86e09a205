"""Requests and their states: every step is one conditional update, so no step happens twice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.store.database import SYSTEM, record
from app.store.offers import find_offer, lock_helper
from app.store.records import OPEN_STATES, Bond, HelpRequest, State, WithdrawnBecause, new_id
from app.store.relationships import count_active, insert_bond
from app.store.schema import requests
from recommender.errors import ConflictError
from recommender.relationships import Relationship

_IS_OPEN = requests.c.state.in_(OPEN_STATES)


def insert_request(connection: sa.Connection, request: HelpRequest) -> None:
    """Keep a request that was just sent."""
    connection.execute(
        requests.insert().values(
            id=request.id,
            goal_id=request.goal_id,
            seeker_id=request.seeker_id,
            helper_id=request.helper_id,
            relationship=request.relationship,
            message=request.message,
            state=request.state,
            sent_at=request.sent_at,
            expires_at=request.expires_at,
        )
    )
    record(
        connection, request.sent_at, request.seeker_id, "request.sent", request.id,
        request.relationship,
    )  # fmt: skip


def find_request(connection: sa.Connection, request_id: str) -> HelpRequest | None:
    """Look a request up."""
    row = connection.execute(requests.select().where(requests.c.id == request_id)).one_or_none()
    return _request(row) if row else None


def requests_by(connection: sa.Connection, seeker_id: str) -> list[HelpRequest]:
    """List what a seeker sent, the newest first."""
    return _listed(connection, requests.c.seeker_id == seeker_id)


def requests_to(connection: sa.Connection, helper_id: str) -> list[HelpRequest]:
    """List what a helper was asked, the newest first."""
    return _listed(connection, requests.c.helper_id == helper_id)


def count_open_to(connection: sa.Connection, helper_id: str, now: datetime) -> int:
    """Count the requests that a helper may answer at this moment."""
    which = _IS_OPEN & (requests.c.expires_at > now)
    return _counted(connection, (requests.c.helper_id == helper_id) & which)


def count_open_by(connection: sa.Connection, seeker_id: str, now: datetime) -> int:
    """Count the requests of a seeker that wait for an answer."""
    which = _IS_OPEN & (requests.c.expires_at > now)
    return _counted(connection, (requests.c.seeker_id == seeker_id) & which)


def count_sent_since(connection: sa.Connection, seeker_id: str, since: datetime) -> int:
    """Count what a seeker sent after a moment, whatever became of it."""
    return _counted(connection, (requests.c.seeker_id == seeker_id) & (requests.c.sent_at > since))


def accept(
    connection: sa.Connection,
    request: HelpRequest,
    file_capacity: int,
    now: datetime,
    reply: str = "",
) -> Bond:
    """Accept a request if there is room: checked and done as one step per helper.

    Args:
        connection: a writing transaction.
        request: as it was read in this transaction.
        file_capacity: what the people file says the helper would take on; the helper's own word in
            the store goes before it.
        now: the moment.
        reply: what the helper says with it; the seeker reads it.

    Raises:
        ConflictError: the helper has no room left, or the request is no longer open.
    """
    lock_helper(connection, request.helper_id)
    own = find_offer(connection, request.helper_id).capacity
    capacity = file_capacity if own is None else own
    if count_active(connection, request.helper_id) >= capacity:
        raise ConflictError(
            f"there is room for {capacity} at a time and all of it is taken; "
            "end one, raise the number on My offer, or answer later"
        )
    _move(
        connection, request, State.ACCEPTED, now,
        actor_id=request.helper_id, answered_at=now, reply=reply,
    )  # fmt: skip
    bond = Bond(
        id=new_id(),
        request_id=request.id,
        seeker_id=request.seeker_id,
        helper_id=request.helper_id,
        relationship=request.relationship,
        started_at=now,
        ended_at=None,
    )
    insert_bond(connection, bond)
    return bond


def decline(connection: sa.Connection, request: HelpRequest, now: datetime) -> None:
    """Decline a request; no reason is asked or kept.

    Raises:
        ConflictError: it is no longer open.
    """
    _move(connection, request, State.DECLINED, now, actor_id=request.helper_id, answered_at=now)


def put_off(
    connection: sa.Connection, request: HelpRequest, now: datetime, expires_at: datetime
) -> None:
    """Answer 'later', once, which moves the day it expires.

    Raises:
        ConflictError: it was put off before, or is no longer open.
    """
    _move(
        connection, request, State.LATER, now,
        actor_id=request.helper_id, since=(State.SENT,), answered_at=now, expires_at=expires_at,
    )  # fmt: skip


def withdraw(connection: sa.Connection, request: HelpRequest, now: datetime) -> None:
    """Take a request back for its seeker.

    Raises:
        ConflictError: it is no longer open.
    """
    _move(
        connection, request, State.WITHDRAWN, now,
        actor_id=request.seeker_id, why=WithdrawnBecause.SEEKER_TOOK_BACK,
    )  # fmt: skip


def expire_due(connection: sa.Connection, now: datetime) -> int:
    """End every open request whose time is over; returns how many.

    A request that somebody else is moving at this moment is theirs: it is passed over.
    """
    due = _IS_OPEN & (requests.c.expires_at <= now)
    return _end(connection, due, now, SYSTEM, State.EXPIRED, None)


def has_due(connection: sa.Connection, now: datetime) -> bool:
    """Return whether a request's time is over that is still open."""
    due = sa.exists().where(_IS_OPEN & (requests.c.expires_at <= now))
    return bool(connection.execute(sa.select(due)).scalar())


def withdraw_for_goal(
    connection: sa.Connection, goal_id: str, seeker_id: str, now: datetime
) -> int:
    """End a goal's open requests because the goal goes; returns how many."""
    which = _IS_OPEN & (requests.c.goal_id == goal_id)
    return _end(connection, which, now, seeker_id, State.WITHDRAWN, WithdrawnBecause.GOAL_DELETED)


def people_with_open_requests(connection: sa.Connection) -> tuple[set[str], set[str]]:
    """Name the seekers and the helpers of all open requests."""
    query = sa.select(requests.c.seeker_id, requests.c.helper_id).where(_IS_OPEN)
    rows = connection.execute(query).all()
    return {row.seeker_id for row in rows}, {row.helper_id for row in rows}


def withdraw_for_leavers(
    connection: sa.Connection,
    seekers: Collection[str],
    helpers: Collection[str],
    now: datetime,
) -> int:
    """End the open requests of people who left; returns how many."""
    ended = 0
    for column, ids, why in (
        (requests.c.helper_id, helpers, WithdrawnBecause.HELPER_LEFT),
        (requests.c.seeker_id, seekers, WithdrawnBecause.SEEKER_LEFT),
    ):
        for some in _in_hundreds(sorted(ids)):
            which = _IS_OPEN & column.in_(some)
            ended += _end(connection, which, now, SYSTEM, State.WITHDRAWN, why)
    return ended


def _move(
    connection: sa.Connection,
    request: HelpRequest,
    state: State,
    now: datetime,
    *,
    actor_id: str,
    since: tuple[State, ...] = OPEN_STATES,
    **values: object,
) -> None:
    """Take one step, if the request still stands where the step begins and its time is not over."""
    moved = connection.execute(
        requests.update()
        .where(requests.c.id == request.id)
        .where(requests.c.state.in_(since), requests.c.expires_at > now)
        .values(state=state, **values)
    )
    if moved.rowcount != 1:
        found = find_request(connection, request.id)
        raise ConflictError(_too_late(found, now))
    record(connection, now, actor_id, f"request.{state}", request.id)


def _too_late(found: HelpRequest | None, now: datetime) -> str:
    if found is None:
        return "this request is gone; reload the page"
    if found.state.is_open and found.expires_at <= now:
        return "this request has expired; the seeker was offered somebody else"
    if found.state is State.LATER:
        return "this request was put off once already; accept or decline it"
    return f"this request is already {found.state}; reload the page"


def _end(
    connection: sa.Connection,
    which: "sa.ColumnElement[bool]",
    now: datetime,
    actor_id: str,
    state: State,
    why: WithdrawnBecause | None,
) -> int:
    found = sa.select(requests.c.id).where(which).with_for_update(skip_locked=True)
    ids = connection.execute(found).scalars().all()
    for some in _in_hundreds(ids):
        connection.execute(
            requests.update().where(requests.c.id.in_(some)).values(state=state, why=why)
        )
    for request_id in ids:
        record(connection, now, actor_id, f"request.{state}", request_id, why or "")
    return len(ids)


def _in_hundreds(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]


def _counted(connection: sa.Connection, which: "sa.ColumnElement[bool]") -> int:
    return int(connection.execute(sa.select(sa.func.count()).where(which)).scalar_one())


def _listed(connection: sa.Connection, which: "sa.ColumnElement[bool]") -> list[HelpRequest]:
    query = requests.select().where(which).order_by(requests.c.sent_at.desc(), requests.c.id)
    return [_request(row) for row in connection.execute(query)]


def _request(row: sa.Row[Any]) -> HelpRequest:
    return HelpRequest(
        id=row.id,
        goal_id=row.goal_id,
        seeker_id=row.seeker_id,
        helper_id=row.helper_id,
        relationship=Relationship(row.relationship),
        message=row.message,
        state=State(row.state),
        why=WithdrawnBecause(row.why) if row.why else None,
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        reply=row.reply,
    )
