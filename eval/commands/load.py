"""`python -m eval load DATASET`: what it costs and brings that exposure follows capacity."""

import argparse
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("load", help="what sharing the showing out costs and brings")
    add_dataset(parser)
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the curve."""
    from eval.datasets.dataset import read_dataset
    from eval.systems.systems import open_snapshot
    from eval.tuning.load_curve import measure_load

    setting = setting_of(options)
    dataset = read_dataset(options.dataset)
    points = measure_load(dataset, open_snapshot(dataset, setting), setting.policy)
    show("load_penalty  nDCG@5   loss  most shown   Gini  people shown")
    for point in points:
        show(
            f"{point.penalty:12.2f}  {point.ndcg:6.4f} {points[0].ndcg - point.ndcg:+6.4f}  "
            f"{point.most_shown:10.1f}  {point.gini:5.3f}  {point.people_shown:12.0f}"
        )
    return 0
