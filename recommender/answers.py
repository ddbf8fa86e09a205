"""A request and its answer, and the published form of each answer: the contract in the README."""

from dataclasses import dataclass
from typing import Any

from recommender.eligibility import Reason
from recommender.explanation import Contribution, Evidence
from recommender.goals import Goal
from recommender.kinds import KindPrediction
from recommender.languages import CALIBRATED, name_of
from recommender.relationships import KINDS, Relationship
from recommender.strength import Strength

NOT_CALIBRATED = (
    "Your goal is read as {language}. How well matches fit was measured for English goals alone, "
    "so none is called strong, and the order may be less right; in English the goal finds more."
)
NO_PROSE = (
    "This reads like code and not like something to learn, so no match is called strong. "
    "Say in a sentence what you would like to learn."
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a seeker asks."""

    seeker_id: str
    goal: str
    relationship: Relationship | None = None
    """One kind, or None for all four."""
    limit: int | None = None
    """How many suggestions a list holds; None for the policy's number."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One colleague in a list, with every reason for being there."""

    rank: int
    person_id: str
    display_name: str
    job_title: str
    score: float
    strength: Strength
    probability: float
    """How likely it is that the suggestion is good, 0 to 1, by the policy's calibration. Not
    published: what is shown is `strength`."""
    power: str
    evidence: tuple[Evidence, ...]
    contributions: tuple[Contribution, ...]
    """Sum to `score`."""
    first_conversation: str

    def to_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "rank": self.rank,
            "person_id": self.person_id,
            "display_name": self.display_name,
            "job_title": self.job_title,
            "score": self.score,
            "strength": str(self.strength),
            "power": self.power,
            "evidence": [
                {
                    "need": item.need,
                    "field": item.field,
                    "passage": item.passage,
                    "similarity": item.similarity,
                }
                for item in self.evidence
            ],
            "contributions": [
                {
                    "signal": part.signal,
                    "value": part.value,
                    "weight": part.weight,
                    "contribution": part.contribution,
                }
                for part in self.contributions
            ],
            "first_conversation": self.first_conversation,
        }


@dataclass(frozen=True, slots=True)
class SuggestionList:
    """The suggestions for one kind of relationship."""

    relationship: Relationship
    suggestions: tuple[Suggestion, ...]
    excluded: dict[str, int]
    """How many people each rule excludes."""
    note: str
    """What to try where nothing is strong; empty otherwise."""

    def to_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "relationship": str(self.relationship),
            "question": KINDS[self.relationship].question,
            "suggestions": [suggestion.to_json() for suggestion in self.suggestions],
            "excluded": self.excluded,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The answer to one request."""

    seeker: str
    goal: Goal
    snapshot: str
    reading: KindPrediction
    """Which kinds suit the goal."""
    lists: tuple[SuggestionList, ...]

    @property
    def caution(self) -> str:
        """Why no match is called strong, whatever fits; empty where nothing stands against it."""
        if self.goal.is_calibrated:
            return ""
        if self.goal.language in CALIBRATED:
            return NO_PROSE
        return NOT_CALIBRATED.format(language=name_of(self.goal.language))

    def to_json(self) -> dict[str, Any]:
        """Return the published form, a contract: see the README."""
        return {
            "seeker": self.seeker,
            "goal": self.goal.text,
            "snapshot": self.snapshot,
            "reading": {
                "needs": list(self.goal.needs),
                "circumstances": list(self.goal.circumstances),
                "unread": list(self.goal.unread),
                "refused": list(self.goal.refused),
                "slips": [{"typed": typed, "read": read} for typed, read in self.goal.slips],
                "language": self.goal.language,
                "caution": self.caution,
                "kinds": [
                    {"relationship": str(fit.relationship), "share": fit.share}
                    for fit in self.reading.fits
                ],
                "question": self.reading.question,
            },
            "lists": [part.to_json() for part in self.lists],
        }


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a colleague is not suggested, or where they stand."""

    reasons: tuple[Reason, ...]
    rank: int | None
    """1 is first among all eligible people; None without a goal or where a rule excludes."""
    held_back_by: tuple[tuple[str, float], ...]
    """Signals that cost the person most against the last suggested one: name and difference."""

    @property
    def eligible(self) -> bool:
        """Whether no rule excludes the person."""
        return not self.reasons

    def to_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "eligible": self.eligible,
            "reasons": [{"rule": reason.rule, "says": reason.says} for reason in self.reasons],
            "rank": self.rank,
            "held_back_by": [
                {"signal": signal, "contribution": difference}
                for signal, difference in self.held_back_by
            ],
        }
