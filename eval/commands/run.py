"""`python -m eval run DATASET --out DIR [--system NAME]`: rank everyone for every goal."""

import argparse
import time
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("run", help="rank everyone who may be suggested, for every goal")
    add_dataset(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--system", default="recommender",
        help="recommender (default), random, level, popularity, bm25, profile, mean-passage, "
        "passages",
    )  # fmt: skip
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write `run.csv`, `run.json` and `timing.json`."""
    from eval.datasets.dataset import read_dataset
    from eval.experiments.execution import execute
    from eval.systems.runs import RUN_FILE

    started = time.perf_counter()
    dataset = read_dataset(options.dataset)
    done = execute(options.system, dataset, setting_of(options), options.out)
    show(
        f"{options.system} on {dataset.name}: {len(dataset.asks):,} lists, "
        f"{len(done.run.frame):,} rows in {time.perf_counter() - started:.1f} s "
        f"→ {options.out / RUN_FILE}"
    )
    return 0
