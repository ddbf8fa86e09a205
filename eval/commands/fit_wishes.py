"""`python -m eval fit-wishes DATASET …`: by which words a sentence of a long text says a wish."""

import argparse
import json
from pathlib import Path
from typing import Any

from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("fit-wishes", help="fit which sentences say what is sought")
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the model is written")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what holds on each company left out, and write the model fitted on all."""
    from eval.datasets.dataset import read_dataset
    from eval.training.cases import CASES, read_cases
    from eval.tuning.wish_fit import Texts, fit_wishes, leave_one_out

    rows = read_cases(CASES)
    cases = Texts([row.goal for row in rows], [text for row in rows for text in row.good])
    companies = {
        dataset.name: Texts.of_dataset(dataset) for dataset in map(read_dataset, options.datasets)
    }
    show("goals with somebody's profile pasted before or after them, by what others taught")
    for name, held in leave_one_out(companies, cases).items():
        show(
            f"{name}: {held.kept:.2f} of a goal is kept, {held.foreign:.2f} of what is kept is "
            f"profile, {held.lost:.2f} of the goals are lost"
        )
    model = fit_wishes([cases, *companies.values()])
    if options.out:
        document = {"constant": model.constant, "weights": model.weights}
        text = json.dumps(document, ensure_ascii=False, indent=0, separators=(",", ":"))
        options.out.write_text(text + "\n", encoding="utf-8")
        show(f"{len(model.weights):,} terms → {options.out}")
    return 0
