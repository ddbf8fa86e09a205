"""The whole way of one goal, on one page.

    goal text → needs → eligible people → candidates → signals → ranking → reasons

The app, the terminal and the evaluation all come through here.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from recommender.answers import Recommendation, Request, Suggestion, SuggestionList, WhyNot
from recommender.eligibility import (
    Eligibility,
    LiveFacts,
    eligibility,
    eligibility_by_kind,
    reasons_against,
)
from recommender.explanation import (
    describe_power,
    find_evidence,
    list_contributions,
    open_conversation,
)
from recommender.goals import Goal, read_goal, whole_goal
from recommender.kinds import read_kinds
from recommender.policy import Policy
from recommender.ranking import Ranking, rank
from recommender.relationships import Relationship
from recommender.rerank import loads, make_list
from recommender.retrieval import Candidates, Retriever
from recommender.signals import Match
from recommender.strength import Strength, chances, judge

NO_STRONG_MATCH = (
    "No strong match. Try to name the skill or situation in other words, split the goal, "
    "or look at another kind of relationship."
)
NOBODY_ELIGIBLE = (
    "Nobody is available for this kind of relationship under the rules at the moment. "
    "Try another kind."
)


def recommend(
    retriever: Retriever, request: Request, policy: Policy, live: LiveFacts | None = None
) -> Recommendation:
    """Answer one request: a list of explained suggestions for each kind asked for.

    Raises:
        GoalError: the goal is empty or far too long.
        UnknownPersonError: the seeker is not in the snapshot.
    """
    people, live = retriever.people, live or LiveFacts.none()
    seeker = people.row(request.seeker_id)
    goal, vectors = retriever.encode(read_goal(request.goal))
    kinds = [request.relationship] if request.relationship else list(Relationship)
    length = policy.list.length if request.limit is None else request.limit
    allowed_by_kind = eligibility_by_kind(people, seeker, kinds, policy, live)
    masks = [allowed.mask for allowed in allowed_by_kind.values()]
    found = retriever.candidates(goal.text, vectors, masks, policy.list.candidates, seeker)
    match = Match(retriever, found, None, seeker)
    lists = []
    for (kind, allowed), places in zip(allowed_by_kind.items(), found.lists, strict=True):
        plain = rank(match.of(kind), policy.of(kind).weights, places)
        load = loads(people, live, plain.rows)
        # of the policy's length whatever is shown, so that places are those that `why_not` says
        ranking = make_list(plain, retriever, found, load, policy.list, policy.list.length)
        # nobody is a weaker match for having been shown to others
        chance = dict(
            zip(plain.rows.tolist(), chances(plain, policy.of(kind).strength), strict=True)
        )
        lists.append(
            _explain(retriever, policy, seeker, goal, kind, allowed, found, ranking, chance, length)
        )
    reading = read_kinds(retriever.kind_logits(goal.text, vectors))
    return Recommendation(request.seeker_id, goal, retriever.snapshot_id, reading, tuple(lists))


def rank_everyone(
    retriever: Retriever,
    goal: str,
    relationship: Relationship | None,
    policy: Policy,
    *,
    seeker: int | None,
    live: LiveFacts | None = None,
    length: int | None = None,
) -> Ranking:
    """Rank every eligible person for a goal, for evaluation and for `why_not`.

    Args:
        retriever: the snapshot.
        goal: the goal's text.
        relationship: the kind; None measures the relevance of texts alone, without rules.
        policy: rules and weights.
        seeker: the seeker's row; None only where `relationship` is None.
        live: facts newer than the snapshot.
        length: of the list that is made of the order, as `recommend` makes it; None leaves the
            order as the signals make it.
    """
    people, live = retriever.people, live or LiveFacts.none()
    if relationship is None or seeker is None:
        read, mask = whole_goal(goal), np.ones(len(people), np.bool_)
        weights = policy.relevance.weights
    else:
        read = read_goal(goal)
        mask = eligibility(people, seeker, relationship, policy, live).mask
        weights = policy.of(relationship).weights
    read, vectors = retriever.encode(read)
    found = retriever.candidates(read.text, vectors, [mask], None, seeker)
    ranking = rank(Match(retriever, found, relationship, seeker), weights)
    if length is None:
        return ranking
    load = loads(people, live, ranking.rows)
    return make_list(ranking, retriever, found, load, policy.list, length)


def why_not(
    retriever: Retriever,
    request: Request,
    candidate_id: str,
    policy: Policy,
    live: LiveFacts | None = None,
) -> WhyNot:
    """Say which rule excludes a colleague from one kind, or what rank they have and why not higher.

    Raises:
        GoalError: a goal was given that cannot be answered.
        UnknownPersonError: the seeker or the colleague is not in the snapshot.
        ValueError: the request names no kind of relationship.
    """
    if request.relationship is None:
        raise ValueError("why_not needs one kind of relationship")
    people = retriever.people
    seeker, candidate = people.row(request.seeker_id), people.row(candidate_id)
    reasons = reasons_against(
        people, seeker, candidate, request.relationship, policy, live or LiveFacts.none()
    )
    if reasons or not request.goal.strip():
        return WhyNot(tuple(reasons), None, ())
    length = policy.list.length if request.limit is None else request.limit
    ranking = rank_everyone(
        retriever, request.goal, request.relationship, policy,
        seeker=seeker, live=live, length=policy.list.length,
    )  # fmt: skip
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
    retriever: Retriever,
    policy: Policy,
    seeker: int,
    goal: Goal,
    kind: Relationship,
    allowed: Eligibility,
    found: Candidates,
    ranking: Ranking,
    chance: Mapping[int, float],
    length: int,
) -> SuggestionList:
    people = retriever.people
    suggestions = []
    for position, row in enumerate(ranking.rows[:length].tolist()):
        evidence = find_evidence(retriever, found, int(ranking.place[position]), goal)
        suggestions.append(
            Suggestion(
                rank=position + 1,
                person_id=str(people.ids[row]),
                display_name=people.text(row, "display_name"),
                job_title=people.text(row, "job_title"),
                score=float(ranking.scores[position]),
                strength=judge(chance[row], policy.of(kind).strength),
                chance=float(chance[row]),
                power=describe_power(people, seeker, row),
                evidence=evidence,
                contributions=list_contributions(ranking, position),
                first_conversation=open_conversation(kind, evidence, goal),
            )
        )
    return SuggestionList(kind, tuple(suggestions), allowed.excluded, _note(suggestions))


def _note(suggestions: Sequence[Suggestion]) -> str:
    if not suggestions:
        return NOBODY_ELIGIBLE
    weak = all(suggestion.strength is Strength.WEAK for suggestion in suggestions)
    return NO_STRONG_MATCH if weak else ""
