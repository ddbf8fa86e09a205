"""The whole way of one goal, on one page.

    goal text → needs → eligible people → candidates → signals → list → reasons

The app, the terminal and the evaluation all come through `rank_goal`; here its orders become lists
with reasons.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.answers import Recommendation, Request, Suggestion, SuggestionList, WhyNot
from recommender.eligibility import reasons_against
from recommender.explanation import (
    list_contributions,
    open_conversation,
    quote_cases,
    quote_likely,
)
from recommender.kinds import predict_kinds
from recommender.live import LiveFacts
from recommender.policy import Policy
from recommender.power import power_between
from recommender.profiles import OWN_WORDS
from recommender.rank_goal import RankedGoal, rank_goal
from recommender.ranking import Ranking
from recommender.reader import Reader
from recommender.relationships import Relationship
from recommender.retrieval import Retriever
from recommender.strength import Strength, judge

NO_STRONG_MATCH = (
    "No strong match. Try to name the skill or situation in other words, split the goal, "
    "or look at another kind of relationship."
)
NOBODY_ELIGIBLE = (
    "Nobody is available for this kind of relationship under the rules at the moment. "
    "Try another kind."
)
NO_OWN_WORDS = (
    "Nobody in this list has written about themselves, so their order rests on job titles and "
    "places in the organisation alone: it cannot say what they know. Ask them, or come back when "
    "profiles hold skills and experience."
)


def recommend(
    retriever: Retriever,
    request: Request,
    policy: Policy,
    live: LiveFacts | None = None,
    reader: Reader | None = None,
) -> Recommendation:
    """Answer one request: a list of explained suggestions for each kind asked for.

    Args:
        retriever: the snapshot.
        request: who asks, for what.
        policy: rules, weights and how a list looks.
        live: facts newer than the snapshot.
        reader: reads the first of each list, and says what may be quoted as a reason; without one
            the nearest passages are quoted.

    Raises:
        GoalError: the goal is empty or far too long.
        UnknownPersonError: the seeker is not in the snapshot.
    """
    live = live or LiveFacts.none()
    seeker = retriever.people.row(request.seeker_id)
    kinds = [request.relationship] if request.relationship else list(Relationship)
    ranked = rank_goal(
        retriever, request.goal, seeker, kinds, policy, live,
        limit=policy.list.candidates, reader=reader,
    )  # fmt: skip
    length = policy.list.length if request.limit is None else request.limit
    lists = tuple(_explain(ranked, kind, policy, live, length) for kind in kinds)
    prediction = predict_kinds(retriever.kind_logits(ranked.goal.text, ranked.vectors))
    return Recommendation(request.seeker_id, ranked.goal, retriever.snapshot_id, prediction, lists)


def why_not(
    retriever: Retriever,
    request: Request,
    candidate_id: str,
    policy: Policy,
    live: LiveFacts | None = None,
    reader: Reader | None = None,
) -> WhyNot:
    """Return which rule excludes a colleague from one kind, or their rank and why not a higher one.

    Raises:
        GoalError: a goal was given that cannot be answered.
        UnknownPersonError: the seeker or the colleague is not in the snapshot.
        ValueError: the request names no kind of relationship.
    """
    if request.relationship is None:
        raise ValueError("why_not needs one kind of relationship")
    people, kind, live = retriever.people, request.relationship, live or LiveFacts.none()
    seeker, candidate = people.row(request.seeker_id), people.row(candidate_id)
    reasons = reasons_against(people, seeker, candidate, kind, policy, live)
    if reasons or not request.goal.strip():
        return WhyNot(tuple(reasons), None, ())
    length = policy.list.length if request.limit is None else request.limit
    ranked = rank_goal(
        retriever, request.goal, seeker, [kind], policy, live, limit=None, reader=reader
    )
    ranking = ranked.lists[kind]
    position = int(np.flatnonzero(ranking.rows == candidate)[0])
    last = max(min(length, len(ranking.rows)) - 1, 0)
    return WhyNot((), position + 1, _held_back(ranking, position, last))


def _held_back(ranking: Ranking, position: int, last: int) -> tuple[tuple[str, float], ...]:
    if position <= last:
        return ()
    behind = ranking.contributions[:, position] - ranking.contributions[:, last]
    worst = np.argsort(behind)
    return tuple(
        (ranking.signals[number], float(behind[number])) for number in worst if behind[number] < 0
    )


def _explain(
    ranked: RankedGoal, kind: Relationship, policy: Policy, live: LiveFacts, length: int
) -> SuggestionList:
    """Turn the first of one kind's order into suggestions with reasons.

    The order was made for a list of the policy's length whatever is shown, so that ranks are those
    that `why_not` says.
    """
    retriever, seeker = ranked.context.retriever, ranked.context.seeker
    people, ranking = retriever.people, ranked.lists[kind]
    suggestions = []
    for position, row in enumerate(ranking.rows[:length].tolist()):
        index, quotable = int(ranking.index[position]), live.quotable.get(row)
        probability = float(ranking.probability[position])
        opinion = ranked.opinions[kind].get(row)
        evidence = (
            quote_likely(
                retriever, ranked.candidates, index, ranked.goal, kind, probability, quotable
            )
            if opinion is None or opinion.cases is None
            else quote_cases(
                retriever, ranked.candidates, index, ranked.goal, opinion.cases, quotable
            )
        )
        suggestions.append(
            Suggestion(
                rank=position + 1,
                person_id=str(people.ids[row]),
                display_name=people.text(row, "display_name"),
                job_title=people.text(row, "job_title"),
                score=float(ranking.scores[position]),
                strength=judge(
                    probability, policy.of(kind).strength, calibrated=ranked.goal.is_calibrated
                ),
                probability=probability,
                power=str(power_between(people, seeker, row)),
                evidence=evidence,
                contributions=list_contributions(ranking, position),
                first_conversation=open_conversation(kind, evidence, ranked.goal),
            )
        )
    excluded = ranked.eligible[kind].excluded
    shown = ranking.rows[: len(suggestions)]
    note = _note(suggestions, has_own_words=_any_own_words(retriever, shown))
    return SuggestionList(kind, tuple(suggestions), excluded, note)


def _any_own_words(retriever: Retriever, rows: NDArray[np.int64]) -> bool:
    """Return whether any of `rows` has more in their profile than title and place."""
    fields = [retriever.fields(retriever.passages_of(row)) for row in rows.tolist()]
    return any(np.isin(own, OWN_WORDS).any() for own in fields)


def _note(suggestions: Sequence[Suggestion], *, has_own_words: bool) -> str:
    if not suggestions:
        return NOBODY_ELIGIBLE
    if not has_own_words:
        return NO_OWN_WORDS
    weak = all(suggestion.strength is Strength.WEAK for suggestion in suggestions)
    return NO_STRONG_MATCH if weak else ""
