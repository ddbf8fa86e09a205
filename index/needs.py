"""Which parts of a goal are needs and which only circumstances, learnt from labelled goals.

A logistic regression on how a part speaks: the states of the encoder halfway through, which tell a
wish or a difficulty from a story or an excuse better than its last layer does, whose matter is the
topic. Source: measured on the sample company's goals, labelled by the same guide (area under the
curve): .82 halfway, .69 by the last layer, .70 by words and pairs of words, .77 by length.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index import files, logistic

FILE = "needs.npy"
PENALTY = 6.0
"""Of the squared coefficients, of states scaled to a standard deviation of `SCALE`."""
SCALE = 0.05
LEAST_CHANCE = 0.5
"""A part with a smaller chance of being a need is read as a circumstance. Source: of the parts so
read on the sample company four in five are none to a person either."""


@dataclass(frozen=True, slots=True)
class NeedModel:
    """What tells needs from circumstances."""

    coefficients: NDArray[np.float32]
    """`(width + 1,)`: of the states of a part, the constant last."""

    @classmethod
    def fit(cls, manner: NDArray[np.float32], is_need: NDArray[np.bool_]) -> Self:
        """Learn from labelled parts.

        Args:
            manner: `(n, width)` float32 as `Encoder.encode_parts` gives it.
            is_need: `(n,)` bool.
        """
        mean, spread = manner.mean(axis=0), np.maximum(manner.std(axis=0), 1e-6)
        scaled = ((manner - mean) * (SCALE / spread)).astype(np.float64)
        rows = logistic.fit(scaled, is_need.astype(np.int64), 2, PENALTY, balanced=False)
        slope = (rows[1] - rows[0]).astype(np.float64)
        own = slope[:-1] * (SCALE / spread)
        return cls(np.append(own, slope[-1] - own @ mean).astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write the model into a snapshot's folder."""
        files.write_array(folder / FILE, self.coefficients)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the model of a snapshot."""
        return cls(np.load(folder / FILE))

    def chances(self, manner: NDArray[np.float32]) -> NDArray[np.float64]:
        """Say how likely it is that each part is a need: `(n,)`, 0 to 1."""
        odds = manner.astype(np.float64) @ self.coefficients[:-1] + float(self.coefficients[-1])
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -700, 700))), np.float64)

    def tell(self, manner: NDArray[np.float32]) -> list[bool]:
        """Say which parts of one goal are needs; one is, whatever they are like."""
        chances = self.chances(manner)
        told = chances >= LEAST_CHANCE
        told[np.argmax(chances)] = True
        return [bool(one) for one in told]
