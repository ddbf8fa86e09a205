"""The steps that bring a store's tables from version to version; Alembic runs them in order."""
