"""Bringing a store's tables to this version: by a command, never by a page."""

from alembic import command
from alembic.config import Config
from sqlalchemy import exc, text

from app.store.database import MIGRATIONS, Store, begin_writing, make_engine, store_url
from recommender.errors import StoreError

_MIGRATION_LOCK = 7250631
"""PostgreSQL's advisory lock that two migrations at once queue for; any fixed number serves."""

_WAIT_S = 600
"""How long a migration waits for another one."""


def migrate(url: str) -> str:
    """Make or update a store's tables in one transaction; what is up to date stays untouched.

    Args:
        url: `sqlite:///path/to/store.sqlite` (made where missing; its folder must exist), or
            `postgresql://user@host/name` (the database must exist).

    Returns:
        The version that the store has now.

    Raises:
        StoreError: the address is unusable, the store cannot be reached, or a step failed, and then
            the tables are as before.
    """
    address = store_url(url)
    engine = make_engine(address, create=True)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.connect() as connection, begin_writing(connection, _WAIT_S):
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except exc.SQLAlchemyError as error:
        shown = address.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise StoreError(
            f"the store {shown} could not be migrated and is as it was: {reason}; "
            "check that the folder or the database exists and that this user may write there"
        ) from error
    finally:
        engine.dispose()
    store = Store(url)
    store.close()
    return store.revision
