"""Who was shown as sums a day and helper, figures once a day, and limits found by an index."""

from math import log2

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LAST_PLACE = 50

_PAIRS = f"""
INSERT INTO impressions (seeker_id, helper_id, counted_on, worth)
SELECT seeker_id, helper_id, MAX(shown_on),
       MAX(CASE place {" ".join(f"WHEN {n} THEN {1 / log2(1 + n)!r}" for n in range(1, _LAST_PLACE))}
           ELSE {1 / log2(1 + _LAST_PLACE)!r} END)
FROM old_impressions GROUP BY seeker_id, helper_id
"""

_SUMS = """
INSERT INTO exposure (shown_on, helper_id, worth, seekers)
SELECT counted_on, helper_id, SUM(worth), COUNT(*) FROM impressions GROUP BY counted_on, helper_id
"""


def upgrade() -> None:
    """Sum up what was shown, each seeker once a helper; the next tidying removes what is old."""
    op.rename_table('impressions', 'old_impressions')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE old_impressions RENAME CONSTRAINT pk_impressions TO pk_old_impressions")
    op.create_table('impressions',
        sa.Column('seeker_id', sa.String(length=200), nullable=False),
        sa.Column('helper_id', sa.String(length=200), nullable=False),
        sa.Column('counted_on', sa.Date(), nullable=False),
        sa.Column('worth', sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint('seeker_id', 'helper_id', name=op.f('pk_impressions'))
    )
    op.create_table('exposure',
        sa.Column('shown_on', sa.Date(), nullable=False),
        sa.Column('helper_id', sa.String(length=200), nullable=False),
        sa.Column('worth', sa.Float(), nullable=False),
        sa.Column('seekers', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('shown_on', 'helper_id', name=op.f('pk_exposure'))
    )
    op.execute(_PAIRS)
    op.execute(_SUMS)
    op.drop_table('old_impressions')
    op.create_table('figures',
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('made_on', name=op.f('pk_figures'))
    )
    op.create_index(op.f('ix_audit_actor_id_at'), 'audit', ['actor_id', 'at'], unique=False)
    op.create_index(op.f('ix_relationships_state_helper_id'), 'relationships', ['state', 'helper_id'], unique=False)
