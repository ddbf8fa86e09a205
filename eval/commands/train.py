"""`python -m eval train --out DIR`: tune the encoder on cases; writes an adapter."""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("train", help="tune the encoder on cases; writes an adapter")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", default="default", help="the model's folder")
    parser.add_argument("--cases", type=Path, nargs="+", help="default: the project's own")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train, and say where the adapter is."""
    from eval.training.cases import CASES
    from eval.training.train import train
    from index.encoder.model_folder import find_model

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    cases = options.cases or CASES
    base = find_model(options.model).path
    train(base, options.out, cases, seed=options.seed, threads=options.threads)
    show(f"adapter in {options.out}")
    return 0
