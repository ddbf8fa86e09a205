"""`python -m eval evidence DATASET`: whether what is quoted as a reason makes the case."""

import argparse
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("evidence", help="whether what is quoted makes the case")
    add_dataset(parser)
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the shares with their intervals."""
    from eval.datasets.dataset import read_dataset
    from eval.metrics.evidence import FIRST, measure_evidence
    from eval.systems.systems import open_snapshot

    dataset, setting = read_dataset(options.dataset), setting_of(options)
    snapshot = open_snapshot(dataset, setting)
    found = measure_evidence(dataset, snapshot, setting.policy, setting.reader)
    show(
        f"{found.n_quotations} quotations on the first {FIRST} cards of {found.n_lists} lists; "
        f"judged: {found.judged}\n"
        f"make the case: {found.makes_the_case}\n"
        f"help:          {found.helps}\n"
        f"mislead:       {found.misleads}\n"
        f"good people shown with one that makes the case: {found.good_with_a_case}\n"
        f"good people shown with any quotation:           {found.good_quoted}"
    )
    return 0
