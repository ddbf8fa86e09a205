"""The order becomes reasons: evidence, power, contributions, strength, and how to begin.

Nothing here is invented: a quotation is a passage as it stands in the profile, a contribution is a
term of the sum that made the order, and a sentence about power is read off the reporting lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evidence_model import passage_features, shipped_model
from recommender.excerpts import excerpt
from recommender.goals import Goal
from recommender.profiles import Field
from recommender.ranking import Ranking
from recommender.reader import LABEL as READER_LABEL
from recommender.reader import READER, Case
from recommender.relationships import KINDS, Relationship
from recommender.rerank import LABELS
from recommender.retrieval import QUOTABLE, Candidates, Retriever
from recommender.signals import SIGNALS

MAX_QUOTE_IN_OPENING = 160
"""An opening quotes at most this many characters of a passage."""

MOST_QUOTED = 2
"""Passages that a card quotes."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage of the helper's profile that is closest to a need of the goal."""

    need: str
    field: str
    passage: str
    """Quoted exactly as it is indexed."""
    similarity: float
    """Cosine of need and passage, -1 to 1."""
    number: int
    """The passage's number in the snapshot."""

    speaks: bool
    """Whether the passage speaks to the need; else it is only the closest there is."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one signal adds to a score: `contribution = value * weight`."""

    signal: str
    value: float
    weight: float
    contribution: float

    @property
    def label(self) -> str:
        """What the signal is called on a card."""
        return label_of(self.signal)


def label_of(signal: str) -> str:
    """Return what a signal is called to people."""
    if signal == READER:
        return READER_LABEL
    return LABELS[signal] if signal in LABELS else SIGNALS[signal].label


def quote_likely(
    retriever: Retriever,
    candidates: Candidates,
    index: int,
    goal: Goal,
    relationship: Relationship,
    probability: float,
    quotable: frozenset[Field] | None = None,
) -> tuple[Evidence, ...]:
    """Quote the passages that are likely to make the case, where no reader read them.

    Args:
        retriever: where the texts are.
        candidates: the candidates of this goal.
        index: where the helper stands among `candidates`.
        goal: the goal whose needs are to be met.
        relationship: the kind asked for.
        probability: how likely the helper is a good match.
        quotable: the fields that the helper lets be quoted; None for all of `QUOTABLE`.

    Returns:
        At most `MOST_QUOTED`, the best first. Where none is likely to make the case the nearest
        passage alone, and `Evidence.speaks` is false: it is no reason. Empty only for a profile
        without a passage that may be quoted.
    """
    allowed = QUOTABLE if quotable is None else quotable.intersection(QUOTABLE)
    own = range(int(candidates.starts[index]), int(candidates.starts[index + 1]))
    entries = [entry for entry in own if candidates.field[entry] in QUOTABLE]
    if not any(candidates.field[entry] in allowed for entry in entries):
        return ()
    model = shipped_model()
    features = passage_features(candidates, entries, goal, relationship, probability)
    helps, case = model.probabilities(features)
    order = [at for at in np.argsort(-case) if candidates.field[entries[at]] in allowed]
    chosen = [at for at in order if helps[at] >= model.quote_from][:MOST_QUOTED]
    speaks = bool(chosen)
    if not speaks:
        chosen = [max(order, key=lambda at: features[at, 0])]
    numbers = candidates.passage[[entries[at] for at in chosen]]
    needs = goal.rows_of_needs()
    quoted = []
    for at, text in zip(chosen, retriever.texts(numbers), strict=True):
        entry = entries[at]
        need, row = max(needs, key=lambda one: candidates.similarity[one[1], entry])
        quoted.append(
            Evidence(
                need=need,
                field=Field(int(candidates.field[entry])).word,
                passage=text,
                similarity=float(candidates.similarity[row, entry]),
                number=int(candidates.passage[entry]),
                speaks=speaks,
            )
        )
    return tuple(quoted)


def quote_cases(
    retriever: Retriever,
    candidates: Candidates,
    index: int,
    goal: Goal,
    read: tuple[Case, ...],
    quotable: frozenset[Field] | None = None,
) -> tuple[Evidence, ...]:
    """Quote the passages that a reader says make the case, as far as their owner lets them be.

    Returns:
        The best first; empty where nothing makes the case, and then nothing is given as a reason.
    """
    start, stop = int(candidates.starts[index]), int(candidates.starts[index + 1])
    entry_of = {int(candidates.passage[entry]): entry for entry in range(start, stop)}
    allowed = QUOTABLE if quotable is None else quotable.intersection(QUOTABLE)
    needs = goal.rows_of_needs()
    cases = [
        case
        for case in read
        if case.passage in entry_of and candidates.field[entry_of[case.passage]] in allowed
    ]
    texts = retriever.texts(np.array([case.passage for case in cases], np.int64)) if cases else []
    return tuple(
        Evidence(
            need=needs[case.need][0],
            field=Field(int(candidates.field[entry_of[case.passage]])).word,
            passage=text,
            similarity=float(candidates.similarity[needs[case.need][1], entry_of[case.passage]]),
            number=case.passage,
            speaks=True,
        )
        for case, text in zip(cases, texts, strict=True)
    )


def list_contributions(ranking: Ranking, position: int) -> tuple[Contribution, ...]:
    """List what each signal adds to the score of the person at `position`, the largest first."""
    parts = [
        Contribution(name, value, weight, value * weight)
        for name, value, weight in zip(
            ranking.signals,
            ranking.values[:, position].tolist(),
            ranking.weights.tolist(),
            strict=True,
        )
        # what a list takes off is said only of those who lose something
        if value or name not in LABELS
    ]
    return tuple(sorted(parts, key=lambda part: -abs(part.contribution)))


def open_conversation(relationship: Relationship, evidence: Sequence[Evidence], goal: Goal) -> str:
    """Write how a first conversation may begin, from the goal, the evidence and the kind."""
    kind = KINDS[relationship]
    need = evidence[0].need if evidence else goal.needs[0]
    after, opening = excerpt(need, MAX_QUOTE_IN_OPENING), ""
    if evidence and evidence[0].speaks and evidence[0].field != Field.ROLE.word:
        quoted = excerpt(evidence[0].passage, MAX_QUOTE_IN_OPENING)
        ended = "” " if quoted.endswith((".", "!", "?", "…")) else "”. "
        opening = f"I read in your profile: “{quoted}{ended}"
    return (
        f"{opening}I would like to {kind.first_topic}. What I am after: “{after}” "
        f"A question to begin with: {kind.first_question}"
    )
