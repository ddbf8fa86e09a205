"""One immutable build of the index: its files, how they are written, opened and verified."""
