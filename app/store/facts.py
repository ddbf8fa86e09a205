"""What changed since the night's snapshot, read in a few queries however many people there are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.store.feedback import feedback_of
from app.store.impressions import own_exposure_before
from app.store.offers import own_capacities, own_kinds, own_quotable, paused_helpers
from app.store.records import OPEN_STATES, HelpRequest, NotForMe, State
from app.store.relationships import active_counts, bonds_of
from app.store.requests import requests_by, requests_to
from app.store.schema import requests
from recommender.policy import Limits
from recommender.profiles import Field
from recommender.relationships import Relationship


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the store knows at this moment, by the ids of people; first of all, then of a seeker."""

    paused: Sequence[str]
    """Helpers who are away."""
    open_to: Sequence[tuple[str, str]]
    """Helpers and the kinds they said they are open to, joined by ';'."""
    capacity: Sequence[tuple[str, int]]
    """Helpers and how many they said they would take on."""
    active: Sequence[tuple[str, int]]
    """Helpers and how many they help now; who helps nobody is absent."""
    asked_enough: Sequence[str]
    """Helpers with as many open requests as the policy allows."""
    quotable: Sequence[tuple[str, frozenset[Field]]] = ()
    """Helpers and which parts of their profile they let be quoted."""
    own_exposure: Sequence[tuple[str, float]] = ()
    """Helpers and how much of their exposure is this seeker's own looking, which changes nothing
    for this seeker, so that a list stays as it is."""
    asked: Mapping[Relationship, frozenset[str]] = field(default_factory=dict)
    """Whom this seeker asked and who has not answered, said no or let it expire within the
    cooldown, and who already is in a relationship of this kind with the seeker."""
    resting: frozenset[str] = frozenset()
    """Those of `asked` who rest for every kind: all but the relationships."""
    hidden: frozenset[str] = frozenset()
    """Whom the seeker does not want to see at all."""
    hidden_by_kind: Mapping[Relationship, frozenset[str]] = field(default_factory=dict)
    """Whom the seeker does not want to see for one kind."""


def company_facts(connection: sa.Connection, limits: Limits, now: datetime) -> StoreFacts:
    """Read what is true of helpers whoever asks."""
    return StoreFacts(
        paused=paused_helpers(connection, now),
        open_to=own_kinds(connection),
        capacity=own_capacities(connection),
        active=active_counts(connection),
        asked_enough=_asked_enough(connection, limits.open_requests_per_helper, now),
        quotable=own_quotable(connection),
    )


def read_facts(
    connection: sa.Connection,
    seeker_id: str,
    limits: Limits,
    now: datetime,
    goal_id: str | None = None,
) -> StoreFacts:
    """Read what lies over the snapshot for one seeker.

    Args:
        connection: any transaction.
        seeker_id: for whom.
        limits: the policy's.
        now: the moment.
        goal_id: the goal that is asked for, whose own 'not what I meant' count.
    """
    since = now - timedelta(days=limits.cooldown_days_after_decline)
    sent = [one for one in requests_by(connection, seeker_id) if _rests(one, since)]
    asked: dict[Relationship, set[str]] = defaultdict(set)
    for request in sent:
        asked[request.relationship].add(request.helper_id)
    for kind, other in _together(connection, seeker_id):
        asked[kind].add(other)
    hidden, hidden_by_kind = _not_for_me(connection, seeker_id, goal_id)
    return replace(
        company_facts(connection, limits, now),
        own_exposure=own_exposure_before(connection, now.date(), seeker_id),
        asked={kind: frozenset(ids) for kind, ids in asked.items()},
        resting=frozenset(request.helper_id for request in sent),
        hidden=frozenset(hidden),
        hidden_by_kind={kind: frozenset(ids) for kind, ids in hidden_by_kind.items()},
    )


def _asked_enough(connection: sa.Connection, limit: int, now: datetime) -> list[str]:
    query = (
        sa.select(requests.c.helper_id)
        .where(requests.c.state.in_(OPEN_STATES), requests.c.expires_at > now)
        .group_by(requests.c.helper_id)
        .having(sa.func.count() >= limit)
    )
    return list(connection.execute(query).scalars())


def _rests(request: HelpRequest, since: datetime) -> bool:
    """Return whether a helper is left in peace: asked, or silent or said no within the cooldown."""
    if request.state is State.DECLINED:
        return request.answered_at is not None and request.answered_at > since
    if request.state is State.EXPIRED:
        return request.expires_at > since
    return request.state.is_open


def _together(connection: sa.Connection, seeker_id: str) -> Iterator[tuple[Relationship, str]]:
    """List who helps the seeker now; peers count from both sides, asked or together."""
    for bond in bonds_of(connection, seeker_id):
        mutual = bond.relationship is Relationship.PEER
        if bond.is_active and (mutual or bond.seeker_id == seeker_id):
            yield bond.relationship, bond.other(seeker_id)
    for request in requests_to(connection, seeker_id):
        if request.relationship is Relationship.PEER and request.state.is_open:
            yield Relationship.PEER, request.seeker_id


def _not_for_me(
    connection: sa.Connection, seeker_id: str, goal_id: str | None
) -> tuple[set[str], dict[Relationship, set[str]]]:
    everywhere: set[str] = set()
    by_kind: dict[Relationship, set[str]] = defaultdict(set)
    for answer in feedback_of(connection, seeker_id, "not_for_me"):
        reach = NotForMe(answer.answer).reach
        if answer.helper_id is None or answer.relationship is None:
            continue
        if reach == "every":
            everywhere.add(answer.helper_id)
        elif reach == "kind" or answer.goal_id == goal_id:
            by_kind[answer.relationship].add(answer.helper_id)
    return everywhere, by_kind
