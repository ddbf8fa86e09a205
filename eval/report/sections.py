"""Parts of the report: by kind, where it fails, who is shown, for whom it is worse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset
from eval.experiments.comparison import suggestions_of
from eval.experiments.summary import Summary
from eval.metrics.fairness_audit import HELPERS, SEEKERS
from eval.metrics.fairness_audit import MEASURES as AUDITED
from eval.metrics.quality import ALL_KINDS, HEADLINE
from eval.report import charts, html
from eval.report.html import Html
from eval.systems.baselines import BASELINES
from eval.systems.systems import RECOMMENDER

WORST = 10


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a report shows."""

    dataset: Dataset
    ours: Summary
    others: tuple[Summary, ...]
    """The baselines, in any order."""
    audited: pd.DataFrame | None
    """See `eval.metrics.fairness_audit.audit`; None where there is nothing to audit by."""

    @property
    def all(self) -> tuple[Summary, ...]:
        """All systems, ours first."""
        return (self.ours, *self.others)

    def named(self, *names: str) -> tuple[Summary, ...]:
        """Ours, and those of the others that have these names, in this order."""
        by_name = {each.run.name: each for each in self.others}
        return (self.ours, *(by_name[name] for name in names if name in by_name))


def show_kinds(found: Findings) -> list[Html]:
    """Compare the systems within each kind."""
    kinds = sorted({kind for kind, _ in found.ours.quality.means} - {ALL_KINDS})
    if not kinds:
        return []
    chosen = found.named("passages", "bm25", "random")
    rows = pd.DataFrame(
        [
            {"kind": kind, "system": label_of(each), "value": mean.value, "low": mean.low,
             "high": mean.high}
            for each in chosen for kind in kinds
            for mean in [each.quality.means[kind, HEADLINE]]
        ]
    )  # fmt: skip
    table = html.table(
        ["system", *(f"{kind} ({found.ours.quality.means[kind, HEADLINE].n})" for kind in kinds)],
        [[label_of(each), *(str(each.quality.means[kind, HEADLINE]) for kind in kinds)]
         for each in found.all],
        ours=label_of(found.ours),
    )  # fmt: skip
    alternative = f"{HEADLINE} of {label_of(found.ours)}: " + ", ".join(
        f"{kind} {found.ours.quality.means[kind, HEADLINE].value:.2f}" for kind in kinds
    )
    return [
        html.tag("h2", "By kind of relationship"),
        html.figure(
            charts.draw_kinds(rows, HEADLINE), alternative,
            f"{HEADLINE} for each kind. Few people can sponsor, so that even a random order finds "
            "some of them: compare systems within a kind, not kinds with each other.",
            table,
        ),
    ]  # fmt: skip


def show_failures(found: Findings) -> list[Html]:
    """Show the worst lists, with what would have been right."""
    dataset = found.dataset
    lists = found.ours.quality.lists.sort_values(
        ["nDCG@5", "nDCG@10", "RR", "goal_id", "relationship"]
    ).head(WORST)
    texts = dict(zip(dataset.goals["goal_id"], dataset.goals["text"], strict=True))
    parts = [
        html.tag("h2", "Where it fails"),
        html.paragraphs(
            f"The {len(lists)} goals with the worst first five, with what was suggested and what "
            "would have been right. Grades: 3 introduce them tomorrow, 2 good, 1 partial, 0 no."
        ),
    ]
    for goal_id, kind, value in lists[["goal_id", "relationship", HEADLINE]].itertuples(
        index=False
    ):
        suggested = suggestions_of(found.ours.run, dataset, goal_id, kind)
        parts.append(
            html.tag(
                "section",
                html.tag("h3", f"{goal_id}{f', {kind}' if kind else ''}: {HEADLINE} {value:.2f}"),
                html.tag("blockquote", str(texts[goal_id])),
                html.tag(
                    "div",
                    html.tag("div", html.tag("p", "Suggested"), _people(dataset, suggested)),
                    html.tag(
                        "div", html.tag("p", "Right"),
                        _right(found, str(goal_id), str(kind)),
                    ),
                    css="two",
                ),
                css="case",
            )
        )  # fmt: skip
    return parts


def _people(dataset: Dataset, suggested: Sequence[tuple[str, float]]) -> Html:
    return html.items(
        f"{_title(dataset, person)} ({person}), grade {grade:g}" for person, grade in suggested
    )


def _right(found: Findings, goal_id: str, kind: str) -> Html:
    dataset, frame = found.dataset, found.ours.run.frame
    judged = dataset.qrels
    mine = judged[(judged["goal_id"] == goal_id) & (judged["relationship"] == kind)]
    good = mine[mine["grade"] >= dataset.good_grade].sort_values(
        ["grade", "person_id"], ascending=[False, True]
    )
    ranks = frame[(frame["goal_id"] == goal_id) & (frame["relationship"] == kind)]
    rank_of = dict(zip(ranks["person_id"], ranks["rank"], strict=True))
    return html.items(
        f"{_title(dataset, person)} ({person}), grade {grade:g}: "
        + (f"ranked {rank_of[person]}" if person in rank_of else "not ranked")
        for person, grade in good[["person_id", "grade"]].itertuples(index=False)
    )


def _title(dataset: Dataset, person: str) -> str:
    rows = dataset.people.rows([person])
    return dataset.people.text(int(rows[0]), "job_title") if len(rows) else "not in the people file"


def show_exposure(found: Findings) -> list[Html]:
    """Show how exposure is shared out among the helpers."""
    chosen = found.named("passages", "random")
    curves = pd.concat(
        [_lorenz(each.conduct.exposure).assign(system=label_of(each)) for each in chosen],
        ignore_index=True,
    )
    table = html.table(
        ["system", "coverage", "Gini", "share of the ten most suggested"],
        [[label_of(each), f"{each.conduct.coverage:.2f}", f"{each.conduct.gini:.2f}",
          f"{each.conduct.catalogue_share:.2f}"] for each in found.all],
        ours=label_of(found.ours),
    )  # fmt: skip
    conduct = found.ours.conduct
    return [
        html.tag("h2", "Who is shown, and how often"),
        html.figure(
            charts.draw_exposure(curves),
            f"Curves of shared exposure; ours has a Gini coefficient of {conduct.gini:.2f}",
            f"Of {conduct.eligible:,} people who could be suggested to somebody, "
            f"{conduct.coverage:.0%} are in at least one top five; the ten most suggested hold "
            f"{conduct.catalogue_share:.0%} of all places. The further a curve hangs below the "
            "dashed line, the more of the exposure goes to a few.",
            table,
        ),
    ]  # fmt: skip


def show_audit(found: pd.DataFrame) -> list[Html]:
    """Show an audit; see `eval.metrics.fairness_audit.audit`."""
    found = found.assign(**{name: _spelled(found[name]) for name in ("attribute", "group")})
    parts = [
        html.tag("h2", "For whom it is worse"),
        html.paragraphs(
            "Groups are self-declared and used for nothing but this audit. Groups of fewer than "
            "ten people, or of less than 2 % of all, are withheld. A ratio below four fifths of "
            "the best-off group is marked red; where its line reaches beyond four fifths, chance "
            "alone can explain it. Many groups are compared here, so a few marks are to be "
            "expected even where nothing is wrong."
        ),
    ]
    for side, measure in ((HELPERS, "selection rate"), (SEEKERS, "selection rate")):
        mine = found[(found["side"] == side) & (found["measure"] == measure)]
        single = mine[~mine["attribute"].str.contains("×") & mine["impact_ratio"].notna()]
        if single.empty:
            continue
        marked = single[single["below_four_fifths"]]
        worst = ", ".join(
            f"{row['group']} {row['impact_ratio']:.2f}" for row in marked.to_dict("records")
        )
        parts.append(
            html.figure(
                charts.draw_ratios(single),
                f"Impact ratios of {side}; below four fifths: {worst or 'none'}",
                f"{side.capitalize()}: {AUDITED[side, measure]}. Lines are 95 % intervals.",
                _audit_table(mine[~mine["attribute"].str.contains("×")]),
            )
        )
    parts.append(
        html.fold("All measures, groups and intersections", _audit_table(found, full=True))
    )
    return parts


def _spelled(names: pd.Series) -> pd.Series:
    """Spell names for readers: "30_44" as "30–44", "55_plus" as "55 plus"."""
    ranges = names.str.replace(r"(?<=\d)_(?=\d)", "–", regex=True)
    return ranges.str.replace("_", " ")


def _audit_table(found: pd.DataFrame, *, full: bool = False) -> Html:
    rows = []
    for row in found.to_dict("records"):
        start = [row["side"], row["measure"]] if full else []
        if row["withheld"]:
            rows.append([*start, row["attribute"], row["group"], "withheld", "", "", ""])
            continue
        ratio = f"{row['impact_ratio']:.2f} [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]"
        rows.append(
            [*start, row["attribute"], row["group"], f"{row['people']:.0f}",
             f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]",
             "best off" if row["is_reference"] else ratio,
             "below four fifths" if row["below_four_fifths"] else ""]
        )  # fmt: skip
    header = ["attribute", "group", "people", "value", "impact ratio", ""]
    return html.table([*(["side", "measure"] if full else []), *header], rows)


def _lorenz(exposure: NDArray[np.float64]) -> pd.DataFrame:
    """Return the cumulated shares of people and of exposure, from 0 to 1."""
    total = exposure.sum() or 1.0
    shares = np.concatenate((np.zeros(1), np.cumsum(exposure) / total))
    return pd.DataFrame({"people": np.linspace(0, 1, len(shares)), "exposure": shares})


def label_of(summary: Summary) -> str:
    """Name a system for readers."""
    name = summary.run.name
    if name == RECOMMENDER:
        return "this project"
    return BASELINES[name].says if name in BASELINES else name
