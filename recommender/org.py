"""Reporting lines as intervals: who is above, below or beside whom, for everyone at once.

A depth-first numbering of the reporting forest gives each person an interval `[enter, leave)` that
holds exactly the intervals of everyone below them. So "is B anywhere below A" is two comparisons,
and everyone below A is one slice of the depth-first order.

Some people have a second manager beside the first (a matrix, a dotted line, a project). Such lines
are few, stand beside the forest, and are walked: power goes along both kinds of line alike.

Source: nested intervals, J. Celko, "Trees and Hierarchies in SQL for Smarties", 2004, chapter 4.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.errors import InputError

NO_ROW = -1
"""The row number that stands for 'nobody' or 'unknown'."""

NO_DISTANCE = -1
"""The distance between people without a common manager."""

NO_LINES: NDArray[np.int32] = np.zeros((0, 2), np.int32)
"""The second lines of a company that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Org:
    """The reporting forest of `n_people`; row i is person i of `People`."""

    manager: NDArray[np.int32]
    """`(n_people,)` int32: the manager's row, `NO_ROW` for none."""
    enter: NDArray[np.int32]
    """`(n_people,)` int32: the person's place in depth-first order, 0 to n_people - 1."""
    leave: NDArray[np.int32]
    """`(n_people,)` int32: one past the last place of the person's subtree."""
    depth: NDArray[np.int32]
    """`(n_people,)` int32: steps to the top of the person's tree, 0 for a root."""
    placed: NDArray[np.bool_]
    """`(n_people,)` bool: has a manager or a report. Who is not placed has no known line of
    command, so rules about power exclude them."""
    order: NDArray[np.int32]
    """`(n_people,)` int32: the rows in depth-first order, the inverse of `enter`."""
    second: NDArray[np.int32]
    """`(n_lines, 2)` int32: a report's row and the row of a second manager, by report."""

    @classmethod
    def from_managers(
        cls, manager: NDArray[np.int32], second: NDArray[np.int32] | None = None
    ) -> Self:
        """Number the forest, level by level, in O(n) vector operations a level.

        Args:
            manager: `(n_people,)` int32, the row of each person's manager, `NO_ROW` for none.
            second: `(n_lines, 2)` int32, a report's row and the row of a second manager; these
                lines may go round in a circle.

        Raises:
            InputError: a row number is out of range, or the first lines form a cycle.
        """
        manager = np.ascontiguousarray(manager, dtype=np.int32)
        n_people = len(manager)
        if n_people and not ((manager >= NO_ROW) & (manager < n_people)).all():
            raise InputError("a manager's row number is out of range")
        second = NO_LINES if second is None else np.asarray(second, np.int32)
        if not ((second >= 0) & (second < n_people)).all():
            raise InputError("a second manager's row number is out of range")
        levels = _levels(manager)
        depth = np.zeros(n_people, np.int32)
        for number, rows in enumerate(levels):
            depth[rows] = number
        size = np.ones(n_people, np.int32)
        for rows in reversed(levels[1:]):
            np.add.at(size, manager[rows], size[rows])
        enter = np.zeros(n_people, np.int32)
        for number, rows in enumerate(levels):
            first = 1 if number else 0
            start = enter[manager[rows]] + first if number else np.zeros(len(rows), np.int32)
            enter[rows] = start + _offset_among_siblings(manager[rows], size[rows])
        has_report = np.zeros(n_people, np.bool_)
        has_report[manager[manager >= 0]] = True
        order = np.empty(n_people, np.int32)
        order[enter] = np.arange(n_people, dtype=np.int32)
        second = second[np.argsort(second[:, 0], kind="stable")]
        placed = (manager >= 0) | has_report
        return cls(manager, enter, enter + size, depth, placed, order, second)

    def above(self, row: int) -> NDArray[np.bool_]:
        """Mark everyone to whom `row` reports, directly or not: `(n_people,)` bool."""
        mask = np.zeros(len(self.manager), np.bool_)
        mask[self.line_up(row)] = True
        if len(self.second):
            self._mark_above(mask, row)
        return mask

    def below(self, row: int) -> NDArray[np.bool_]:
        """Mark everyone who reports to `row`, directly or not: `(n_people,)` bool."""
        mask = self._subtree(row)
        if len(self.second):
            self._mark_below(mask, row)
        return mask

    def _mark_above(self, mask: NDArray[np.bool_], row: int) -> None:
        """Mark also whom the second lines lead up to, and the lines above these."""
        waiting = [row, *np.flatnonzero(mask).tolist()]
        while waiting:
            for upper in self.second_managers(waiting.pop()):
                line = [one for one in (upper, *self.line_up(upper)) if not mask[one]]
                mask[line] = True
                waiting += line
        mask[row] = False

    def _mark_below(self, mask: NDArray[np.bool_], row: int) -> None:
        """Mark also whom the second lines lead down to, and everyone below these."""
        reports, managers = self.second.T
        mask[row] = True
        while len(found := reports[mask[managers] & ~mask[reports]]):
            for report in found:
                mask[self.order[self.enter[report] : self.leave[report]]] = True
        mask[row] = False

    def _subtree(self, row: int) -> NDArray[np.bool_]:
        """Mark everyone below `row` by first lines only."""
        first, end = int(self.enter[row]) + 1, int(self.leave[row])
        if (end - first) * 16 > len(self.order):
            # reading every place in order is faster than writing to many places out of order
            return np.asarray((self.enter >= first) & (self.enter < end), np.bool_)
        mask = np.zeros(len(self.order), np.bool_)
        mask[self.order[first:end]] = True
        return mask

    def chain(self, row: int) -> NDArray[np.bool_]:
        """Mark the whole line of command above and below `row`: `(n_people,)` bool."""
        return self.below(row) | self.above(row)

    def next_to(self, row: int) -> NDArray[np.bool_]:
        """Mark `row`'s own managers and direct reports, first and second: `(n_people,)` bool."""
        mask: NDArray[np.bool_] = self.manager == row
        reports, managers = self.second.T
        mask[reports[managers == row]] = True
        mask[self.managers(row)] = True
        return mask

    def is_above(self, upper: int, lower: int) -> bool:
        """Return whether `lower` reports to `upper`, directly or through others."""
        if self.enter[upper] < self.enter[lower] < self.leave[upper]:
            return True
        return bool(len(self.second) and self.above(lower)[upper])

    def in_chain(self, one: int, other: int) -> bool:
        """Return whether one of the two is anywhere above the other."""
        return self.is_above(one, other) or self.is_above(other, one)

    def managers(self, row: int) -> list[int]:
        """List `row`'s own managers, the first one first; nobody at the top of a line."""
        first = int(self.manager[row])
        return [*([] if first == NO_ROW else [first]), *self.second_managers(row)]

    def second_managers(self, row: int) -> list[int]:
        """List `row`'s second managers."""
        reports, managers = self.second.T
        found: list[int] = managers[slice(*np.searchsorted(reports, [row, row + 1]))].tolist()
        return found

    def line_up(self, row: int) -> list[int]:
        """List `row`'s managers from the direct one to the top, by first lines only."""
        line: list[int] = []
        upper = int(self.manager[row])
        while upper != NO_ROW:
            line.append(upper)
            upper = int(self.manager[upper])
        return line

    def top(self, row: int) -> int:
        """Find who stands at the top of `row`'s line; `row` itself where nobody is above."""
        line = self.line_up(row)
        return line[-1] if line else row

    def distances(self, row: int, others: NDArray[np.integer]) -> NDArray[np.int32]:
        """Count the steps from `row` to each of `others` through their nearest common manager.

        Args:
            row: the person from whom is counted.
            others: `(n,)` rows.

        Returns:
            `(n,)` int32: 0 for oneself, 1 for a manager or report, 2 for a teammate …;
            `NO_DISTANCE` where the two have no common manager.
        """
        own, there = self.depth[row], self.depth[others]
        common = np.full(len(others), NO_DISTANCE, np.int32)
        place = self.enter[others]
        for upper in [row, *self.line_up(row)]:
            inside = (self.enter[upper] <= place) & (place < self.leave[upper]) & (common < 0)
            common[inside] = self.depth[upper]
        return np.where(common >= 0, own + there - 2 * common, NO_DISTANCE).astype(np.int32)


def _levels(manager: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """List the rows of each depth, siblings side by side, the roots first.

    Raises:
        InputError: some people cannot be reached from a root, so the lines form a cycle.
    """
    by_manager = np.argsort(manager, kind="stable")
    counts = np.bincount(manager[manager >= 0], minlength=len(manager))
    n_roots = int((manager < 0).sum())
    first_report = (
        n_roots + np.concatenate(([0], np.cumsum(counts)[:-1])) if len(manager) else counts
    )
    levels = [by_manager[:n_roots]]
    reached = n_roots
    while len(levels[-1]):
        bosses = levels[-1][counts[levels[-1]] > 0]
        lengths = counts[bosses]
        total = int(lengths.sum())
        within = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        levels.append(by_manager[np.repeat(first_report[bosses], lengths) + within])
        reached += total
    if reached != len(manager):
        raise InputError(
            f"the reporting lines of {len(manager) - reached} people form a cycle; "
            "run 'python -m index validate' on the people file to see it"
        )
    return levels[:-1]


def _offset_among_siblings(
    manager: NDArray[np.int32], size: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Sum the subtree sizes of each row's earlier siblings; siblings must stand side by side."""
    before = np.concatenate(([0], np.cumsum(size)[:-1])) if len(size) else np.zeros(0, np.int64)
    if not len(size):
        return before.astype(np.int32)
    is_first = np.concatenate(([True], manager[1:] != manager[:-1]))
    group = np.cumsum(is_first) - 1
    return np.asarray(before - before[is_first][group], np.int32)
