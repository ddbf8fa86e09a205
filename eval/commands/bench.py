"""`python -m eval bench DATASET … --out DIR`: every system on every dataset, in one table."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("bench", help="all systems on all datasets, in one table")
    parser.add_argument("datasets", nargs="+", type=Path, metavar="DATASET")
    parser.add_argument(
        "--benchmarks", type=Path, metavar="DIR",
        help="take every dataset folder in DIR as well, where DIR exists",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run, measure, print the table, and write it and a report for each dataset."""
    from eval.datasets.dataset import read_dataset
    from eval.experiments.bench import run_all, write_bench
    from eval.report.report import write_report

    setting = setting_of(options)
    folders = [*options.datasets]
    if options.benchmarks and options.benchmarks.is_dir():
        folders += sorted(path.parent for path in options.benchmarks.glob("*/goals.csv"))
    parts = []
    for folder in folders:
        dataset = read_dataset(folder)
        summaries = run_all(dataset, setting, options.out / "runs")
        write_report(dataset, summaries, setting.policy, options.out / f"{dataset.name}.html")
        parts.append((dataset, summaries))
    path, table = write_bench(parts, options.out)
    show(f"{table}\n→ {path}")
    return 0
