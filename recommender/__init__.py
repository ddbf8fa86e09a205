"""What a good suggestion is: people, rules, ranking and reasons; no files, no network, no clock."""

__version__ = "0.1.0"
"""Of the whole: what a version promises is in the README."""
