"""The programme's figures of the newest day on which somebody looked."""

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.store.schema import figures


class DailyFigures(NamedTuple):
    """What was counted on a day, as text."""

    made_on: date
    content: str


def newest_figures(connection: sa.Connection) -> DailyFigures | None:
    """Look up the newest figures."""
    query = figures.select().order_by(figures.c.made_on.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else DailyFigures(row.made_on, row.content)


def keep_figures(
    connection: sa.Connection, made_on: date, content: str, instead_of: str | None = None
) -> str:
    """Keep a day's figures in place of older ones; returns those that somebody kept first.

    Args:
        connection: a writing transaction.
        made_on: the day.
        content: its figures.
        instead_of: figures that this version of the program cannot read.
    """
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    mine = insert(figures).values(made_on=made_on, content=content)
    old = (figures.c.made_on < made_on) | (figures.c.content == instead_of)
    connection.execute(figures.delete().where(old))
    connection.execute(mine.on_conflict_do_nothing())
    query = sa.select(figures.c.content).where(figures.c.made_on == made_on)
    return str(connection.execute(query).scalar_one())
