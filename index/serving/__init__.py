"""Which snapshot serves, and how readers follow it."""
