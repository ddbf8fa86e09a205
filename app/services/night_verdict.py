"""The night in one word: whether what serves is new, whole and meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.services.night import Event

LATE_AFTER = timedelta(hours=36)
"""A company that builds every night has missed one when what serves is older than this."""


class Lamp(StrEnum):
    """How a verdict looks."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: the lamp, which sentence, and what is filled into it."""

    lamp: Lamp
    says: str
    """The name of the sentence."""
    fills: dict[str, Any] = field(default_factory=dict)


def judge_night(state: Mapping[str, Any], history: Sequence[Event], now: datetime) -> Verdict:
    """Judge the state of an index.

    Args:
        state: as `Night.state`.
        history: as `Night.history`, the newest first.
        now: the moment.
    """
    if state["problem"]:
        return Verdict(Lamp.BAD, "broken")
    serving = next((one for one in state["snapshots"] if one["id"] == state["current"]), None)
    if serving is None or "report" not in serving:
        return Verdict(Lamp.BAD, "nothing")
    made = datetime.fromisoformat(serving["created_at"])
    last = next((one for one in history if one.action in _DECISIVE), None)
    if last is not None and last.action == "stopped":
        return Verdict(Lamp.BAD, "stopped", {"at": last.at, "why": last.subject, "made": made})
    if last is not None and last.action == "rollback":
        return Verdict(Lamp.LOOK, "rolled_back", {"at": last.at, "made": made, "by": last.by})
    if now - made > LATE_AFTER:
        return Verdict(Lamp.LOOK, "late", {"made": made, "days": (now - made).days})
    changes = serving["report"].get("people", {})
    gate = last_gate(state["history"], serving["id"])
    values = {
        "at": made, "people": serving["people"], "added": changes.get("added", 0),
        "left": changes.get("left", 0), "gate": gate,
    }  # fmt: skip
    first = changes.get("added", 0) == serving["people"]
    return Verdict(Lamp.GOOD, "first" if first else "worked", values)


_DECISIVE = ("publish", "rollback", "stopped")


def last_gate(history: Sequence[Mapping[str, Any]], snapshot_id: str) -> str:
    """Return what came of the gate when a snapshot was published; empty where it was not asked."""
    return next(
        (
            str(entry.get("gate") or "")
            for entry in reversed(history)
            if entry.get("action") == "publish" and entry.get("snapshot") == snapshot_id
        ),
        "",
    )
