"""Whose the records are, whatever number the people file gives them."""

import sqlalchemy as sa
from alembic import op

from app.store.schema import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the first tidying fills it from the snapshot that serves."""
    op.create_table('identities',
        sa.Column('person_key', sa.String(length=200), nullable=False),
        sa.Column('person_id', sa.String(length=200), nullable=False),
        sa.Column('prints', sa.Text(), nullable=False),
        sa.Column('lineage', sa.String(length=32), nullable=False),
        sa.Column('seen_in', sa.String(length=64), nullable=False),
        sa.Column('absent_since', UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('person_key', name=op.f('pk_identities'))
    )
    op.create_index(op.f('ix_identities_person_id'), 'identities', ['person_id'], unique=False)
