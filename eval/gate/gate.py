"""The gate: whether a freshly built snapshot may replace the one that serves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eval.datasets.dataset import Ask, Dataset
from eval.gate.checks import (
    QUALITY,
    Check,
    Sides,
    Verdict,
    check_canaries,
    check_people,
    check_rules,
    check_vectors,
    judge,
)
from eval.gate.coverage import check_helpers, check_profiles, profiles_of
from eval.gate.exit_codes import FAILED, NOT_JUDGED, PASSED
from eval.gate.limits import Limits
from eval.gate.other_format import UnopenedSide, check_unopened, read_unopened
from eval.metrics.intervals import compare_pairs, number_clusters
from eval.metrics.quality import HEADLINE, measure_lists
from eval.systems.runs import COLUMNS
from eval.systems.systems import RememberingEncoder
from index.encoder.load import load_encoder
from index.encoder.protocol import Encoder
from index.serving.reader import Snapshot
from index.snapshot.manifest import read_listing, read_manifest
from recommender.errors import LearningRelationshipsError, ModelError
from recommender.live import LiveFacts
from recommender.policy import Policy, parse_policy
from recommender.rank_goal import rank_goal
from recommender.small_reader import SMALL_READER


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found."""

    candidate: str
    published: str
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 where all checks pass, 1 where one fails, 2 where one could not be made."""
        verdicts = {check.verdict for check in self.checks}
        if Verdict.FAIL in verdicts:
            return FAILED
        return NOT_JUDGED if Verdict.UNKNOWN in verdicts else PASSED

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "candidate": self.candidate,
            "published": self.published,
            "outcome": {PASSED: "pass", FAILED: "fail", NOT_JUDGED: "could not judge"}[
                self.exit_code
            ],
            "checks": [
                {"name": check.name, "verdict": str(check.verdict), "value": check.value,
                 "limit": check.limit, "says": check.says}
                for check in self.checks
            ],
        }  # fmt: skip

    def to_text(self) -> str:
        """Return a line for each check, and the outcome."""
        lines = [f"candidate {self.candidate}, published {self.published}"]
        for check in self.checks:
            value = "" if check.value is None else f"{check.value:.3g}"
            limit = "" if check.limit is None else f" (limit {check.limit:.3g})"
            lines.append(
                f"{check.verdict.upper():<15} {check.name:<30} {value + limit:<22} {check.says}"
            )
        outcome = self.to_json()["outcome"]
        bad = [check.name for check in self.checks if check.verdict != Verdict.PASS]
        return "\n".join([*lines, f"{outcome}: {', '.join(bad)}" if bad else str(outcome)])


def open_sides(candidate: Path, published: Path) -> Sides | UnopenedSide:
    """Open both snapshots; they share an encoder where the same model made them.

    Of a published one that another version made is read what can be read.

    Raises:
        SnapshotError: one is missing or damaged, or the candidate is of another version.
        PolicyError: the policy that one was built with cannot be read.
    """
    encoders: dict[str, Encoder] = {}
    here, published = _open(candidate, encoders), published.resolve()
    if not read_listing(published).can_be_opened:
        return read_unopened(here, _policy_of(here), published)
    there = _open(published, encoders)
    return Sides(here, _policy_of(here), _policy_of(there), there)


def run_gate(sides: Sides | UnopenedSide, limits: Limits, dataset: Dataset | None) -> GateReport:
    """Make every check; one that cannot be made does not keep the others from being made.

    Args:
        sides: the two snapshots.
        limits: how much they may differ.
        dataset: judged goals; against a snapshot that cannot be opened they cannot be compared,
            which a check says.
    """
    name = sides.candidate.snapshot_id
    if isinstance(sides, UnopenedSide):
        checks = check_unopened(sides, limits, judged_goals=dataset is not None)
        return GateReport(name, sides.published_id, tuple(checks))
    return GateReport(name, sides.published.snapshot_id, tuple(_checks(sides, limits, dataset)))


def check_quality(sides: Sides, limits: Limits, dataset: Dataset) -> Check:
    """Compare the answers of both snapshots to judged goals."""
    name, wanted = QUALITY, limits.quality
    judged = dataset.good_lists
    wanted_lists = set(zip(judged["goal_id"], judged["relationship"], strict=True))
    asks = [
        ask
        for ask in dataset.asks
        if (ask.goal_id, ask.kind) in wanted_lists and _is_known(ask, dataset, sides)
    ]
    keys = {(ask.goal_id, ask.kind) for ask in asks}
    known = [
        (goal, kind) in keys
        for goal, kind in judged[["goal_id", "relationship"]].itertuples(index=False)
    ]
    share = float(np.mean(known)) if known else 0.0
    if dataset.rated or share < wanted.min_lists_share:
        return Check(
            name, Verdict.UNKNOWN,
            f"{share:.0%} of the judged lists are asked by people of both snapshots; give the "
            "dataset of this company",
        )  # fmt: skip
    new = measure_lists(_top_lists(sides.candidate, sides.candidate_policy, asks, dataset), dataset)
    old = measure_lists(_top_lists(sides.published, sides.published_policy, asks, dataset), dataset)
    both = np.array(known)
    drop = (old[HEADLINE] - new[HEADLINE])[both].to_numpy(dtype=np.float64)
    found = compare_pairs(drop, number_clusters(new["seeker"][both]))
    return judge(
        name, found.value, wanted.max_drop,
        f"{new[HEADLINE][both].mean():.3f} against {old[HEADLINE][both].mean():.3f} on "
        f"{found.n} lists; the drop's interval is {found.low:+.3f} to {found.high:+.3f}",
    )  # fmt: skip


def _checks(sides: Sides, limits: Limits, dataset: Dataset | None) -> Iterator[Check]:
    candidate, published = sides.candidate, sides.published
    yield from check_people(candidate.people, published.people, limits)
    yield check_profiles(profiles_of(candidate), profiles_of(published), limits)
    yield from check_helpers(candidate.people, published.people, limits)
    yield check_vectors(sides, limits)
    try:
        canaries, suggested = check_canaries(sides, limits)
    except LearningRelationshipsError as error:
        canaries, suggested = [Check("canaries", Verdict.UNKNOWN, str(error))], []
    yield from canaries
    yield check_rules(sides, limits, suggested)
    if dataset is not None:
        try:
            yield check_quality(sides, limits, dataset)
        except LearningRelationshipsError as error:
            yield Check(QUALITY, Verdict.UNKNOWN, str(error))


def _open(folder: Path, encoders: dict[str, Encoder]) -> Snapshot:
    """Open a snapshot with an encoder that embeds a goal once for all of its seekers.

    Without the very model that made it the snapshot still opens, and much can be compared.
    """
    model = read_manifest(folder.resolve()).model
    try:
        if model.revision not in encoders:
            loaded = load_encoder(model.settings)
            encoders[loaded.revision] = RememberingEncoder(loaded)
    except ModelError:
        return Snapshot.open(folder)
    return Snapshot.open(folder, encoder=encoders.get(model.revision))


def _is_known(ask: Ask, dataset: Dataset, sides: Sides) -> bool:
    if ask.seeker is None:
        return False
    seeker = [str(dataset.people.ids[ask.seeker])]
    return bool(
        len(sides.candidate.people.rows(seeker)) and len(sides.published.people.rows(seeker))
    )


def _top_lists(
    snapshot: Snapshot, policy: Policy, asks: list[Ask], dataset: Dataset
) -> pd.DataFrame:
    """Answer the asks from a snapshot, whose rows are not the dataset's."""
    parts = []
    for ask in asks:
        assert ask.seeker is not None and ask.relationship is not None
        seeker = snapshot.people.row(str(dataset.people.ids[ask.seeker]))
        ranked = rank_goal(
            snapshot, ask.text, seeker, [ask.relationship], policy, LiveFacts.none(), limit=None,
            reader=SMALL_READER,
        )  # fmt: skip
        ranking = ranked.lists[ask.relationship]
        parts.append(
            pd.DataFrame(
                {"goal_id": ask.goal_id, "relationship": ask.kind,
                 "person_id": snapshot.people.ids[ranking.rows],
                 "rank": np.arange(1, len(ranking.rows) + 1), "score": ranking.scores}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _policy_of(snapshot: Snapshot) -> Policy:
    return parse_policy(snapshot.policy_text, f"policy of snapshot {snapshot.snapshot_id}")
