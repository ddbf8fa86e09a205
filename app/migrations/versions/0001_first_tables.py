"""The first tables, and triggers that keep the audit trail append-only."""

import sqlalchemy as sa
from alembic import op

from app.store.schema import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE_TRIGGER = """
CREATE TRIGGER audit_refuses_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""

_POSTGRES_FUNCTION = """
CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
"""

_POSTGRES_TRIGGER = """
CREATE TRIGGER audit_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()
"""


def upgrade() -> None:
    """Make every table."""
    op.create_table('audit',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('actor_id', sa.String(length=200), nullable=False),
        sa.Column('action', sa.String(length=40), nullable=False),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('detail', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_table('availability',
        sa.Column('person_id', sa.String(length=200), nullable=False),
        sa.Column('open_to', sa.String(length=40), nullable=True),
        sa.Column('capacity', sa.SmallInteger(), nullable=True),
        sa.Column('paused_until', sa.Date(), nullable=True),
        sa.Column('quotable', sa.String(length=100), nullable=True),
        sa.Column('updated_at', UtcDateTime(), nullable=True),
        sa.CheckConstraint('capacity IS NULL OR capacity BETWEEN 0 AND 100', name=op.f('ck_availability_capacity')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_availability'))
    )
    op.create_table('goals',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('seeker_id', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('relationship', sa.String(length=10), nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('reached_at', UtcDateTime(), nullable=True),
        sa.CheckConstraint("relationship IS NULL OR relationship IN ('mentor', 'coach', 'sponsor', 'peer')", name=op.f('ck_goals_kind')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_goals'))
    )
    op.create_index(op.f('ix_goals_seeker_id'), 'goals', ['seeker_id'], unique=False)
    op.create_table('impressions',
        sa.Column('shown_on', sa.Date(), nullable=False),
        sa.Column('goal_id', sa.String(length=32), nullable=False),
        sa.Column('relationship', sa.String(length=10), nullable=False),
        sa.Column('helper_id', sa.String(length=200), nullable=False),
        sa.Column('seeker_id', sa.String(length=200), nullable=False),
        sa.Column('place', sa.SmallInteger(), nullable=False),
        sa.Column('snapshot_id', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('shown_on', 'goal_id', 'relationship', 'helper_id', name=op.f('pk_impressions'))
    )
    op.create_index(op.f('ix_impressions_helper_id'), 'impressions', ['helper_id'], unique=False)
    op.create_table('requests',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('goal_id', sa.String(length=32), nullable=True),
        sa.Column('seeker_id', sa.String(length=200), nullable=False),
        sa.Column('helper_id', sa.String(length=200), nullable=False),
        sa.Column('relationship', sa.String(length=10), nullable=False),
        sa.Column('message', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('why', sa.String(length=20), nullable=True),
        sa.Column('sent_at', UtcDateTime(), nullable=False),
        sa.Column('expires_at', UtcDateTime(), nullable=False),
        sa.Column('answered_at', UtcDateTime(), nullable=True),
        sa.CheckConstraint("relationship IN ('mentor', 'coach', 'sponsor', 'peer')", name=op.f('ck_requests_kind')),
        sa.CheckConstraint("state IN ('sent', 'later', 'accepted', 'declined', 'expired', 'withdrawn')", name=op.f('ck_requests_state')),
        sa.CheckConstraint('seeker_id <> helper_id', name=op.f('ck_requests_two_people')),
        sa.ForeignKeyConstraint(['goal_id'], ['goals.id'], name=op.f('fk_requests_goal_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_requests'))
    )
    op.create_index(op.f('ix_requests_goal_id'), 'requests', ['goal_id'], unique=False)
    op.create_index(op.f('ix_requests_helper_id'), 'requests', ['helper_id'], unique=False)
    op.create_index(op.f('ix_requests_seeker_id'), 'requests', ['seeker_id'], unique=False)
    op.create_index(op.f('ix_requests_state_expires_at'), 'requests', ['state', 'expires_at'], unique=False)
    op.create_index('uq_requests_one_open', 'requests', ['seeker_id', 'helper_id', 'relationship'], unique=True, sqlite_where=sa.text("state IN ('sent', 'later')"), postgresql_where=sa.text("state IN ('sent', 'later')"))
    op.create_table('relationships',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('request_id', sa.String(length=32), nullable=False),
        sa.Column('seeker_id', sa.String(length=200), nullable=False),
        sa.Column('helper_id', sa.String(length=200), nullable=False),
        sa.Column('relationship', sa.String(length=10), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('started_at', UtcDateTime(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.CheckConstraint("relationship IN ('mentor', 'coach', 'sponsor', 'peer')", name=op.f('ck_relationships_kind')),
        sa.CheckConstraint("state IN ('active', 'ended')", name=op.f('ck_relationships_state')),
        sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_relationships_request_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_relationships')),
        sa.UniqueConstraint('request_id', name=op.f('uq_relationships_request_id'))
    )
    op.create_index(op.f('ix_relationships_helper_id_state'), 'relationships', ['helper_id', 'state'], unique=False)
    op.create_index(op.f('ix_relationships_seeker_id'), 'relationships', ['seeker_id'], unique=False)
    op.create_index('uq_relationships_one_active', 'relationships', ['seeker_id', 'helper_id', 'relationship'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
    op.create_table('feedback',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('person_id', sa.String(length=200), nullable=False),
        sa.Column('topic', sa.String(length=12), nullable=False),
        sa.Column('answer', sa.String(length=24), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('helper_id', sa.String(length=200), nullable=True),
        sa.Column('relationship', sa.String(length=10), nullable=True),
        sa.Column('goal_id', sa.String(length=32), nullable=True),
        sa.Column('relationship_id', sa.String(length=32), nullable=True),
        sa.CheckConstraint("relationship IS NULL OR relationship IN ('mentor', 'coach', 'sponsor', 'peer')", name=op.f('ck_feedback_kind')),
        sa.CheckConstraint("topic IN ('not_for_me', 'met', 'outcome')", name=op.f('ck_feedback_topic')),
        sa.ForeignKeyConstraint(['relationship_id'], ['relationships.id'], name=op.f('fk_feedback_relationship_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
        sa.UniqueConstraint('person_id', 'relationship_id', 'topic', name=op.f('uq_feedback_person_id_relationship_id_topic'))
    )
    op.create_index(op.f('ix_feedback_person_id_topic'), 'feedback', ['person_id', 'topic'], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE_TRIGGER.format(verb=verb))
    else:
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES_TRIGGER)
