"""`python -m eval validate DATASET [RUN …]`: name every problem of a dataset and of runs."""

import argparse
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset
from recommender.errors import DatasetError, PeopleFileError, Problem


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("validate", help="find all problems of a dataset and of runs")
    add_dataset(parser)
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each problem; 0 without any, else 1."""
    from eval.datasets.dataset import read_dataset
    from eval.metrics.fairness_audit import check_groups
    from eval.systems.runs import read_run

    try:
        dataset = read_dataset(options.dataset)
        check_groups(dataset)
        for path in options.runs:
            read_run(path, dataset)
    except (DatasetError, PeopleFileError) as error:
        errors = [problem for problem in error.problems if problem.severity == "error"]
        for problem in errors:
            print(_sentence(problem))
        return 1
    lists, good = len(dataset.asks), len(dataset.good_lists)
    print(
        f"{dataset.name}: {len(dataset.people):,} people, {len(dataset.goals):,} goals, "
        f"{lists:,} lists to make, {len(dataset.qrels):,} judgements, "
        + ("rated pairs" if dataset.rated else f"{good:,} lists with somebody good")
    )
    return 0


def _sentence(problem: Problem) -> str:
    place = f", {problem.place}" if problem.place else ""
    value = f" {problem.value!r}" if problem.value else ""
    return f"{problem.file}{place}{value}: {problem.message}; {problem.remedy}"
