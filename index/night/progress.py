"""Showing how far a command is: moving bars on a terminal, plain lines elsewhere, JSON if asked."""

import json
import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

LINE_EVERY_S = 10.0
JSON_EVERY_S = 0.5
GATE = "gate"
"""The part of a night in which another program writes to the terminal."""
EMBED, REWRITE = "embed", "rewrite"
"""The parts that tell how far they are: in texts, and in snapshots."""
SAID: dict[str, str] = {
    "read": "reading the people file",
    "compare": "comparing with what is published",
    "load encoder": "loading the model",
    EMBED: "embedding",
    "centre": "centring the vectors",
    "write": "writing the snapshot",
    "verify": "checking the snapshot",
    GATE: "asking the gate",
    "publish": "publishing and pruning",
    "find": "looking for the person",
    "clear": "clearing the cache of embeddings",
    REWRITE: "rewriting snapshots",
}
"""What is said when a part of a command begins, by its name (in a night's report too)."""


@dataclass
class ProgressDisplay:
    """A context that shows the parts of a command as they begin, and how far the long ones are.

    Writes to stderr. `part` is a `build.Part`, `update` a `protocol.Progress`.
    """

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    as_json: bool = False
    """Write a JSON object a line, for a program that reads along: `{"part": "embed"}` as a part
    begins, `{"part": "embed", "done": 20, "total": 900}` as it goes on. What is no such line, the
    gate's words and an error's, is text for a person."""
    _bar: Progress | None = None
    _task: TaskID | None = None
    _part: str = EMBED
    _first: tuple[float, int] | None = None
    """When the first of this part were done, and how many; the rate is counted from there."""
    _last: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop(finished=kind is None)

    def part(self, name: str) -> None:
        """Show that a part of the work begins; `name` is one of `SAID`."""
        self._part, self._first = name, None
        if self.as_json:
            self._line(json.dumps({"part": name}))
            return
        if name == GATE or not self.stream.isatty():
            self._stop(finished=True)
            self._line(SAID[name])
            return
        if self._bar is None:
            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
                TextColumn("{task.fields[told]}"), console=Console(file=self.stream),
            )  # fmt: skip
            self._bar.start()
        self._finish_part()
        self._task = self._bar.add_task(SAID[name], total=None, told="")

    def update(self, done: int, total: int) -> None:
        """Show that `done` of the `total` texts or snapshots of this part are done."""
        clock = time.monotonic()
        if self.as_json:
            if done >= total or clock - self._last >= JSON_EVERY_S:
                self._line(json.dumps({"part": self._part, "done": done, "total": total}))
                self._last = clock
            return
        told = f"{done:,} of {total:,}{self._rate(clock, done, total)}"
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, told=told)
        elif done >= total or clock - self._last >= LINE_EVERY_S:
            self._line(f"{SAID[self._part]} {told}")
            self._last = clock

    def _rate(self, clock: float, done: int, total: int) -> str:
        if self._first is None:
            self._first = clock, done
        began, before = self._first
        if done == before or clock <= began:
            return ""
        rate = (done - before) / (clock - began)
        left = f", {_duration((total - done) / rate)} left" if done < total else ""
        return f", {rate:,.0f} texts/s{left}" if self._part == EMBED else left

    def _line(self, text: str) -> None:
        self.stream.write(text + "\n")
        self.stream.flush()

    def _finish_part(self) -> None:
        if self._bar is not None and self._task is not None:
            total = self._bar.tasks[self._task].total or 1
            self._bar.update(self._task, completed=total, total=total)

    def _stop(self, *, finished: bool) -> None:
        if self._bar is not None:
            if finished:
                self._finish_part()
            self._bar.stop()
            self._bar = self._task = None


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
