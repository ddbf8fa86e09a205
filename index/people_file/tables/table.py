"""A table file as text: the known columns, with where each row stands, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.errors import Problem

_SHOWN = 60
"""The most characters of a value that a report shows."""


@dataclass(frozen=True, slots=True)
class Table:
    """The known columns of a table file as text, with where each row stands."""

    file: str
    frame: pd.DataFrame
    """Text, "" for an empty cell; only the known columns that the file has; index 0 to n - 1."""
    rows: NDArray[np.int64]
    """`(n,)`: each record's row as a spreadsheet shows it, the header being row 1."""
    lines: NDArray[np.int64] | None
    """`(n,)`: the line of a text file where each record begins; None for other formats."""
    problems: list[Problem]
    torn: frozenset[int] = field(default=frozenset())
    """Records with too few or too many cells; what their cells say is not to be judged."""
    whole: bool = True
    """False where reading stopped before the end, so people may be missing."""
    garbled: bool = False
    """True where the text was not UTF-8, so that letters may be wrong."""

    def line(self, record: int) -> int | None:
        """Return the line where a record begins, if that differs from its row."""
        if self.lines is None or self.lines[record] == self.rows[record]:
            return None
        return int(self.lines[record])

    def problem(
        self,
        record: int,
        column: str,
        code: str,
        message: str,
        remedy: str,
        *,
        value: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """Name a fault of one record."""
        return Problem(
            self.file, code, message, remedy, int(self.rows[record]), column, shown(value),
            severity, self.line(record),
        )  # fmt: skip


def shown(value: str) -> str:
    """Shorten a value, and spell out what a terminal would obey or hide."""
    cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in cut
    )


def unread(file: str, problems: Sequence[Problem]) -> Table:
    """Return the table of a file that could not be read at all."""
    return Table(file, pd.DataFrame(), np.zeros(0, np.int64), None, list(problems), whole=False)
