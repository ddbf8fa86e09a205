"""What a relationship's page holds: a reply, an agenda, a next date, and private notes."""

import sqlalchemy as sa
from alembic import op

from app.store.schema import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty, and the table."""
    op.add_column('requests', sa.Column('reply', sa.Text(), server_default='', nullable=False))
    op.add_column('relationships', sa.Column('agenda', sa.Text(), server_default='', nullable=False))
    op.add_column('relationships', sa.Column('next_on', sa.Date(), nullable=True))
    op.create_table('notes',
        sa.Column('relationship_id', sa.String(length=32), nullable=False),
        sa.Column('person_id', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('updated_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['relationship_id'], ['relationships.id'], name=op.f('fk_notes_relationship_id')),
        sa.PrimaryKeyConstraint('relationship_id', 'person_id', name=op.f('pk_notes'))
    )
    op.create_index(op.f('ix_notes_person_id'), 'notes', ['person_id'], unique=False)
