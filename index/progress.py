"""Showing how far the embedding is: a moving bar on a terminal, a line now and then elsewhere."""

import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

LINE_EVERY_S = 10.0


@dataclass
class ProgressDisplay:
    """A context whose `update` is an `index.encoder.Progress`; writes to stderr."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _bar: Progress | None = None
    _task: TaskID | None = None
    _started: float = 0.0
    _last: float = 0.0

    def __enter__(self) -> Self:
        if self.stream.isatty():
            self._bar = Progress(
                TextColumn("embedding"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
                console=Console(file=self.stream),
            )  # fmt: skip
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, done: int, total: int) -> None:
        """Show that `done` of `total` texts are embedded."""
        clock = time.monotonic()
        self._started = self._started or clock
        rate = done / max(clock - self._started, 1e-3)
        if self._bar is not None:
            if self._task is None:
                self._task = self._bar.add_task("embedding", total=total, rate="")
            self._bar.update(self._task, completed=done, rate=f"{rate:,.0f} texts/s")
        elif done >= total or clock - self._last >= LINE_EVERY_S:
            remaining = (total - done) / max(rate, 1e-9)
            left = f", about {remaining:,.0f} s left" if done < total else ""
            self.stream.write(f"embedding {done:,} of {total:,}, {rate:,.0f} texts/s{left}\n")
            self.stream.flush()
            self._last = clock
