"""Which parts of a goal are needs and which only circumstances, learnt from labelled goals.

Two logistic regressions. The first reads how a part speaks: the states of the encoder halfway
through, which tell a wish or a difficulty from a story or an excuse better than its last layer
does, whose matter is the topic. The second reads that beside the other parts: who states a wish
clearly, and opens with it, says other things as background.

Source: measured on the sample company's goals, labelled by a language model by the same guide as
the reference goals (area under the curve): .87 by both; .82 by the states halfway, .69 by those of
the last layer, .70 by words and pairs of words, .77 by length alone. The reference goals are
English, but for a few: in other languages hardly anything is read as a circumstance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.disk import files
from index.goal_models import logistic
from recommender.goals import Goal

MANNER, BESIDE = "needs_manner.npy", "needs_beside.npy"
MANNER_PENALTY, BESIDE_PENALTY = 6.0, 0.2
"""Of the squared coefficients; see `index.goal_models.logistic`."""
SCALE = 0.05
"""The standard deviation to which states are scaled before they are penalised alike."""
FOLDS = 5
"""The second regression sees what the first says of goals that it was not fitted on."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NeedModel:
    """What tells needs from circumstances."""

    manner: NDArray[np.float32]
    """`(width + 1,)`: coefficients of the states of a part, the constant last."""
    beside: NDArray[np.float32]
    """`(8,)`: coefficients of what `_stand` says of a part, the constant last."""

    @classmethod
    def fit(cls, manner: NDArray[np.float32], goals: Sequence[Goal]) -> Self:
        """Learn from labelled goals.

        Args:
            manner: `(n_parts, width)` float32: of all parts of `goals`, one goal after the other,
                as `Encoder.encode_parts` gives it.
            goals: of several parts each, told apart.
        """
        is_need = np.array([told for goal in goals for told in goal.is_need])
        counts = np.array([len(goal.parts) for goal in goals])
        fold = np.repeat(np.arange(len(goals)) % FOLDS, counts)
        logit = np.empty(len(manner))
        for number in range(FOLDS):
            held = fold == number
            logit[held] = _logit(manner[held], _fit_manner(manner[~held], is_need[~held]))
        ends = np.cumsum(counts)
        stands = [
            _stand(logit[end - count : end], goal.parts)
            for goal, end, count in zip(goals, ends, counts, strict=True)
        ]
        beside = _difference(np.concatenate(stands), is_need, BESIDE_PENALTY)
        return cls(_fit_manner(manner, is_need), beside.astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write the model into a snapshot's folder."""
        files.write_array(folder / MANNER, self.manner)
        files.write_array(folder / BESIDE, self.beside)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the model of a snapshot."""
        return cls(np.load(folder / MANNER), np.load(folder / BESIDE))

    def probabilities(self, manner: NDArray[np.float32], parts: Sequence[str]) -> Floats:
        """Return how likely it is that each part of a goal is a need: `(n_parts,)`, 0 to 1.

        Args:
            manner: `(n_parts, width)` float32 as `Encoder.encode_parts` gives it.
            parts: of one goal, two or more.
        """
        logit = _logit(_stand(_logit(manner, self.manner), parts), self.beside)
        return np.asarray(1 / (1 + np.exp(-np.clip(logit, -700, 700))), np.float64)


def _stand(logit: Floats, parts: Sequence[str]) -> Floats:
    """Describe each part of a goal among the others: `(n_parts, 7)`.

    Its own logit, the highest and the mean of the others', whether it comes first, how long it and
    the longest other one are (logarithms), and how many there are.
    """
    lengths = np.log([len(part) for part in parts]) - 4
    rows = []
    for number in range(len(parts)):
        others = np.arange(len(parts)) != number
        rows.append(
            (logit[number], logit[others].max(), logit[others].mean(), float(number == 0),
             lengths[number], lengths[others].max(), len(parts) - 3)
        )  # fmt: skip
    return np.array(rows)


def _logit(design: NDArray[np.floating], coefficients: NDArray[np.float32]) -> Floats:
    return np.asarray(
        design.astype(np.float64) @ coefficients[:-1] + float(coefficients[-1]), np.float64
    )


def _fit_manner(manner: NDArray[np.float32], is_need: NDArray[np.bool_]) -> NDArray[np.float32]:
    mean, spread = manner.mean(axis=0), np.maximum(manner.std(axis=0), 1e-6)
    scaled = ((manner - mean) * (SCALE / spread)).astype(np.float64)
    slope = _difference(scaled, is_need, MANNER_PENALTY)
    own = slope[:-1] * (SCALE / spread)
    return np.append(own, slope[-1] - own @ mean).astype(np.float32)


def _difference(design: Floats, is_need: NDArray[np.bool_], penalty: float) -> Floats:
    """Fit two classes and give the coefficients of their difference, the constant last."""
    rows = logistic.fit(design, is_need.astype(np.int64), 2, penalty, balanced=False)
    return np.asarray(rows[1].astype(np.float64) - rows[0], np.float64)
