"""`python -m eval measure DATASET RUN… --out DIR`: how good runs are, ours or not."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("measure", help="measure runs against a dataset's judgements")
    add_dataset(parser)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run.csv or its folder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--policy", type=Path, help="the rules to keep; default: the project's")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write `measures.csv` and `lists.csv`, and print the means."""
    from eval.datasets.dataset import read_dataset
    from eval.experiments.summary import render_measures, summarise, write_measures
    from eval.systems.runs import read_run
    from eval.systems.systems import read_policy

    dataset = read_dataset(options.dataset)
    _, policy = read_policy(options.policy)
    summaries = [summarise(read_run(path, dataset), path, dataset, policy) for path in options.runs]
    write_measures(summaries, dataset, options.out)
    show(render_measures(summaries, dataset))
    return 0
