"""What people write for themselves about a relationship."""

from datetime import datetime

import sqlalchemy as sa

from app.store.schema import notes


def find_note(connection: sa.Connection, bond_id: str, person_id: str) -> str:
    """Return a person's own note; empty where there is none."""
    mine = (notes.c.relationship_id == bond_id) & (notes.c.person_id == person_id)
    return str(connection.execute(sa.select(notes.c.text).where(mine)).scalar() or "")


def save_note(
    connection: sa.Connection, bond_id: str, person_id: str, text: str, now: datetime
) -> None:
    """Keep a person's own note in place of the one before; an empty one is removed."""
    mine = (notes.c.relationship_id == bond_id) & (notes.c.person_id == person_id)
    connection.execute(notes.delete().where(mine))
    if text:
        values = {
            "relationship_id": bond_id, "person_id": person_id, "text": text, "updated_at": now,
        }  # fmt: skip
        connection.execute(notes.insert().values(**values))
