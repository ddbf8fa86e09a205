"""Many sessions that search at once, each a websocket that speaks Streamlit's protocol.

    python -m tests.end_to_end.load --url http://127.0.0.1:8501 --sessions 50 --seconds 300

A browser for each session would weigh more than the server; the messages are the same.
"""

import argparse
import asyncio
import csv
import itertools
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

GOALS = Path(__file__).parents[2] / "eval" / "datasets" / "halden" / "goals.csv"
PATIENCE_S = 60.0


@dataclass
class Figures:
    """What the sessions saw together."""

    searches_s: list[float] = field(default_factory=list)
    """From pressing 'Find colleagues' until the page is drawn to its end."""
    starts_s: list[float] = field(default_factory=list)
    """From opening the page until somebody is signed in."""
    errors: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, float | int | list[str]]:
        found = np.array(self.searches_s) if self.searches_s else np.zeros(1)
        return {
            "searches": len(self.searches_s),
            "errors": len(self.errors),
            "p50_s": round(float(np.quantile(found, 0.5)), 3),
            "p95_s": round(float(np.quantile(found, 0.95)), 3),
            "max_s": round(float(found.max()), 3),
            "first_errors": self.errors[:5],
        }


class Session:
    """One browser tab: what it shows, and what was typed into it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._states: dict[str, WidgetState] = {}
        self._widgets: dict[str, str] = {}
        self._page_hash = ""
        self.texts: list[str] = []
        self.alerts: list[str] = []

    async def rerun(self, pressed: str = "") -> None:
        """Let the page run, a button pressed, and read until it is done."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page_hash
        message.rerun_script.query_string = ""
        for state in self._states.values():
            message.rerun_script.widget_states.widgets.append(state)
        if pressed:
            message.rerun_script.widget_states.widgets.append(
                WidgetState(id=self._widgets[pressed], trigger_value=True)
            )
        await self._socket.send(message.SerializeToString())
        await self._read()

    def fill(self, label: str, text: str) -> None:
        """Type into a box."""
        widget = self._widgets[label]
        self._states[widget] = WidgetState(id=widget, string_value=text)

    async def _read(self) -> None:
        self.texts, self.alerts = [], []
        async with asyncio.timeout(PATIENCE_S):
            while True:
                raw = await self._socket.recv()
                assert isinstance(raw, bytes)
                message = ForwardMsg.FromString(raw)
                kind = message.WhichOneof("type")
                if kind == "new_session":
                    self._page_hash = message.new_session.page_script_hash
                    self.texts, self.alerts = [], []
                elif kind == "delta" and message.delta.HasField("new_element"):
                    self._keep(message)
                elif kind == "script_finished":
                    if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        continue
                    return

    def _keep(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        part = getattr(element, kind)
        if kind in ("text_area", "text_input", "button"):
            self._widgets[part.label] = part.id
        elif kind == "html":
            self.texts.append(part.body)
        elif kind == "alert":
            self.alerts.append(part.body)


async def play(
    url: str, person: str, goals: Sequence[str], until: float, figures: Figures, wait_s: float
) -> None:
    """Sign in as a person and search until the time is over."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
            started = time.perf_counter()
            session = Session(socket)
            await session.rerun()
            session.fill("Who are you?", person)
            await session.rerun()
            await session.rerun("Continue")
            figures.starts_s.append(time.perf_counter() - started)
            searched = False
            for goal in itertools.cycle(goals):
                if time.monotonic() > until:
                    return
                if searched:
                    await session.rerun("Change")
                searched = True
                session.fill("What would you like to learn?", goal)
                started = time.perf_counter()
                await session.rerun("Find colleagues")
                figures.searches_s.append(time.perf_counter() - started)
                cards = sum("<article" in text for text in session.texts)
                honest = any("Nobody here yet" in text for text in session.texts)
                if not (cards or honest):
                    figures.errors.append(f"{cards} cards; {session.alerts}")
                await asyncio.sleep(random.uniform(0.5, 1.5) * wait_s)
    except (OSError, TimeoutError, KeyError, AssertionError) as error:
        figures.errors.append(f"{type(error).__name__}: {error}")


async def load(
    url: str, sessions: int, seconds: float, *, people: Sequence[tuple[str, str]], wait_s: float
) -> Figures:
    """Let many sessions search at once.

    Args:
        url: where the pages are.
        sessions: how many.
        seconds: for how long.
        people: person (by number) and goal.
        wait_s: how long somebody reads before the next search, on average.
    """
    figures, until = Figures(), time.monotonic() + seconds
    goals = [goal for _, goal in people]
    async with asyncio.TaskGroup() as group:
        for number in range(sessions):
            person = people[number % len(people)][0]
            own = goals[number:] + goals[:number]
            group.create_task(play(url, person, own, until, figures, wait_s))
            await asyncio.sleep(0.05)
    return figures


def halden_people() -> list[tuple[str, str]]:
    """Read who of the sample company wants to learn what, once each."""
    with GOALS.open(encoding="utf-8", newline="") as file:
        goals = {row["person_id"]: row["text"] for row in csv.DictReader(file)}
    return list(goals.items())


def main() -> int:
    """Run the load and print its figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8501")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--wait", type=float, default=5.0, help="seconds between two searches")
    options = parser.parse_args()
    figures = asyncio.run(
        load(
            options.url,
            options.sessions,
            options.seconds,
            people=halden_people(),
            wait_s=options.wait,
        )
    )
    print(json.dumps({"sessions": options.sessions, **figures.as_dict()}, ensure_ascii=False))
    return 1 if figures.errors else 0


if __name__ == "__main__":
    sys.exit(main())
