"""The store: what people asked, offered and answered, in SQLite or PostgreSQL."""
