"""The store's tables: what people asked, offered, answered and were shown.

Ids of people are the keys that stay theirs (`identities`) and are never foreign keys: people live
in the snapshot.
Texts are what people wrote to each other or for themselves; the audit trail holds ids and words of
fixed lists. Migrations (`app/migrations`) make exactly these tables; a test compares the two.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, aware in Python on both databases (SQLite keeps no zone of its own)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored; pass UTC")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_KINDS = "relationship IN ('mentor', 'coach', 'sponsor', 'peer')"


def _id() -> "sa.Column[str]":
    return sa.Column("id", sa.String(32), primary_key=True)


def _person(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(200), nullable=False)


def _kind(*, optional: bool = False) -> "sa.Column[str]":
    return sa.Column("relationship", sa.String(10), nullable=optional)


identities = sa.Table(
    "identities",
    metadata,
    sa.Column("person_key", sa.String(200), primary_key=True),
    sa.Column("person_id", sa.String(200), nullable=False),
    sa.Column("prints", sa.Text, nullable=False),
    sa.Column("lineage", sa.String(32), nullable=False),
    sa.Column("seen_in", sa.String(64), nullable=False),
    sa.Column("absent_since", UtcDateTime),
    sa.Index(None, "person_id"),
)
"""How the humans are known again who go by a key in the other tables; see `app.store.identities`.

`prints` are fingerprints joined by ';', `lineage` names the secret under which they were made."""

goals = sa.Table(
    "goals",
    metadata,
    _id(),
    _person("seeker_id"),
    sa.Column("text", sa.Text, nullable=False),
    _kind(optional=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("reached_at", UtcDateTime),
    sa.CheckConstraint(f"relationship IS NULL OR {_KINDS}", name="kind"),
    sa.Index(None, "seeker_id"),
)
"""A learning goal; its text belongs to the seeker, who can delete it."""

availability = sa.Table(
    "availability",
    metadata,
    sa.Column("person_id", sa.String(200), primary_key=True),
    sa.Column("open_to", sa.String(40)),
    sa.Column("capacity", sa.SmallInteger),
    sa.Column("paused_until", sa.Date),
    sa.Column("quotable", sa.String(100)),
    sa.Column("updated_at", UtcDateTime),
    sa.CheckConstraint("capacity IS NULL OR capacity BETWEEN 0 AND 100", name="capacity"),
)
"""What a helper said here, laid over the people file; an empty cell leaves the file's answer.

`open_to` and `quotable` are words joined by ';'. `paused_until` is the first day on which the
person is there again. On PostgreSQL a helper's row is also the lock that acceptances queue for."""

requests = sa.Table(
    "requests",
    metadata,
    _id(),
    sa.Column("goal_id", sa.String(32), sa.ForeignKey("goals.id", ondelete="SET NULL")),
    _person("seeker_id"),
    _person("helper_id"),
    _kind(),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("reply", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("why", sa.String(20)),
    sa.Column("sent_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.CheckConstraint(_KINDS, name="kind"),
    sa.CheckConstraint(
        "state IN ('sent', 'later', 'accepted', 'declined', 'expired', 'withdrawn')", name="state"
    ),
    sa.CheckConstraint("seeker_id <> helper_id", name="two_people"),
    sa.Index(None, "seeker_id"),
    sa.Index(None, "helper_id"),
    sa.Index(None, "goal_id"),
    sa.Index(None, "state", "expires_at"),
    sa.Index(
        "uq_requests_one_open",
        "seeker_id",
        "helper_id",
        "relationship",
        unique=True,
        sqlite_where=sa.text("state IN ('sent', 'later')"),
        postgresql_where=sa.text("state IN ('sent', 'later')"),
    ),
)
"""A request; `why` says how a withdrawn one ended, never why a declined one was declined.

`reply` is what the helper said with a yes; empty where nothing."""

relationships = sa.Table(
    "relationships",
    metadata,
    _id(),
    sa.Column("request_id", sa.String(32), sa.ForeignKey("requests.id"), nullable=False),
    _person("seeker_id"),
    _person("helper_id"),
    _kind(),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("agenda", sa.Text, nullable=False, server_default=""),
    sa.Column("next_on", sa.Date),
    sa.CheckConstraint(_KINDS, name="kind"),
    sa.CheckConstraint("state IN ('active', 'ended')", name="state"),
    sa.UniqueConstraint("request_id"),
    sa.Index(None, "seeker_id"),
    sa.Index(None, "helper_id", "state"),
    sa.Index(None, "state", "helper_id"),
    sa.Index(
        "uq_relationships_one_active",
        "seeker_id",
        "helper_id",
        "relationship",
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    ),
)
"""What an accepted request became; `agenda` and `next_on` are seen and set by both of the two."""

notes = sa.Table(
    "notes",
    metadata,
    sa.Column(
        "relationship_id", sa.String(32), sa.ForeignKey("relationships.id"), primary_key=True
    ),
    sa.Column("person_id", sa.String(200), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "person_id"),
)
"""What one of the two wrote for themselves about a relationship; nobody else reads it."""

feedback = sa.Table(
    "feedback",
    metadata,
    _id(),
    _person("person_id"),
    sa.Column("topic", sa.String(12), nullable=False),
    sa.Column("answer", sa.String(24), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("helper_id", sa.String(200)),
    _kind(optional=True),
    sa.Column("goal_id", sa.String(32)),
    sa.Column("relationship_id", sa.String(32), sa.ForeignKey("relationships.id")),
    sa.CheckConstraint(f"relationship IS NULL OR {_KINDS}", name="kind"),
    sa.CheckConstraint("topic IN ('not_for_me', 'met', 'outcome')", name="topic"),
    sa.Index(None, "person_id", "topic"),
    sa.UniqueConstraint("person_id", "relationship_id", "topic"),
)
"""Private answers of `person_id`: 'not for me' about a helper, 'did you meet', and the outcome."""

impressions = sa.Table(
    "impressions",
    metadata,
    sa.Column("seeker_id", sa.String(200), primary_key=True),
    sa.Column("helper_id", sa.String(200), primary_key=True),
    sa.Column("counted_on", sa.Date, nullable=False),
    sa.Column("worth", sa.Float, nullable=False),
)
"""Who was shown to whom, and when and with how much it came into `exposure`; kept while it counts,
so that nobody counts twice."""

exposure = sa.Table(
    "exposure",
    metadata,
    sa.Column("shown_on", sa.Date, primary_key=True),
    sa.Column("helper_id", sa.String(200), primary_key=True),
    sa.Column("worth", sa.Float, nullable=False),
    sa.Column("seekers", sa.Integer, nullable=False),
)
"""How much a helper was shown on a day, and to how many."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column(
        "id",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.String(200), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("detail", sa.String(200), nullable=False),
    sa.Index(None, "actor_id", "at"),
)
"""Who did what to which record. Append-only: triggers refuse UPDATE and DELETE."""

figures = sa.Table(
    "figures",
    metadata,
    sa.Column("made_on", sa.Date, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
)
"""The programme's figures as they are shown on a day: rounded, of nobody in particular."""
