"""The first words of a request: a draft that the seeker edits before anybody sees it."""

from collections.abc import Sequence

from recommender.excerpts import excerpt
from recommender.explanation import Evidence
from recommender.profiles import Field
from recommender.relationships import KINDS, Relationship

MAX_MESSAGE_CHARACTERS = 4000
"""A request is read between two meetings; longer ones are refused."""

_MAX_QUOTE = 200


def write_draft(
    goal: str,
    relationship: Relationship,
    evidence: Sequence[Evidence],
    *,
    seeker_name: str,
    helper_name: str,
) -> str:
    """Write a draft from the goal, the helper's own words and what the kind begins with.

    Args:
        goal: the goal's text; the seeker may take it out before sending.
        relationship: what is asked for.
        evidence: the passages that the suggestion quoted, the best first.
        seeker_name: who signs.
        helper_name: who is asked.
    """
    kind = KINDS[relationship]
    spoken = (item for item in evidence if item.speaks and item.field != Field.ROLE.word)
    quoted = next(spoken, None)
    parts = [f"Hello {helper_name},"]
    if quoted is not None:
        parts.append(f"I read in your profile: “{excerpt(quoted.passage, _MAX_QUOTE)}”")
    parts += [
        f"I would like to {kind.first_topic}. What I am after: “{' '.join(goal.split())}”",
        "Would you have half an hour for a first conversation in the next two weeks? "
        "If it does not suit you, just decline; you need not give a reason.",
        seeker_name,
    ]
    return "\n\n".join(parts)
