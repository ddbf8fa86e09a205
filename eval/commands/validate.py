"""`python -m eval validate DATASET [RUN …]`: name every problem of a dataset and of runs."""

import argparse
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset
from index.terminal import show
from recommender.errors import DatasetError, PeopleFileError, Problem


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("validate", help="find all problems of a dataset and of runs")
    add_dataset(parser)
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each problem, one for many alike; 0 without any, else 1."""
    from eval.datasets.dataset import read_dataset
    from eval.metrics.fairness_audit import check_groups
    from eval.systems.run_gaps import describe_gaps
    from eval.systems.runs import read_run

    try:
        dataset = read_dataset(options.dataset)
        check_groups(dataset)
        runs = [read_run(path, dataset) for path in options.runs]
    except (DatasetError, PeopleFileError) as error:
        errors = [problem for problem in error.problems if problem.severity == "error"]
        for line in _lines(errors):
            show(line)
        return 1
    lists, good = len(dataset.asks), len(dataset.good_lists)
    show(
        f"{dataset.name}: {len(dataset.people):,} people, {len(dataset.goals):,} goals, "
        f"{lists:,} lists to make, {len(dataset.qrels):,} judgements, "
        + ("rated pairs" if dataset.rated else f"{good:,} lists with somebody good")
    )
    for one in runs:
        gaps = describe_gaps(one.frame, dataset)
        show(f"{one.name}: {'; '.join(gaps) or 'every judged list is there'}")
    return 0


def _lines(problems: Sequence[Problem]) -> Iterator[str]:
    from index.people_file.report import problem_lines

    for file, found in groupby(problems, key=lambda problem: problem.file):
        yield from (f"{file}: {line}" for line in problem_lines(list(found)))
