"""`python -m eval report DATASET --out report.html`: one page for people."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("report", help="write one page that says how good the matches are")
    add_dataset(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--runs", nargs="+", type=Path, metavar="RUN",
        help="runs to show, ours first; default: make them all",
    )  # fmt: skip
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make or read the runs, and write the page."""
    from eval.datasets.dataset import read_dataset
    from eval.experiments.bench import run_all
    from eval.experiments.summary import summarise
    from eval.report.report import write_report
    from eval.systems.runs import read_run

    dataset, setting = read_dataset(options.dataset), setting_of(options)
    if options.runs:
        summaries = [
            summarise(read_run(path, dataset), path, dataset, setting.policy)
            for path in options.runs
        ]
    else:
        summaries = run_all(dataset, setting, setting.work / "runs")
    write_report(dataset, summaries, setting.policy, options.out)
    show(f"{dataset.name}: {len(summaries)} systems → {options.out}")
    return 0
