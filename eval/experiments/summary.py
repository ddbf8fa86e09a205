"""All figures of runs on one dataset: gathered, written as CSV, and printed as tables."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eval.datasets.dataset import Dataset
from eval.experiments.comparison import Comparison
from eval.experiments.execution import FAITHFULNESS_FILE
from eval.metrics.exposure import Conduct, measure_conduct
from eval.metrics.intervals import Difference
from eval.metrics.quality import (
    ALL_KINDS,
    MEASURES,
    PAIR_LOSS,
    Quality,
    measure_quality,
)
from eval.systems.run_gaps import describe_gaps
from eval.systems.runs import Run
from recommender.policy import Policy

CONDUCT_FIGURES = ("violations", "eligible", "coverage", "gini", "catalogue_share")
REASON_FIGURES = (
    "quoting", "quoting_lowered", "quotations", "lowered", "share", "largest_sum_error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything measured about one run."""

    run: Run
    quality: Quality
    conduct: Conduct
    reasons: dict[str, Any] | None
    """What came of checking the reasons, where the run was made with a check."""


def summarise(run: Run, path: Path, dataset: Dataset, policy: Policy) -> Summary:
    """Measure a run in every way; `path` is where the check of its reasons may lie beside it."""
    beside = (path if path.is_dir() else path.parent) / FAITHFULNESS_FILE
    reasons = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else None
    return Summary(
        run, measure_quality(run, dataset), measure_conduct(run, dataset, policy), reasons
    )


def tabulate_measures(summaries: Sequence[Summary], dataset: Dataset) -> pd.DataFrame:
    """Put all figures in rows of `dataset, run, kind, measure, value, low, high, n`."""
    rows: list[tuple[object, ...]] = []
    for summary in summaries:
        name = summary.run.name
        for (kind, measure), mean in summary.quality.means.items():
            rows.append(
                (dataset.name, name, kind, measure, mean.value, mean.low, mean.high, mean.n)
            )
        conduct = summary.conduct.to_json()
        rows += [
            (dataset.name, name, ALL_KINDS, figure, conduct[figure], None, None, None)
            for figure in CONDUCT_FIGURES
        ]
        rows += [
            (dataset.name, name, ALL_KINDS, f"reasons {figure}", summary.reasons[figure],
             None, None, None)
            for figure in REASON_FIGURES if summary.reasons
        ]  # fmt: skip
    columns = ["dataset", "run", "kind", "measure", "value", "low", "high", "n"]
    return pd.DataFrame(rows, columns=columns).astype({"n": "Int64"})


def write_measures(summaries: Sequence[Summary], dataset: Dataset, folder: Path) -> None:
    """Write `measures.csv` (means) and `lists.csv` (each judged list of each run)."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(tabulate_measures(summaries, dataset), folder / "measures.csv")
    lists = [
        summary.quality.lists.assign(run=summary.run.name)
        for summary in summaries
        if len(summary.quality.lists)
    ]
    if lists:
        write_csv(pd.concat(lists, ignore_index=True), folder / "lists.csv")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table with six decimals and lines that end alike everywhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")


def render_measures(summaries: Sequence[Summary], dataset: Dataset) -> str:
    """Print the means of all runs side by side, and by kind."""
    names = (PAIR_LOSS,) if dataset.rated else MEASURES
    shown = ["run", *names, "violations", "coverage", "gini", "top-10 share"]
    rows = []
    for summary in summaries:
        conduct = summary.conduct
        means = [str(summary.quality.means[ALL_KINDS, name]) for name in names]
        rows.append(
            [summary.run.name, *means, str(sum(conduct.violations.values())),
             f"{conduct.coverage:.3f}", f"{conduct.gini:.3f}", f"{conduct.catalogue_share:.3f}"]
        )  # fmt: skip
    text = f"{dataset.name}: {_basis(summaries[0], dataset)}\n{render_table(shown, rows)}"
    kinds = sorted({kind for kind, _ in summaries[0].quality.means} - {ALL_KINDS})
    if kinds:
        by_kind = [
            [summary.run.name, *(str(summary.quality.means[kind, MEASURES[0]]) for kind in kinds)]
            for summary in summaries
        ]
        text += f"\n\n{MEASURES[0]} by kind\n{render_table(['run', *kinds], by_kind)}"
    if dataset.origin:
        text += f"\n\n{dataset.name}: {dataset.origin}"
    for summary in summaries:
        text += "".join(
            f"\n\n{summary.run.name}: {gap}" for gap in describe_gaps(summary.run.frame, dataset)
        )
    for summary in summaries:
        if summary.reasons:
            text += (
                f"\n\n{summary.run.name}: without all that is quoted "
                f"{summary.reasons['quoting_lowered']:,} of {summary.reasons['quoting']:,} "
                f"suggestions score lower; singly {summary.reasons['lowered']:,} of "
                f"{summary.reasons['quotations']:,} quotations bear on the score; contributions "
                f"sum to the score within {summary.reasons['largest_sum_error']:.0e}"
            )
    return text


def render_comparison(comparison: Comparison, people: dict[str, str]) -> str:
    """Print a comparison; `people` gives each id's title."""
    rows = [
        [row.kind, row.measure, f"{row.a:.3f}", f"{row.b:.3f}", render_difference(row.difference),
         f"{row.difference.p_value:.4f}", f"{row.wins}–{row.losses}–{row.equal}"]
        for row in comparison.rows
    ]  # fmt: skip
    header = ["kind", "measure", "A", "B", "A − B", "p", "wins–losses–equal"]
    parts = [
        f"A = {comparison.name_a}, B = {comparison.name_b}; intervals 95 %, p by flipping signs",
        render_table(header, rows),
        *(f"\n{gap}" for gap in comparison.gaps),
    ]
    parts += [
        f"\n{change.goal_id} {change.relationship}: nDCG@5 {change.a:.2f} against {change.b:.2f}\n"
        f"  “{change.text}”\n"
        f"  A: {_persons(change.suggested_by_a, people)}\n"
        f"  B: {_persons(change.suggested_by_b, people)}"
        for change in comparison.changes
    ]
    return "\n".join(parts)


def render_difference(difference: Difference) -> str:
    """Write a difference with its sign and interval."""
    return f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]"


def render_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Print columns of text, the first to the left and the others to the right."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _basis(summary: Summary, dataset: Dataset) -> str:
    interval = next(iter(summary.quality.means.values()))
    if dataset.rated:
        return f"{interval.n} people's ratings; pair loss, lower is better"
    return f"{interval.n} lists with somebody good; higher is better"


def _persons(suggested: Iterable[tuple[str, float]], people: dict[str, str]) -> str:
    return "; ".join(
        f"{person} {people.get(person, '?')} ({grade:g})" for person, grade in suggested
    )
