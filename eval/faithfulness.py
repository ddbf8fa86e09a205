"""Whether reasons are true: take a quoted passage out of a profile, and the score must fall."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.datasets import Ask
from recommender.eligibility import LiveFacts, eligibility
from recommender.explanation import find_evidence, list_contributions
from recommender.features import Match
from recommender.goals import goal_vectors, read_goal
from recommender.policy import Policy
from recommender.ranking import rank
from recommender.retrieval import Candidates, Retriever


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """What came of checking every suggestion's reasons."""

    suggestions: int
    quotations: int
    lowered: int
    """Quotations without which the suggested person's score is lower."""
    unquoted: int
    """Suggestions that quote nothing."""
    largest_sum_error: float
    """The largest difference of a score and the sum of its contributions."""

    @property
    def share(self) -> float:
        """The share of quotations that bear on the score, 0 to 1; 1 where there are none."""
        return self.lowered / self.quotations if self.quotations else 1.0

    def to_json(self) -> dict[str, float]:
        """Give the figures."""
        return {
            "suggestions": self.suggestions,
            "quotations": self.quotations,
            "lowered": self.lowered,
            "unquoted": self.unquoted,
            "share": self.share,
            "largest_sum_error": self.largest_sum_error,
        }


def measure_faithfulness(
    retriever: Retriever, asks: Iterable[Ask], policy: Policy, length: int = 5
) -> Faithfulness:
    """Check the reasons of the first `length` suggestions of every list with a seeker.

    Source: erasure as a test of explanations: DeYoung et al., "ERASER: A Benchmark to Evaluate
    Rationalized NLP Models", ACL 2020, section 4.2 ("comprehensiveness").
    """
    suggestions = quotations = lowered = unquoted = 0
    worst = 0.0
    for ask in asks:
        if ask.seeker is None or ask.relationship is None:
            continue
        goal = read_goal(ask.text)
        mask = eligibility(
            retriever.people, ask.seeker, ask.relationship, policy, LiveFacts.none()
        ).mask
        found = retriever.candidates(
            goal.text, goal_vectors(retriever.encode(goal.texts)), mask, None
        )
        weights = policy.of(ask.relationship).weights
        ranking = rank(Match(retriever, found, ask.relationship, ask.seeker), weights)
        for position, place in enumerate(ranking.place[:length].tolist()):
            suggestions += 1
            shown = sum(part.contribution for part in list_contributions(ranking, position))
            worst = max(worst, abs(shown - float(ranking.scores[position])))
            quoted = find_evidence(retriever, found, place, goal)
            unquoted += not quoted
            for passage in quoted:
                without = drop_passage(found, place, passage.number)
                match = Match(retriever, without, ask.relationship, ask.seeker)
                again = rank(match, weights)
                now = again.scores[again.rows == ranking.rows[position]]
                quotations += 1
                lowered += bool(now[0] < ranking.scores[position])
    return Faithfulness(suggestions, quotations, lowered, unquoted, worst)


def drop_passage(found: Candidates, place: int, passage: int) -> Candidates:
    """Give the same candidates, the one at `place` without one passage."""
    start, stop = int(found.starts[place]), int(found.starts[place + 1])
    entries = np.arange(start, stop)
    keep = np.ones(len(found.passage), np.bool_)
    keep[entries[found.passage[entries] == passage]] = False
    starts: NDArray[np.int64] = found.starts.copy()
    starts[place + 1 :] -= int((~keep).sum())
    return Candidates(
        rows=found.rows,
        starts=starts,
        passage=found.passage[keep],
        field=found.field[keep],
        similarity=found.similarity[:, keep],
        lexical=found.lexical,
    )
