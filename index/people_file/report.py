"""What `python -m index validate` says of a people file: for a person, or as JSON."""

import dataclasses
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TextIO

from index.people_file.people_file import Inspection, inspect_people
from recommender.errors import Problem

_PRINTED = 200
"""The most errors of one code that the text prints; JSON has all."""

_FIRST_ROWS = 5
"""The rows that a warning's summary names."""


def validate_command(path: Path, *, as_json: bool, stream: TextIO) -> int:
    """Check a people file and write the report.

    Args:
        path: the people file.
        as_json: write JSON in place of text.
        stream: where the report goes.

    Returns:
        0 where the file can be used (warnings are allowed), 1 where it cannot.
    """
    found = inspect_people(path)
    text = render_json(found) if as_json else render_text(found)
    stream.write(text + "\n")
    return 1 if _of(found.problems, "error") else 0


def render_json(found: Inspection) -> str:
    """Write `{"file", "rows", "errors": […], "warnings": […]}` with all problems in full."""
    report = {
        "file": found.file,
        "rows": len(found.frame),
        "errors": [dataclasses.asdict(problem) for problem in _of(found.problems, "error")],
        "warnings": [dataclasses.asdict(problem) for problem in _of(found.problems, "warning")],
    }
    return json.dumps(report, ensure_ascii=False, indent=1)


def render_text(found: Inspection) -> str:
    """Write one line for each error, and one for each kind of warning."""
    errors, warnings = _of(found.problems, "error"), _of(found.problems, "warning")
    lines = [
        f"{found.file}: {_count(len(found.frame), 'row')}, {_count(len(errors), 'error')}, "
        f"{_count(len(warnings), 'warning')}"
    ]
    for _, group in _by_code(errors):
        lines += [f"error: {_sentence(problem)}" for problem in group[:_PRINTED]]
        if len(group) > _PRINTED:
            lines.append(
                f"error: … and {len(group) - _PRINTED:,} more: {group[0].message} "
                "(--json lists all)"
            )
    lines += [f"warning: {_summary(group)}" for _, group in _by_code(warnings)]
    if not errors:
        lines.append("The file can be used.")
    return "\n".join(lines)


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
    if len(group) == 1:
        return _sentence(group[0])
    rows = ", ".join(str(problem.row) for problem in group[:_FIRST_ROWS])
    more = f" … and {len(group) - _FIRST_ROWS:,} more" if len(group) > _FIRST_ROWS else ""
    first = group[0]
    return f"{len(group):,} rows, {first.column}: {_told(first)} Rows {rows}{more}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
