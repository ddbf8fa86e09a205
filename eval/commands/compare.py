"""`python -m eval compare RUN_A RUN_B --dataset D`: whether A is better than B, and where."""

import argparse
from pathlib import Path
from typing import Any

from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("compare", help="whether one run is better than another")
    parser.add_argument("run_a", type=Path, metavar="RUN_A")
    parser.add_argument("run_b", type=Path, metavar="RUN_B")
    parser.add_argument("--dataset", type=Path, required=True, metavar="D")
    parser.add_argument("--json", action="store_true", help="write JSON in place of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the comparison."""
    import dataclasses
    import json

    from eval.datasets.dataset import read_dataset
    from eval.experiments.comparison import compare_runs
    from eval.experiments.summary import render_comparison
    from eval.systems.runs import read_run

    dataset = read_dataset(options.dataset)
    found = compare_runs(
        read_run(options.run_a, dataset), read_run(options.run_b, dataset), dataset
    )
    if options.json:
        show(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1))
        return 0
    frame = dataset.people.frame
    titles = dict(zip(frame["person_id"], frame["job_title"], strict=True))
    show(render_comparison(found, titles))
    return 0
