"""Every system on every dataset, in one table."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eval.datasets.dataset import Dataset
from eval.experiments.execution import execute
from eval.experiments.summary import (
    Summary,
    render_table,
    summarise,
    tabulate_measures,
    write_csv,
)
from eval.metrics.quality import ALL_KINDS, PAIR_LOSS
from eval.systems.systems import SYSTEMS, Setting

SHOWN = ("nDCG@5", "nDCG@10", "P@5", "RR", "R@50")


def run_all(
    dataset: Dataset, setting: Setting, folder: Path, systems: Sequence[str] = SYSTEMS
) -> list[Summary]:
    """Run and measure systems on a dataset, ours first."""
    summaries = []
    for name in systems:
        place = folder / dataset.name / name
        done = execute(name, dataset, setting, place)
        summaries.append(summarise(done.run, place, dataset, setting.policy))
    return summaries


def bench_rows(dataset: Dataset, summaries: Sequence[Summary]) -> list[list[str]]:
    """Return a row of text for each system; see `HEADER`."""
    rows = []
    for summary in summaries:
        means, conduct = summary.quality.means, summary.conduct
        shown = [
            str(means[ALL_KINDS, name]) if (ALL_KINDS, name) in means else "–"
            for name in (*SHOWN, PAIR_LOSS)
        ]
        violations = "–" if dataset.goals["person_id"].eq("").all() else str(
            sum(conduct.violations.values())
        )  # fmt: skip
        found = summary.reasons
        reasons = "–"
        if found and found["quoting"]:
            reasons = f"{found['quoting_lowered'] / found['quoting']:.1%}"
        rows.append([f"{dataset.name}: {summary.run.name}", *shown, violations, reasons,
                     f"{conduct.coverage:.2f}", f"{conduct.gini:.2f}"])  # fmt: skip
    return rows


HEADER = ("system", *SHOWN, PAIR_LOSS, "violations", "true reasons", "coverage", "Gini")


def write_bench(
    parts: Sequence[tuple[Dataset, Sequence[Summary]]], folder: Path
) -> tuple[Path, str]:
    """Write `bench.md` and `bench.csv`.

    Returns:
        The Markdown file, and the table for a terminal.
    """
    rows = [row for dataset, summaries in parts for row in bench_rows(dataset, summaries)]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bench.md"
    path.write_text(_markdown(parts, rows), encoding="utf-8")
    tables = [tabulate_measures(summaries, dataset) for dataset, summaries in parts]
    write_csv(pd.concat(tables, ignore_index=True), folder / "bench.csv")
    said = [f"{dataset.name}: {dataset.origin}" for dataset, _ in parts if dataset.origin]
    return path, "\n".join([render_table(HEADER, rows), *said])


def _markdown(
    parts: Sequence[tuple[Dataset, Sequence[Summary]]], rows: Sequence[Sequence[str]]
) -> str:
    lines = [
        "# How good the matches are",
        "",
        "Means with 95 % bootstrap intervals; every system ranks the same eligible people. Higher "
        "is better, but for the pair loss. A judged goal that a system leaves out counts as zero.",
        "",
        f"| {' | '.join(HEADER)} |",
        f"|{'---|' * len(HEADER)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    for dataset, _ in parts:
        counted = (
            f"{len(dataset.qrels):,} ratings" if dataset.rated
            else f"{len(dataset.good_lists):,} judged lists with somebody good"
        )  # fmt: skip
        lines += ["", f"**{dataset.name}**: {len(dataset.people):,} people, "
                  f"{len(dataset.goals):,} goals, {counted}."]  # fmt: skip
        if dataset.provenance:
            lines += ["", "<details><summary>How its judgements were made</summary>", "",
                      dataset.provenance.strip(), "", "</details>"]  # fmt: skip
    return "\n".join(lines) + "\n"
