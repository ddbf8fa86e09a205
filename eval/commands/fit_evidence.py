"""`python -m eval fit-evidence DATASET …`: which passages make the case, fitted on judged ones."""

import argparse
import json
from pathlib import Path
from typing import Any

from eval.commands.options import add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("fit-evidence", help="fit which passages make the case")
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    add_setting(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the model is written")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what holds on each company left out, and write the model fitted on all."""
    from eval.datasets.dataset import read_dataset
    from eval.systems.systems import open_snapshot
    from eval.tuning.evidence_fit import FIRST, fit_evidence, leave_one_out, read_passages

    setting = setting_of(options)
    companies = {}
    for folder in options.datasets:
        dataset = read_dataset(folder)
        companies[dataset.name] = read_passages(
            dataset, open_snapshot(dataset, setting), setting.policy
        )
    if len(companies) > 1:
        show(f"quoted on the first {FIRST} cards, each company by what was learnt from the others")
        for name, held in leave_one_out(companies).items():
            show(
                f"{name}: {held.n} quotations, {held.case:.2f} make the case, "
                f"{held.misleads:.2f} mislead; good people with one that makes it "
                f"{held.good_with_a_case:.2f}"
            )
    model = fit_evidence(list(companies.values()))
    document = {
        "helps": model.helps, "case": model.case, "quote_from": model.quote_from,
        "fitted_on": list(companies),
    }  # fmt: skip
    if options.out:
        options.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        show(f"→ {options.out}")
    return 0
