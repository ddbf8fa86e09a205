"""The small reader: a linear model over a shortlist, learnt listwise from judged companies.

It costs a few milliseconds and needs nothing that is not in the snapshot. What it adds to the
signals is comparison: every need with every passage, each person with the others of the list, and
the seeker's profile with theirs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.reader import Opinion, Shortlist
from recommender.reading_features import FEATURES, describe_shortlist, standardise
from recommender.relationships import Relationship

FILE = "small_reader.json"

READS = 30
"""How many of a list are read. Source: a perfect order of the first 30 would score .88 to .95."""

WEIGHT = 0.75
"""What a fit of 1 adds to a score. Source: leaving one company out, nDCG@5 is .501 without, .529
with 0.5, .533 with 0.75, .534 with 1 and .540 with 4; but with 4 scores lie ten times as far
apart as by the signals, with 0.75 two and a half times, and what a list takes off counts less."""

LOW, RANGE = -1.5, 4.5
"""The rating that is a fit of 0, and how far above it a fit of 1 lies; the mean of a list is 0."""

GRADES = (1, 2, 3)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """What was learnt."""

    ratings: Mapping[Relationship, Floats]
    """For each kind `(len(FEATURES),)`: what a standard deviation of each feature adds."""
    slopes: Floats
    """`(2,)`: of the logit of each grade or better; see `calibration_features`."""
    constants: Mapping[Relationship, Floats]
    """For each kind `(3,)`, falling: the logit's constant for each of `GRADES`."""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: it was fitted on other features.
        """
        found = json.loads(text)
        if tuple(found["features"]) != FEATURES:
            raise ValueError(f"{FILE} knows other features; run 'python -m eval train-reader'")
        kinds = [(Relationship(kind), own) for kind, own in found["kinds"].items()]
        return cls(
            {kind: np.array(own["ratings"], np.float64) for kind, own in kinds},
            np.array(found["slopes"], np.float64),
            {kind: np.array(own["constants"], np.float64) for kind, own in kinds},
        )

    def to_json(self) -> str:
        """Write it, four decimals."""
        document = {
            "features": FEATURES,
            "slopes": self.slopes.round(4).tolist(),
            "kinds": {
                str(kind): {
                    "ratings": ratings.round(4).tolist(),
                    "constants": self.constants[kind].round(4).tolist(),
                }
                for kind, ratings in self.ratings.items()
            },
        }
        return json.dumps(document) + "\n"


@dataclass(frozen=True, slots=True)
class SmallReader:
    """A `recommender.reader.Reader` that ships with the project; safe to share."""

    weights: ReaderWeights | None = None
    """None for those that ship."""
    name: str = "small reader"
    reads: int = READS
    weight: float = WEIGHT

    def read(self, shortlist: Shortlist) -> Sequence[Opinion]:
        """Rate the first of an order by how they compare with one another."""
        return self.judge(
            describe_shortlist(shortlist), shortlist.ranking.probability[: shortlist.n],
            shortlist.relationship,
        )  # fmt: skip

    def judge(self, features: Floats, probability: Floats, kind: Relationship) -> Sequence[Opinion]:
        """Judge people by what is known of them.

        Args:
            features: as `describe_shortlist` gives them.
            probability: `(n,)`: that each is good, by the signals.
            kind: the kind asked for.
        """
        weights = self.weights or shipped_weights()
        rating = standardise(features) @ weights.ratings[kind]
        logit = calibration_features(probability, rating) @ weights.slopes
        logit = np.clip(logit[:, None] + weights.constants[kind], -50, 50)
        reached = np.pad(
            1 / (1 + np.exp(-logit)), ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0))
        )
        return [
            Opinion(value, grades, None)
            for value, grades in zip(fit_of(rating).tolist(), -np.diff(reached), strict=True)
        ]


SMALL_READER = SmallReader()
"""What reads wherever nothing else is said."""


@cache
def shipped_weights() -> ReaderWeights:
    """Return what `python -m eval train-reader` fitted on the judged companies."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return ReaderWeights.from_json(text)


def fit_of(rating: Floats) -> Floats:
    """Put ratings in 0 to 1: `(n,)`."""
    return np.asarray(np.clip((rating - LOW) / RANGE, 0.0, 1.0), np.float64)


def calibration_features(probability: Floats, rating: Floats) -> Floats:
    """Return what tells how good each is, not only how much better than the others: `(n, 2)`.

    It begins with what the signals say, so that a goal that nobody can help with, where somebody
    is first all the same, is not taken for one that somebody can.

    Args:
        probability: `(n,)`, 0 to 1: that each is good, by the signals.
        rating: `(n,)`.
    """
    sure = np.clip(probability, 1e-4, 1 - 1e-4)
    above = rating - rating.max(initial=-np.inf)
    share = above - np.log(np.exp(above).sum())
    return np.column_stack([np.log(sure / (1 - sure)), share])
