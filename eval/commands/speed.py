"""`python -m eval speed --people N`: how fast an answer is in a drawn company of any size."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import progress_line
from index.arguments import at_least_one
from index.terminal import show

HALDEN = Path(__file__).parent.parent / "datasets" / "halden"


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("speed", help="how fast an answer is in a company of any size")
    parser.add_argument("--people", type=at_least_one, default=10_000, metavar="N")
    parser.add_argument("--goals", type=at_least_one, metavar="M", help="default: all of Halden's")
    parser.add_argument("--rounds", type=at_least_one, default=3, help="default: 3")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--index", type=Path, metavar="DIR",
        help="build the index there, or use the one that is there; default: a temporary folder",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="write JSON in place of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    import json
    import tempfile

    from eval.performance.speed import measure
    from eval.performance.speed_report import render

    with tempfile.TemporaryDirectory(prefix="speed-") as temporary:
        found = measure(
            options.people, HALDEN, options.index or Path(temporary) / "index",
            n_goals=options.goals, rounds=options.rounds, seed=options.seed,
            progress=progress_line("rounds of goals"),
        )  # fmt: skip
    show(json.dumps(found, indent=1) if options.json else render(found))
    return 0
