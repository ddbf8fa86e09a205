"""`python -m eval train-reader DATASET …`: the small reader, fitted on judged companies."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.commands.options import add_model, setting_of
from eval.systems.readers import NONE
from index.terminal import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.tuning.reader_fit import HeldOut


CUTS = (
    (0.5, 0.18),
    (0.55, 0.16),
    (0.6, 0.14),
    (0.64, 0.12),
    (0.66, 0.11),
    (0.68, 0.1),
    (0.7, 0.09),
)
"""Probabilities from which on a match is called strong, and fair, shown for comparison."""


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("train-reader", help="fit the small reader on judged companies")
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    parser.add_argument("--policy", type=Path, help="rules and weights; default: the project's")
    add_model(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the weights are written")
    parser.set_defaults(run=run, reader=NONE)  # it is learnt on top of the signals


def run(options: argparse.Namespace) -> int:
    """Print what holds on each company left out, and write the reader fitted on all.

    What takes long, embedding the people, is kept in the work folder: begun anew it goes on.
    """
    from eval.datasets.dataset import read_dataset
    from eval.systems.systems import open_snapshot
    from eval.tuning.reader_fit import fit_reader, leave_one_out, read_shortlists

    setting = setting_of(options)
    companies = {}
    for folder in options.datasets:
        dataset = read_dataset(folder)
        companies[dataset.name] = read_shortlists(
            dataset, open_snapshot(dataset, setting), setting.policy
        )
    if len(companies) > 1:
        show(render_held(leave_one_out(companies), setting.policy))
    if options.out:
        text = fit_reader(list(companies.values())).to_json()
        options.out.write_text(text, encoding="utf-8")
        show(f"→ {options.out}")
    return 0


def render_held(held: "Sequence[HeldOut]", policy: Any) -> str:
    """Write what the reader gains on companies left out, and what its strengths keep."""
    import numpy as np
    import pandas as pd

    from eval.metrics.intervals import compare_pairs, estimate_mean, number_clusters
    from eval.tuning.strength import hold

    table = pd.DataFrame(
        [(one.company, str(one.kind), one.seeker, one.before, one.after) for one in held],
        columns=["company", "kind", "seeker", "before", "after"],
    )
    table = table.dropna()
    lines = ["nDCG@5, each company by what was learnt from the others: signals alone, read, gain"]
    parts = [("all lists", table), *table.groupby("company", sort=False),
             *table.groupby("kind", sort=False)]  # fmt: skip
    for name, part in parts:
        clusters = number_clusters(part["seeker"])
        before, after = (
            estimate_mean(part[column].to_numpy(np.float64), clusters)
            for column in ("before", "after")
        )
        gain = compare_pairs((part["after"] - part["before"]).to_numpy(np.float64), clusters)
        lines.append(
            f"{name:10} {before}  {after}  {gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}], "
            f"p {gain.p_value:.4f}, n {gain.n}"
        )
    mean = table.groupby("company")[["before", "after"]].mean().mean()
    lines.append(f"mean of companies {mean['before']:.4f} {mean['after']:.4f}")
    lines.append("strength of those shown, by the policy's cuts and by others: so many are good")
    own = [policy.of(one.kind).strength for one in held]
    counts = [len(one.good) for one in held]
    good = np.concatenate([one.good for one in held])
    probability = np.concatenate([one.probability for one in held])
    cuts = [("policy", [one.strong for one in own], [one.fair for one in own])]
    cuts += [(f"{one} {two}", [one] * len(own), [two] * len(own)) for one, two in CUTS]
    for name, strong, fair in cuts:
        found = hold(good, probability, np.repeat(strong, counts), np.repeat(fair, counts))
        says = ", ".join(f"{one.word} {one.good:.3f} ({one.share:.1%})" for one in found)
        lines.append(f"{name:10} {says}")
    return "\n".join(lines)
