"""`python -m eval strength DATASET`: whether strong and weak keep what they promise."""

import argparse
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("strength", help="how many strong, fair and weak matches are good")
    add_dataset(parser)
    add_setting(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print both tables; 1 where strong or weak breaks its promise on held-out seekers."""
    from eval.commands.fit import render_held
    from eval.datasets.dataset import read_dataset
    from eval.systems.systems import open_snapshot
    from eval.tuning.judged_lists import read_lists
    from eval.tuning.strength import (
        calibrate,
        check_policy,
        keeps_promise,
        shown_of,
    )
    from recommender.relationships import Relationship

    setting = setting_of(options)
    dataset = read_dataset(options.dataset)
    lists = read_lists(dataset, open_snapshot(dataset, setting), setting.policy)
    shown = shown_of(lists, {kind: setting.policy.of(kind).weights for kind in Relationship})
    own, found = check_policy(shown, setting.policy), calibrate(shown)
    show(f"{len(shown.good)} suggestions shown, {shown.good.mean():.3f} of them good")
    show("fitted on other seekers (10 deals into 5 folds):")
    show(render_held(found.held))
    show("by the policy as it is:")
    show(render_held(own))
    return 0 if found.holds and keeps_promise(own) else 1
