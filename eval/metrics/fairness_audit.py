"""For whom the matches are worse: a run by the groups that people declared for audits only.

This file and `eval/datasets/dataset.py` are the only ones that may know of demographics; a test
holds that.
Helpers are audited for how often they are suggested where they could be, seekers for how well they
are served. Groups too small to speak of without pointing at persons are withheld.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from eval.datasets.dataset import (
    UNDISCLOSED,
    Dataset,
    has_demographics,
    read_demographics,
)
from eval.metrics.exposure import LENGTH
from eval.metrics.intervals import (
    SEED,
    draw_clusters,
    number_clusters,
    percentiles,
)
from eval.metrics.quality import measure_lists
from eval.systems.runs import Run
from eval.systems.systems import eligible_for
from recommender.policy import Policy

MIN_GROUP_PEOPLE = 10
MIN_GROUP_SHARE = 0.02
"""Groups with fewer people, or a smaller share of all people, are withheld.
Source: the share is that of New York City's rules on bias audits, 6 RCNY § 5-301 (d)."""

FOUR_FIFTHS = 0.8
"""An impact ratio below this is taken as a sign of adverse impact.
Source: Uniform Guidelines on Employee Selection Procedures, 29 CFR § 1607.4 (D)."""

HELPERS, SEEKERS = "helpers", "seekers"

MEASURES: dict[tuple[str, str], str] = {
    (HELPERS, "selection rate"): "share of the lists a person could be in that have them in the "
    "top five",
    (HELPERS, "exposure"): "mean weight of their place, 1 for the first, 0 outside the top five",
    (HELPERS, "good ones found"): "share of the lists where they are a good helper that have them "
    "in the top five",
    (HELPERS, "mean grade"): "mean grade of their suggestions",
    (SEEKERS, "selection rate"): "share of their lists with a good helper in the top five",
    (SEEKERS, "exposure"): "mean nDCG@5 of their lists",
    (SEEKERS, "mean grade"): "mean grade of the five suggested to them",
}
"""What is audited, by side and name, and how it is meant; higher is better for the group."""

COLUMNS = (
    "side", "measure", "attribute", "group", "people", "withheld", "value", "low", "high",
    "impact_ratio", "ratio_low", "ratio_high", "is_reference", "below_four_fifths",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Side:
    """Observations of one side: a row for each chance to be suggested, or each list served."""

    name: str
    person: NDArray[np.int64]
    """`(n,)`: the row of the helper, or of the seeker."""
    cluster: NDArray[np.int64]
    """`(n,)`: the number of the seeker; they are drawn again with all of their lists."""
    draw_persons: bool
    """Whether the helpers are drawn again as well, because their group is what is spoken of."""
    measures: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    """Numerator and denominator `(n,)` of each measure."""


def is_auditable(dataset: Dataset) -> bool:
    """Return whether there are groups to audit by, and judgements of lists."""
    return has_demographics(dataset) and not dataset.rated


def check_groups(dataset: Dataset) -> None:
    """Read the groups, where there are any, only to find their problems.

    Raises:
        DatasetError: the file has problems.
    """
    if has_demographics(dataset):
        read_demographics(dataset)


def audit(run: Run, dataset: Dataset, policy: Policy) -> pd.DataFrame:
    """Audit a run by every attribute and every pair of attributes.

    Returns:
        `COLUMNS`: a row for each side, measure, attribute and group. `value` with its 95 % interval
        `low` to `high`; `impact_ratio` against the best-off group of the attribute (never the
        undisclosed) with its interval; `below_four_fifths` where the ratio is below 0.8. A withheld
        group has no figures and no number of people.

    Raises:
        DatasetError: the groups cannot be read.
    """
    groups = _with_intersections(read_demographics(dataset))
    rows = [
        row
        for side in (_helpers(run, dataset, policy), _seekers(run, dataset))
        for attribute in groups.columns
        for row in _audit_attribute(side, str(attribute), groups[attribute], len(groups))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _helpers(run: Run, dataset: Dataset, policy: Policy) -> _Side:
    keys = ["goal_id", "relationship", "person_id"]
    ids = dataset.people.ids
    parts = []
    for ask in dataset.asks:
        rows = np.flatnonzero(eligible_for(ask, dataset, policy))
        parts.append(
            pd.DataFrame(
                {"goal_id": ask.goal_id, "relationship": ask.kind, "person_id": ids[rows],
                 "row": rows, "seeker": -1 if ask.seeker is None else ask.seeker}
            )
        )  # fmt: skip
    pairs = pd.concat(parts, ignore_index=True)
    pairs = pairs.merge(run.top(LENGTH)[[*keys, "rank"]], on=keys, how="left")
    pairs = pairs.merge(dataset.qrels, on=keys, how="left")
    judged = _is_judged(pairs, dataset)
    selected = np.asarray(pairs["rank"].notna(), np.float64)
    exposure = 1 / np.log2(pairs["rank"].to_numpy(dtype=np.float64) + 1)
    grade = pairs["grade"].fillna(0.0).to_numpy(dtype=np.float64)
    good: NDArray[np.float64] = (grade >= dataset.good_grade).astype(np.float64)
    ones = np.ones(len(pairs))
    return _Side(
        HELPERS,
        pairs["row"].to_numpy(dtype=np.int64),
        number_clusters(pairs["seeker"]),
        True,
        {
            "selection rate": (selected, ones),
            "exposure": (np.nan_to_num(exposure), ones),
            "good ones found": (selected * good, good),
            "mean grade": (grade * selected * judged, selected * judged),
        },
    )


def _seekers(run: Run, dataset: Dataset) -> _Side:
    lists = measure_lists(run.frame, dataset)
    keys = ["goal_id", "relationship", "person_id"]
    top = run.top(LENGTH)[keys].merge(dataset.qrels, on=keys, how="left")
    grades = top.fillna({"grade": 0.0}).groupby(keys[:2])["grade"].agg(["sum", "count"])
    grades = grades.reindex(pd.MultiIndex.from_frame(lists[keys[:2]]), fill_value=0)
    ones = np.ones(len(lists))
    found = np.asarray(lists["P@5"] > 0, np.float64)
    return _Side(
        SEEKERS,
        np.array([dataset.people.row(str(seeker)) for seeker in lists["seeker"]], np.int64),
        number_clusters(lists["seeker"]),
        False,
        {
            "selection rate": (found, ones),
            "exposure": (lists["nDCG@5"].to_numpy(dtype=np.float64), ones),
            "mean grade": (
                grades["sum"].to_numpy(dtype=np.float64),
                grades["count"].to_numpy(dtype=np.float64),
            ),
        },
    )


def _is_judged(pairs: pd.DataFrame, dataset: Dataset) -> NDArray[np.float64]:
    judged = pd.MultiIndex.from_frame(dataset.qrels[["goal_id", "relationship"]].drop_duplicates())
    mine = pd.MultiIndex.from_frame(pairs[["goal_id", "relationship"]])
    return np.asarray(mine.isin(judged), np.float64)


def _with_intersections(groups: pd.DataFrame) -> pd.DataFrame:
    """Add a column for each pair of attributes."""
    pairs = {
        f"{one} × {other}": groups[one] + ", " + groups[other]
        for one, other in combinations(groups.columns, 2)
    }
    return groups.assign(**pairs)


def _audit_attribute(
    side: _Side, attribute: str, groups: pd.Series, n_people: int
) -> Iterator[dict[str, object]]:
    names = sorted(groups.unique())
    code_of_person = pd.Categorical(groups, categories=names).codes.astype(np.int64)
    code = code_of_person[side.person]
    concerned = np.bincount(code_of_person[np.unique(side.person)], minlength=len(names))
    shown = (concerned >= MIN_GROUP_PEOPLE) & (
        np.bincount(code_of_person, minlength=len(names)) >= MIN_GROUP_SHARE * n_people
    )
    draws = _Draws(side, code_of_person, len(names))
    for measure, (numerator, denominator) in side.measures.items():
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.bincount(code, numerator, len(names)) / np.bincount(
                code, denominator, len(names)
            )
            samples = draws.sums(numerator) / draws.sums(denominator)
        reference = _best_off(values, shown, names)
        for number, name in enumerate(names):
            row: dict[str, object] = dict.fromkeys(COLUMNS, np.nan)
            row |= {
                "side": side.name, "measure": measure, "attribute": attribute, "group": name,
                "withheld": not shown[number], "is_reference": False, "below_four_fifths": False,
            }  # fmt: skip
            if shown[number]:
                row |= {"people": int(concerned[number]), "value": float(values[number])}
                row |= _ends("low", "high", samples[:, number])
            if shown[number] and reference is not None:
                ratio = float(values[number] / values[reference])
                row |= {
                    "impact_ratio": ratio,
                    "is_reference": number == reference,
                    "below_four_fifths": ratio < FOUR_FIFTHS,
                }
                with np.errstate(invalid="ignore", divide="ignore"):
                    ratios = samples[:, number] / samples[:, reference]
                row |= _ends("ratio_low", "ratio_high", ratios)
            yield row


class _Draws:
    """Bootstrap samples of seekers and, on the helpers' side, of helpers at the same time.

    Drawing only seekers would call it sure that a small group is suggested less often, where it is
    just that three of its members wrote little.

    Source: Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1(2), 2007.
    """

    def __init__(self, side: _Side, code_of_person: NDArray[np.int64], n_groups: int) -> None:
        self._present, place = np.unique(side.person, return_inverse=True)
        n_seekers, n_persons = int(side.cluster.max()) + 1, len(self._present)
        self._at = (side.cluster, place)
        self._shape = (n_seekers, n_persons)
        self._seekers = draw_clusters(n_seekers)
        self._persons = draw_clusters(n_persons, SEED + 1) if side.draw_persons else None
        self._member = np.eye(n_groups)[code_of_person[self._present]]

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum the values of each group in each sample: `(REPEATS, n_groups)` float64."""
        table = sparse.csr_array((values, self._at), shape=self._shape)
        by_person = (table.T @ self._seekers.T).T
        if self._persons is not None:
            by_person = by_person * self._persons
        return np.asarray(by_person @ self._member, np.float64)


def _best_off(
    values: NDArray[np.float64], shown: NDArray[np.bool_], names: list[str]
) -> int | None:
    """Choose the shown group with the highest value; who declared nothing is no group to equal."""
    fit = shown & np.array([UNDISCLOSED not in name.split(", ") for name in names])
    fit &= np.nan_to_num(values) > 0
    return int(np.argmax(np.where(fit, values, -np.inf))) if fit.any() else None


def _ends(low: str, high: str, samples: NDArray[np.float64]) -> dict[str, object]:
    finite = samples[np.isfinite(samples)]
    return dict(zip((low, high), percentiles(finite), strict=True)) if len(finite) else {}


def render_audit(found: pd.DataFrame) -> str:
    """Print an audit: a line for each side, measure and group."""
    lines = []
    for (side, measure, attribute), part in found.groupby(
        ["side", "measure", "attribute"], sort=False
    ):
        lines.append(f"\n{side}, {measure}, by {attribute}: {MEASURES[str(side), str(measure)]}")
        lines += [_line(row) for row in part.to_dict("records")]
    return "\n".join(lines).strip()


def _line(row: dict[Hashable, Any]) -> str:
    if row["withheld"]:
        return f"  {row['group']:<32} withheld: too few people"
    value = f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
    line = f"  {row['group']:<32} {row['people']:>5.0f} people  {value}"
    if row["is_reference"]:
        return f"{line}  best off"
    if np.isnan(row["impact_ratio"]):
        return line
    ratio = f"{row['impact_ratio']:.2f} [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]"
    sure = "surely" if row["ratio_high"] < FOUR_FIFTHS else "perhaps by chance"
    mark = f"  below four fifths, {sure}" if row["below_four_fifths"] else ""
    return f"{line}  impact ratio {ratio}{mark}"
