"""Options that several commands share."""

import argparse
import sys
import time
from pathlib import Path

from eval.systems.readers import SAYS, SMALL, open_reader
from eval.systems.systems import Setting, read_policy
from index.encoder.protocol import EncoderSettings, Progress

WORK = Path("var/eval")


def add_dataset(parser: argparse.ArgumentParser) -> None:
    """Take the dataset's folder."""
    parser.add_argument(
        "dataset", type=Path, metavar="DATASET",
        help="a folder with people.csv, goals.csv and qrels.csv",
    )  # fmt: skip


def add_setting(parser: argparse.ArgumentParser) -> None:
    """Take the policy, the model, and where to keep indexes."""
    parser.add_argument("--policy", type=Path, help="rules and weights; default: the project's")
    parser.add_argument("--reader", default=SMALL, help=SAYS)
    add_model(parser)


def add_model(parser: argparse.ArgumentParser) -> None:
    """Take the model, and where to keep indexes."""
    parser.add_argument("--model", default="default", help="a model's folder or name")
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    parser.add_argument(
        "--adapter", action=argparse.BooleanOptionalAction, default=True,
        help="use what this project trained on top of the model",
    )  # fmt: skip
    parser.add_argument(
        "--work", type=Path, default=WORK, help=f"where indexes are kept; default: {WORK}"
    )


def setting_of(options: argparse.Namespace) -> Setting:
    """Read what `add_setting` took.

    Raises:
        PolicyError: the policy file has an unknown key or an impossible value.
    """
    encoder = EncoderSettings(
        model=options.model, adapter=options.adapter, precision=options.precision
    )
    text, policy = read_policy(options.policy)
    return Setting(
        text, policy, encoder, options.work, progress_line("embedding"),
        open_reader(options.reader),
    )  # fmt: skip


def progress_line(what: str) -> Progress | None:
    """Show progress on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        return None
    shown = [0.0]

    def show(done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total or now - shown[0] > 0.2:
            shown[0] = now
            end = "\n" if done >= total else ""
            sys.stderr.write(f"\r{what}: {done:,} of {total:,}{end}")
            sys.stderr.flush()

    return show
