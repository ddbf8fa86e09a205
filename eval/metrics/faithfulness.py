"""Whether reasons are true: take a quoted passage out of a profile, and the score must fall."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Ask
from recommender.explanation import list_contributions, quote_likely
from recommender.live import LiveFacts
from recommender.policy import Policy
from recommender.rank_goal import rank_goal
from recommender.ranking import Ranking, rank
from recommender.relationships import Relationship
from recommender.retrieval import Candidates, Retriever


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """What came of checking every suggestion's reasons."""

    suggestions: int
    quoting: int
    """Suggestions that quote something."""
    quoting_lowered: int
    """Of these: the score is lower without everything that is quoted."""
    quotations: int
    lowered: int
    """Of these: the score is lower without this one passage."""
    largest_sum_error: float
    """The largest difference of a score and the sum of its contributions."""

    @property
    def share(self) -> float:
        """The share of quotations that bear on the score, 0 to 1; 1 where there are none."""
        return self.lowered / self.quotations if self.quotations else 1.0

    def to_json(self) -> dict[str, float]:
        """Return the figures."""
        return {
            "suggestions": self.suggestions,
            "quoting": self.quoting,
            "quoting_lowered": self.quoting_lowered,
            "quotations": self.quotations,
            "lowered": self.lowered,
            "share": self.share,
            "largest_sum_error": self.largest_sum_error,
        }


def measure_faithfulness(
    retriever: Retriever, asks: Iterable[Ask], policy: Policy, length: int = 5
) -> Faithfulness:
    """Check the reasons of the first `length` suggestions of every list with a seeker.

    The quoted passages go, one by one and all together; the whole profile as one text stays. What
    is said to be only the closest passage there is is no reason, and is left out.

    Source: erasure as a test of explanations: DeYoung et al., "ERASER: A Benchmark to Evaluate
    Rationalized NLP Models", ACL 2020, section 4.2 ("comprehensiveness").
    """
    suggestions = quoting = quoting_lowered = quotations = lowered = 0
    worst = 0.0
    for ask in asks:
        if ask.seeker is None or ask.relationship is None:
            continue
        answer = _Answer(retriever, ask.text, ask.relationship, ask.seeker, policy)
        for position, index in enumerate(answer.listed.index[:length].tolist()):
            suggestions += 1
            shown = sum(part.contribution for part in list_contributions(answer.listed, position))
            worst = max(worst, abs(shown - float(answer.listed.scores[position])))
            found = quote_likely(
                retriever,
                answer.found,
                index,
                answer.goal,
                ask.relationship,
                float(answer.listed.probability[position]),
            )
            quoted = [one.number for one in found if one.speaks]
            singly = [answer.falls_without(index, [number]) for number in quoted]
            quotations += len(quoted)
            lowered += sum(singly)
            if quoted:
                quoting += 1
                together = answer.falls_without(index, quoted)
                quoting_lowered += together
    return Faithfulness(suggestions, quoting, quoting_lowered, quotations, lowered, worst)


class _Answer:
    """One ranked list, and what becomes of it without some passages."""

    def __init__(
        self, retriever: Retriever, text: str, kind: Relationship, seeker: int, policy: Policy
    ) -> None:
        ranked = rank_goal(retriever, text, seeker, [kind], policy, LiveFacts.none(), limit=None)
        self.goal, self.found, self.listed = ranked.goal, ranked.candidates, ranked.lists[kind]
        self._policy, self._context = policy.of(kind), ranked.context.of(kind)
        ranking = ranked.by_signals[kind]
        self._scores = np.empty(len(self.found))
        self._scores[ranking.index] = ranking.scores

    def falls_without(self, index: int, passages: list[int]) -> bool:
        """Return whether the score of the candidate at `index` is lower without some passages.

        It is the score by the person's own signals: what a list takes off for likeness to others
        changes with the others.
        """
        again = self._rank(drop_passages(self.found, index, passages))
        now = float(again.scores[again.index == index][0])
        return now < float(self._scores[index])

    def _rank(self, found: Candidates) -> Ranking:
        return rank(replace(self._context, candidates=found, known={}), self._policy)


def drop_passages(found: Candidates, index: int, passages: list[int]) -> Candidates:
    """Return the same candidates, the one at `index` without some passages."""
    start, stop = int(found.starts[index]), int(found.starts[index + 1])
    entries = np.arange(start, stop)
    keep = np.ones(len(found.passage), np.bool_)
    keep[entries[np.isin(found.passage[entries], passages)]] = False
    starts: NDArray[np.int64] = found.starts.copy()
    starts[index + 1 :] -= int((~keep).sum())
    return replace(
        found,
        starts=starts,
        passage=found.passage[keep],
        field=found.field[keep],
        similarity=found.similarity[:, keep],
        own=found.own[:, keep],
    )
