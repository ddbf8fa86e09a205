"""A people file checked in a child that may not grow, so that a heavy one does not end a server.

Run as `python -m index.people_file.apart FILE`; the child prints the problems as JSON.
"""

import dataclasses
import json
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from index.people_file.people_file import inspect_people
from recommender.errors import Problem

MAX_MEMORY = 4 << 30
"""Bytes by which the child may grow; a night, which is a process of its own, may take more."""

MAX_SECONDS = 300

MAX_PROBLEMS = 20_000
"""The problems that are told; a file of a million rows can have millions."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about a people file."""

    problems: list[Problem]
    """The first `MAX_PROBLEMS`, errors before warnings."""
    total: int
    names: dict[int, str] = field(default_factory=dict)
    """The display names of the rows that have problems, as far as they have one."""


def check_apart(
    path: Path, max_memory: int = MAX_MEMORY, max_seconds: int = MAX_SECONDS
) -> Checked:
    """Check a people file in a child of this process.

    Args:
        path: the people file.
        max_memory: bytes by which the child may grow.
        max_seconds: how long it may take.
    """
    command = [sys.executable, "-m", __name__, str(path.resolve()), str(max_memory),
               str(max_seconds)]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  (our own module, and a path that is no option)
            command, capture_output=True, timeout=max_seconds, check=False,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        found = None
    if found is None:
        return Checked([Problem(
            path.name, "too_heavy", "checking the file takes too much memory or time for a page",
            "check it by 'python -m index validate'; where that too takes long, export only the "
            "people who work here now and the columns that are needed",
        )], 1)  # fmt: skip
    names = {int(row): name for row, name in found["names"].items()}
    return Checked([Problem(**one) for one in found["problems"]], found["total"], names)


def _check(path: Path, max_memory: int, max_seconds: int) -> None:
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = used * resource.getpagesize() + max_memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (max_seconds, max_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = inspect_people(path)
    problems = sorted(found.problems, key=lambda one: one.severity)
    told = problems[:MAX_PROBLEMS]
    called = found.frame["display_name"].tolist()
    names = {
        one.row: str(called[one.row - 2])  # the header is row 1
        for one in told
        if one.row is not None and 0 <= one.row - 2 < len(called)
    }
    document = {
        "problems": [dataclasses.asdict(one) for one in told],
        "total": len(problems),
        "names": {row: name for row, name in names.items() if name},
    }
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    _check(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
