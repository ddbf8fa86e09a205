"""How much a search among many loses: against an exact search, and against ranking everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.serving.reader import Snapshot
from recommender.eligibility import Eligibility, eligibility_by_kind
from recommender.goals import Goal
from recommender.live import LiveFacts
from recommender.policy import Policy
from recommender.rank_goal import encode_goal, list_query, rank_goal, understand
from recommender.relationships import Relationship

RECALL_AT = 50
RECALL_GOALS = 32
"""Goals for which what is found is compared with an exact search."""
RANKED_GOALS = 8
"""Goals for which everybody is ranked: seconds each among a million people."""
CHUNK = 200_000
"""Passages compared at once by the exact search."""

NOBODYS = np.zeros(0, np.int64)
"""No passages of a seeker's own."""


@dataclass(slots=True)
class _Shares:
    """By kind, which share of those wanted was found, goal by goal."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: Relationship, wanted: NDArray[np.int64], found: NDArray[np.int64]) -> None:
        if len(wanted):
            self.values.setdefault(kind.value, []).append(float(np.isin(wanted, found).mean()))

    def means(self) -> dict[str, float]:
        return {kind: float(np.mean(values)) for kind, values in self.values.items()}


@dataclass(slots=True)
class Shortlist:
    """An opened snapshot, the goals to ask it, and who asks."""

    snapshot: Snapshot
    policy: Policy
    goals: Sequence[str]
    seekers: Sequence[int]

    def recall(self) -> dict[str, float]:
        """Compare those among whom candidates are chosen with an exact search over passages.

        Returns:
            For each kind the mean share, 0 to 1, of the 50 eligible people with the passage nearest
            to the goal that are found.
        """
        goals = [understand(self.snapshot, text) for text in self.goals[:RECALL_GOALS]]
        vectors = np.stack([encode_goal(self.snapshot, goal)[1][0] for goal in goals])
        best = self._best(vectors)
        shares = _Shares()
        for number, goal in enumerate(goals):
            words = self.snapshot.lexical.scores(goal.words)
            for kind, allowed in self._eligible(number).items():
                rows = np.flatnonzero(allowed.mask)
                wanted = rows[np.argsort(-best[number, rows])[:RECALL_AT]]
                found = self.snapshot.find(
                    vectors[number], words, allowed.mask, self.policy.list.candidates
                )
                shares.add(kind, wanted, found)
        return shares.means()

    def kept(self) -> dict[str, float]:
        """Compare the candidates with those who come first when everybody is ranked.

        Returns:
            For each kind the mean share, 0 to 1, of the first of all eligible people, as many as a
            list holds, that are among the candidates.
        """
        shares = _Shares()
        for number, text in enumerate(self.goals[:RANKED_GOALS]):
            goal, vectors = encode_goal(self.snapshot, understand(self.snapshot, text))
            for kind, allowed in self._eligible(number).items():
                first = self._first(goal, kind, number)
                query = list_query(allowed, self.policy.of(kind))
                found = self.snapshot.candidates(
                    goal.words, vectors, [query], self.policy.list.candidates, NOBODYS
                )
                shares.add(kind, first, found.rows)
        return shares.means()

    def _first(self, goal: Goal, kind: Relationship, number: int) -> NDArray[np.int64]:
        ranked = rank_goal(
            self.snapshot, goal.text, self.seekers[number], [kind], self.policy,
            LiveFacts.none(), limit=None,
        )  # fmt: skip
        return ranked.by_signals[kind].rows[: self.policy.list.length]

    def _eligible(self, number: int) -> dict[Relationship, Eligibility]:
        return eligibility_by_kind(
            self.snapshot.people, self.seekers[number], list(Relationship), self.policy,
            LiveFacts.none(),
        )  # fmt: skip

    def _best(self, goals: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score everyone's nearest passage exactly: `(n_goals, n_people)`."""
        snapshot = self.snapshot
        best = np.empty((len(goals), len(snapshot.people)), np.float32)
        starts = snapshot.starts
        first = 0
        while first < len(best[0]):
            last = int(np.searchsorted(starts, starts[first] + CHUNK, side="right")) - 1
            last = min(max(last, first + 1), len(best[0]))
            span = np.arange(starts[first], starts[last])
            similarity = goals @ snapshot.vectors(span).T
            best[:, first:last] = np.maximum.reduceat(
                similarity, starts[first:last] - starts[first], axis=1
            )
            first = last
        return best
