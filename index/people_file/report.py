"""What `python -m index validate` says of a people file: for a person, or as JSON."""

import dataclasses
import json
import re
from collections.abc import Sequence
from itertools import groupby, takewhile
from typing import Any

from index.people_file.people_file import Inspection
from recommender.errors import Problem

_SINGLY = 10
"""More problems of one kind are told together: how many, what they share, and the first."""

_FIRST_ROWS = 5
"""The rows that the text names of problems told together."""

_ROWS_IN_JSON = 100
"""The rows that JSON names of problems told together."""

_SHOWN_IN_FULL = 60
"""A value of this length was cut, so that its end is not the cell's."""


def can_be_used(found: Inspection) -> bool:
    """Return whether a people file has no errors; warnings are allowed."""
    return not _of(found.problems, "error")


def render_json(found: Inspection, *, every: bool = False) -> str:
    """Write `{"file", "rows", "errors": […], "warnings": […]}`.

    Each entry is a problem with its `count`. Where more than `_SINGLY` are alike, one entry has
    the first of them, `count`, some `rows`, and what the values share as `alike`.
    """
    report: dict[str, Any] = {"file": found.file, "rows": len(found.frame)}
    for severity in ("error", "warning"):
        report[severity + "s"] = [
            _entry(group)
            for _, problems in _by_code(_of(found.problems, severity))
            for group in _told_together(problems, every=every)
        ]
    return json.dumps(report, ensure_ascii=False, indent=1)


def render_text(found: Inspection, *, every: bool = False) -> str:
    """Write a line for each problem, and one line for many that are alike."""
    errors, warnings = _of(found.problems, "error"), _of(found.problems, "warning")
    lines = [
        f"{found.file}: {_count(len(found.frame), 'row')}, {_count(len(errors), 'error')}, "
        f"{_count(len(warnings), 'warning')}"
    ]
    lines += [f"error: {line}" for line in problem_lines(errors, every=every)]
    for _, problems in _by_code(warnings):
        groups = _told_together(problems, every=True) if every else [problems]
        lines += [f"warning: {_summary(group)}" for group in groups]
    if not errors:
        lines.append("The file can be used.")
    return "\n".join(lines)


def problem_lines(problems: Sequence[Problem], *, every: bool = False) -> list[str]:
    """Return a line for each problem of one file, and one for more than `_SINGLY` alike."""
    return [
        _summary(group)
        for _, alike in _by_code(problems)
        for group in _told_together(alike, every=every)
    ]


def _told_together(problems: list[Problem], *, every: bool) -> list[list[Problem]]:
    """Part the problems of one kind into what is told together."""
    if every or len(problems) <= _SINGLY:
        return [[problem] for problem in problems]
    return [problems]


def _entry(group: Sequence[Problem]) -> dict[str, Any]:
    entry: dict[str, Any] = dataclasses.asdict(group[0]) | {"count": len(group)}
    if len(group) > 1:
        entry["rows"] = [problem.row for problem in group[:_ROWS_IN_JSON]]
        entry["alike"] = _alike([problem.value for problem in group])
    return entry


def _of(problems: Sequence[Problem], severity: str) -> list[Problem]:
    return [problem for problem in problems if problem.severity == severity]


def _by_code(problems: Sequence[Problem]) -> list[tuple[tuple[str, str], list[Problem]]]:
    """Group by code and column, in the order of each group's first problem."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for key, group in groupby(problems, key=lambda problem: (problem.code, problem.column)):
        groups.setdefault(key, []).extend(group)
    return list(groups.items())


def _sentence(problem: Problem) -> str:
    place = problem.place + (f" {problem.value!r}" if problem.value else "")
    return f"{place}: {_told(problem)}" if place else _told(problem)


def _told(problem: Problem) -> str:
    return f"{problem.message}. {problem.remedy[:1].upper()}{problem.remedy[1:]}."


def _summary(group: Sequence[Problem]) -> str:
    first = group[0]
    if len(group) == 1:
        return _sentence(first)
    rows = ", ".join(str(problem.row) for problem in group[:_FIRST_ROWS])
    more = f" … and {len(group) - _FIRST_ROWS:,} more" if len(group) > _FIRST_ROWS else ""
    alike = _alike([problem.value for problem in group])
    values = f" The first is {first.value!r}{alike and ', ' + alike}." if first.value else ""
    return f"{len(group):,} rows, {first.column}: {_told(first)}{values} Rows {rows}{more}."


def _alike(values: Sequence[str]) -> str:
    """Return what many values share: "all 4,999 end in '.0'"; empty where that is nothing."""
    if not all(values) or any(len(value) >= _SHOWN_IN_FULL for value in values):
        return ""
    if len(set(values)) == 1:
        return f"as are all {len(values):,}"
    start = _common_start(values)
    end = _common_start([value[::-1] for value in values])[::-1]
    mark = next((end[place:] for place, letter in enumerate(end) if not letter.isalnum()), "")
    if mark:
        return f"all {len(values):,} end in {mark!r}"
    sign = re.match(r".*[^\w]", start)  # a year alone says nothing
    return f"all {len(values):,} begin with {sign[0]!r}" if sign else ""


def _common_start(values: Sequence[str]) -> str:
    first, last = min(values), max(values)
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in alike)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
