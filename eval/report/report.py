"""One page that a head of learning can read: how good the matches are, and where they fail."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eval.datasets.dataset import Dataset
from eval.experiments.comparison import compare_runs
from eval.experiments.summary import Summary, render_difference
from eval.metrics.fairness_audit import audit, is_auditable
from eval.metrics.quality import (
    ALL_KINDS,
    HEADLINE,
    MEASURES,
    PAIR_LOSS,
)
from eval.report import charts, html
from eval.report.html import Html
from eval.report.sections import (
    Findings,
    label_of,
    show_audit,
    show_exposure,
    show_failures,
    show_kinds,
)
from eval.systems.run_gaps import describe_gaps
from eval.systems.systems import library_versions
from recommender.policy import Policy

_SAYS = {
    "nDCG@5": "how well the first five are chosen and ordered: 1 is the best order possible, 0 "
    "nobody fitting among them; better helpers and higher places count more",
    "nDCG@10": "the same for the first ten",
    "P@5": "share of the first five who are good helpers (grade 2 or 3)",
    "RR": "one over the place of the first good helper: 1 where the first is good, 0.5 where it is "
    "the second",
    "R@50": "share of the good helpers among the first fifty",
    PAIR_LOSS: "how often the system puts the wrong one of two goals first for a person, weighted "
    "by how far apart they rated them: 0 is perfect, 0.5 chance",
}


def write_report(
    dataset: Dataset, summaries: Sequence[Summary], policy: Policy, path: Path
) -> None:
    """Write the page about a dataset's runs, the first of which is ours."""
    ours, *others = summaries
    audited = audit(ours.run, dataset, policy) if is_auditable(dataset) else None
    path.parent.mkdir(parents=True, exist_ok=True)
    text = render_report(Findings(dataset, ours, tuple(others), audited))
    path.write_text(text, encoding="utf-8")


def render_report(found: Findings) -> str:
    """Write the page."""
    dataset = found.dataset
    title = f"How good are the matches? {dataset.name.replace('_', ' ').title()}"
    parts = [html.tag("h1", title), *_opening(found), *_headline(found)]
    if not dataset.rated:
        parts += [*show_kinds(found), *show_failures(found), *show_exposure(found)]
    if found.audited is not None:
        parts += show_audit(found.audited)
    return html.page(title, *parts, *_provenance(found), *_method(found))


def _opening(found: Findings) -> list[Html]:
    dataset = found.dataset
    asked = f"{len(dataset.people):,} people, {len(dataset.goals):,} goals, " + (
        f"{len(dataset.qrels):,} ratings." if dataset.rated
        else f"{len(dataset.good_lists):,} judged lists in which somebody good could be suggested."
    )  # fmt: skip
    note = (
        "These figures hold for this dataset and no other. How its judgements were made is at the "
        "end of the page; read it before you quote a figure."
    )
    origin = [html.tag("p", dataset.origin, css="note")] if dataset.origin else []
    gaps = [
        html.tag("p", f"{each.run.name}: {gap}.", css="note")
        for each in found.all
        for gap in describe_gaps(each.run.frame, dataset)
    ]
    return [html.tag("p", asked, css="lead"), html.tag("p", note, css="note"), *origin, *gaps]


def _headline(found: Findings) -> list[Html]:
    name = PAIR_LOSS if found.dataset.rated else HEADLINE
    sign = 1 if found.dataset.rated else -1
    summaries = sorted(found.all, key=lambda each: sign * each.quality.means[ALL_KINDS, name].value)
    rows = pd.DataFrame(
        [
            {"system": label_of(each), "value": mean.value, "low": mean.low, "high": mean.high,
             "is_ours": each is found.ours}
            for each in summaries
            for mean in [each.quality.means[ALL_KINDS, name]]
        ]
    )  # fmt: skip
    names = (PAIR_LOSS,) if found.dataset.rated else MEASURES
    table = html.table(
        ["system", *names],
        [[label_of(each), *(str(each.quality.means[ALL_KINDS, one]) for one in names)]
         for each in summaries],
        ours=label_of(found.ours),
    )  # fmt: skip
    ours = found.ours.quality.means[ALL_KINDS, name]
    alternative = f"{name} by system: " + ", ".join(
        f"{row.system} {row.value:.2f}" for row in rows.itertuples()
    )
    return [
        html.tag("h2", "The figures, beside simple methods"),
        *_cards(found),
        html.figure(
            charts.draw_means(rows, name), alternative,
            f"{name}: {_SAYS[name]}. The thin lines are 95 % intervals: drawing other goals of "
            f"the same kind would put the figure in there 19 times of 20. Here n = {ours.n}.",
            table,
        ),
        html.paragraphs(_against_best(found)),
    ]  # fmt: skip


def _cards(found: Findings) -> list[Html]:
    means, conduct, reasons = found.ours.quality.means, found.ours.conduct, found.ours.reasons
    if found.dataset.rated:
        return []
    lists = found.ours.quality.lists
    some = float((lists["P@5"] > 0).mean())
    broken = sum(conduct.violations.values())
    shown = [
        (
            f"{means[ALL_KINDS, 'P@5'].value * 5:.1f} of 5",
            "suggestions are good helpers, on average",
        ),
        (f"{some:.0%}", "of the goals get at least one good helper among the first five"),
        (f"{means[ALL_KINDS, HEADLINE].value:.2f}", f"{HEADLINE}, the headline measure (best: 1)"),
    ]
    if any(kind for kind in found.dataset.goals["person_id"]):
        shown.append((f"{broken:,}", "broken rules about power and consent, in all lists"))
    if reasons and reasons["quoting"]:
        true = reasons["quoting_lowered"] / reasons["quoting"]
        shown.append((f"{true:.1%}", "of suggestions score lower without what is quoted for them"))
    return [html.cards(shown)]


def _against_best(found: Findings) -> str:
    if not found.others:
        return ""
    name = PAIR_LOSS if found.dataset.rated else HEADLINE
    sign = -1 if found.dataset.rated else 1
    best = max(found.others, key=lambda each: sign * each.quality.means[ALL_KINDS, name].value)
    row = next(
        row
        for row in compare_runs(found.ours.run, best.run, found.dataset).rows
        if row.kind == ALL_KINDS and row.measure == name
    )
    return (
        f"Against the best simple method, {label_of(best)}: {render_difference(row.difference)} "
        f"(p = {row.difference.p_value:.4f}); better on {row.wins}, worse on {row.losses}, equal "
        f"on {row.equal}."
    )


def _provenance(found: Findings) -> list[Html]:
    text = found.dataset.provenance
    shown = html.from_markdown(text) if text else html.paragraphs(
        "The dataset says nothing about how its judgements were made. Add a README.md to it."
    )  # fmt: skip
    return [html.tag("h2", "How the judgements were made"), shown]


def _method(found: Findings) -> list[Html]:
    names = (PAIR_LOSS,) if found.dataset.rated else MEASURES
    versions = ", ".join(f"{name} {number}" for name, number in library_versions().items())
    return [
        html.tag("h2", "How it was measured"),
        html.items(f"{name}: {_SAYS[name]}." for name in names),
        html.paragraphs(
            "Every system ranks the same people: those whom the rules allow for the seeker and the "
            "kind. A judged goal that a system leaves out counts as zero. Intervals are "
            "percentiles of 2,000 bootstrap samples of seekers with all of their goals; p-values "
            "come from 10,000 random flips of sign. The gain of grade g is 2^g − 1.",
            f"Made with {versions}.",
        ),
    ]
