"""Which passages make the case: probabilities from how a passage stands, fitted on judged ones.

Similarity alone misleads: the nearest passage of somebody who does not fit is near by its words.
What tells more is how likely the person fits at all, how far the passage stands out from the rest
of their profile, and of which field it is.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.goals import Goal
from recommender.relationships import Relationship
from recommender.retrieval import QUOTABLE, Candidates

FEATURES: tuple[str, ...] = (
    "need", "goal", "above_own_mean", "below_own_best", "person_logit",
    *(field.word for field in QUOTABLE), *Relationship,
)  # fmt: skip
"""What is known of a passage, in the order of the coefficients."""

FILE = "evidence_model.json"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """Two logistic regressions on the same features."""

    helps: tuple[float, ...]
    """Coefficients that a passage helps or more, the constant last."""
    case: tuple[float, ...]
    """Coefficients that it alone makes the case, the constant last."""
    quote_from: float
    """A passage that helps with at least this probability is quoted as a reason."""

    @classmethod
    def shipped(cls) -> Self:
        """Return the model that `python -m eval fit-evidence` fitted on four judged companies."""
        text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
        found = json.loads(text)
        return cls(tuple(found["helps"]), tuple(found["case"]), float(found["quote_from"]))

    def probabilities(self, features: Floats) -> tuple[Floats, Floats]:
        """Return that each passage helps, and that it makes the case: `(n,)` each, 0 to 1."""
        return _logistic(features, self.helps), _logistic(features, self.case)


@cache
def shipped_model() -> EvidenceModel:
    """Return the shipped model, read once."""
    return EvidenceModel.shipped()


def passage_features(
    candidates: Candidates,
    entries: list[int],
    goal: Goal,
    relationship: Relationship,
    probability: float,
) -> Floats:
    """Describe passages of one person for one goal.

    Args:
        candidates: the candidates of the goal.
        entries: which passages, all that may be quoted of one person.
        goal: the goal.
        relationship: the kind asked for.
        probability: how likely the person is a good match, by the signals.

    Returns:
        `(len(entries), len(FEATURES))` float64.
    """
    rows = [row for _, row in goal.rows_of_needs()]
    similarity = candidates.similarity[:, entries].astype(np.float64)
    need = similarity[rows].max(axis=0)
    sure = min(max(probability, 1e-4), 1 - 1e-4)
    n = len(entries)
    return np.column_stack(
        [
            need, similarity[0], need - need.mean(), need.max() - need,
            np.full(n, np.log(sure / (1 - sure))),
            *(candidates.field[entries] == field for field in QUOTABLE),
            *(np.full(n, float(relationship is kind)) for kind in Relationship),
        ]
    ).astype(np.float64)  # fmt: skip


def _logistic(features: Floats, coefficients: tuple[float, ...]) -> Floats:
    logit = features @ np.array(coefficients[:-1]) + coefficients[-1]
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -700, 700))), np.float64)
