"""`python -m eval kinds DATASET`: whether a kind that suits a goal is named first."""

import argparse
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("kinds", help="whether a kind that suits a goal is named first")
    add_dataset(parser)
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the shares with their intervals."""
    from eval.datasets.dataset import read_dataset
    from eval.metrics.kind_accuracy import measure_kinds
    from eval.systems.systems import open_snapshot

    dataset = read_dataset(options.dataset)
    for found in measure_kinds(dataset, open_snapshot(dataset, setting_of(options))):
        show(
            f"{found.group} ({found.n_goals}): first kind suits {found.suits}, "
            f"is the best one {found.best}"
        )
    return 0
