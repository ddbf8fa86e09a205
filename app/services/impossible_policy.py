"""What an edited policy asks that cannot be, found before the policy is read as a file."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from recommender.relationships import Relationship


class Impossible(NamedTuple):
    """One thing that cannot be."""

    relationship: Relationship
    says: str
    """The name of the sentence that says so: `levels`, `strength` or `weights`."""
    fills: dict[str, Any]
    """What is filled into it."""


def find_impossible(edits: Mapping[str, Any]) -> Iterator[Impossible]:
    """Yield what cannot be.

    Args:
        edits: by kind, each with all of its fields, as the page edits them.
    """
    for kind in Relationship:
        edited = edits.get(kind.value)
        if edited is None:
            continue
        low, high = edited["min_levels_above"], edited["max_levels_above"]
        if "any" not in (low, high) and low > high:
            yield Impossible(kind, "levels", {"low": low, "high": high})
        strength = edited["strength"]
        if strength["strong"] < strength["fair"]:
            yield Impossible(
                kind, "strength", {name: strength[name] for name in ("strong", "fair")}
            )
        if not any(edited["weights"].values()):
            yield Impossible(kind, "weights", {})
