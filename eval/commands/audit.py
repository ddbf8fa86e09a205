"""`python -m eval audit DATASET RUN --out DIR`: for whom the matches are worse."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="for which groups the matches are worse")
    add_dataset(parser)
    parser.add_argument("run_file", type=Path, metavar="RUN")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write audit.csv there as well")
    parser.add_argument("--policy", type=Path, help="the rules to keep; default: the project's")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the audit."""
    from eval.datasets.dataset import read_dataset
    from eval.experiments.summary import write_csv
    from eval.metrics.fairness_audit import audit, is_auditable, render_audit
    from eval.systems.run_gaps import describe_gaps
    from eval.systems.runs import read_run
    from eval.systems.systems import read_policy
    from recommender.errors import InputError

    dataset = read_dataset(options.dataset)
    if not is_auditable(dataset):
        raise InputError(
            f"{dataset.name} has no declared groups, or no judgements of whole lists, to audit by"
        )
    measured = read_run(options.run_file, dataset)
    found = audit(measured, dataset, read_policy(options.policy)[1])
    if options.out:
        write_csv(found, options.out / "audit.csv")
    show(render_audit(found))
    for gap in describe_gaps(measured.frame, dataset):
        show(f"\n{measured.name}: {gap}")
    return 0
