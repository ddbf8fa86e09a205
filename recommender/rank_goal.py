"""The way of one goal to an order, written once: whoever ranks, ranks by this.

goal text → needs → eligible people → candidates → signals → order → read closely → list
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.eligibility import Eligibility, eligibility_by_kind
from recommender.goals import Goal, centred, read_goal, read_needs, with_whole
from recommender.languages import ENGLISH
from recommender.live import LiveFacts
from recommender.policy import KindPolicy, Policy
from recommender.profiles import Field
from recommender.ranking import Ranking, rank
from recommender.reader import Opinions, Reader, reread
from recommender.relationships import Relationship
from recommender.rerank import loads, rerank
from recommender.retrieval import Candidates, ListQuery, Retriever
from recommender.signals import SignalContext


@dataclass(frozen=True, slots=True)
class RankedGoal:
    """One goal of one seeker with the people who may help, in order, for each kind asked for."""

    goal: Goal
    vectors: NDArray[np.float32]
    """`(n_vectors, dim)` float32, unit rows: the goal as a whole, then its parts where there are
    several."""
    eligible: Mapping[Relationship, Eligibility]
    candidates: Candidates
    context: SignalContext
    by_signals: Mapping[Relationship, Ranking]
    """The order by signals alone."""
    opinions: Mapping[Relationship, Opinions]
    """What the reader thought of those it read; empty where nothing was read."""
    lists: Mapping[Relationship, Ranking]
    """The order in which people are shown."""


def rank_goal(
    retriever: Retriever,
    text: str,
    seeker: int,
    kinds: Collection[Relationship],
    policy: Policy,
    live: LiveFacts,
    *,
    limit: int | None,
    reader: Reader | None = None,
) -> RankedGoal:
    """Rank the people who may help one seeker with one goal, for each of some kinds.

    Args:
        retriever: the snapshot.
        text: the goal.
        seeker: the seeker's row.
        kinds: the kinds of relationship asked for.
        policy: rules, weights and how a list looks.
        live: facts newer than the snapshot.
        limit: about how many people to rank for a list; None for everyone eligible.
        reader: reads the first of each order; None leaves the order to the signals.

    Raises:
        GoalError: the goal is empty or far too long.
        InputError: the seeker or a row of `live` is not in the snapshot.
    """
    people = retriever.people
    goal, vectors = encode_goal(retriever, understand(retriever, text))
    eligible = eligibility_by_kind(people, seeker, kinds, policy, live)
    queries = [list_query(allowed, policy.of(kind)) for kind, allowed in eligible.items()]
    found = retriever.candidates(
        goal.words, vectors, queries, limit, own_passages(retriever, seeker), goal.language
    )
    context = None
    by_signals, lists = {}, {}
    opinions: dict[Relationship, Opinions] = {}
    for kind, among in zip(eligible, found.lists, strict=True):
        context = context.of(kind) if context else SignalContext(retriever, found, kind, seeker)
        ranking = by_signals[kind] = rank(context, policy.of(kind), among)
        opinions[kind] = {}
        if reader is not None:
            ranking, opinions[kind] = reread(ranking, context, goal, vectors, reader)
        load = loads(people, live, ranking.rows)
        lists[kind] = rerank(ranking, retriever, found, load, policy.list, policy.list.length)
    assert context is not None, "no kind was asked for"
    return RankedGoal(goal, vectors, eligible, found, context, by_signals, opinions, lists)


def understand(retriever: Retriever, text: str) -> Goal:
    """Read a goal: its language, what it refuses, and what was surely meant by a slip.

    Raises:
        GoalError: the goal is empty or far too long.
    """
    goal = read_goal(text)
    goal = replace(goal, language=retriever.language_of(goal.text))
    if goal.language != ENGLISH:
        return goal
    return goal.without_refusals().with_slips_put_right(retriever.put_right)


def encode_goal(retriever: Retriever, goal: Goal) -> tuple[Goal, NDArray[np.float32]]:
    """Embed a goal by its parts, and tell its needs from its circumstances.

    Returns:
        The goal; and `(n_vectors, dim)` float32, unit rows: the goal as a whole, then its parts
        where there are several.
    """
    encoded, manner = retriever.encode_parts(goal.parts)
    if len(goal.parts) > 1:
        goal = read_needs(goal, retriever.need_probabilities(manner, goal.parts))
    return goal, centred(with_whole(goal, encoded), retriever.goal_centroid(goal.language))


def list_query(allowed: Eligibility, kind: KindPolicy) -> ListQuery:
    """Return whom to look for: by the profile and words as the kind ranks by them."""
    profile, words = (max(kind.weights.get(name, 0.0), 0.0) for name in ("profile", "words"))
    if not profile and not words:
        profile = 1.0
    return ListQuery(allowed.mask, profile, words)


def own_passages(retriever: Retriever, person: int) -> NDArray[np.int64]:
    """Return the numbers of a person's passages, the whole profile left out: `(k,)` int64."""
    own = retriever.passages_of(person)
    return np.asarray(own[retriever.fields(own) != Field.PROFILE], np.int64)
