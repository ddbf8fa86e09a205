"""The one way to write: whole files, an index folder under its lock, and the cache."""
