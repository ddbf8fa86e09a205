"""`python -m eval needs DATASET`: whether needs are told from circumstances."""

import argparse
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("needs", help="whether needs are told from circumstances")
    add_dataset(parser)
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the shares with their intervals."""
    from eval.datasets.dataset import read_dataset
    from eval.metrics.need_accuracy import measure_needs
    from eval.systems.systems import open_snapshot

    dataset = read_dataset(options.dataset)
    found = measure_needs(dataset, open_snapshot(dataset, setting_of(options)))
    show(
        f"{found.n_goals} goals of several parts, {found.n_needs} of {found.n_parts} parts needs\n"
        f"of what is read as circumstance, no need: {found.right}\n"
        f"of what is no need, read as circumstance: {found.found}"
    )
    return 0
