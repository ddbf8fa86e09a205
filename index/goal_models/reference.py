"""Reference texts: what goals and profile passages are like in general, in no company at all.

Goals share a manner ("I want to learn …") and so do profiles; embedded, each side has a common
direction that says nothing about content. The mean vectors of these texts are subtracted on each
side before a similarity is taken. From labelled goals it is learnt what a goal asks for.
"""

from dataclasses import dataclass
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.encoder.protocol import Encoder
from index.goal_models.kind_model import KindModel
from index.goal_models.labelled_goals import read_labelled_goals
from index.goal_models.need_model import NeedModel
from recommender.goals import centred


@dataclass(frozen=True, slots=True)
class Reference:
    """What the reference texts say of an encoder."""

    centroids: NDArray[np.float32]
    """`(2, dim)`: the mean embeddings of the reference goals, and of the reference passages."""
    goals: NDArray[np.float32]
    """`(n_reference_goals, dim)`: the reference goals, centred unit rows."""
    kinds: KindModel
    """What tells the four kinds of goals apart."""
    needs: NeedModel
    """What tells needs from circumstances."""

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """Embed the reference texts by `encoder`."""
        goals = encoder.encode_queries(reference_texts("goals"))
        passages = encoder.encode_passages(reference_texts("passages"))
        centroids = np.stack([goals.mean(axis=0), passages.mean(axis=0)])
        labelled = read_labelled_goals()
        parts, manner = encoder.encode_parts(labelled.parts)
        counts = np.diff([*labelled.starts, len(parts)])
        sums = np.add.reduceat(centred(parts, centroids[0]), labelled.starts)
        means = np.asarray(sums / counts[:, None], np.float32)
        several = [goal for goal in labelled.goals if len(goal.parts) > 1]
        return cls(
            centroids,
            centred(goals, centroids[0]),
            KindModel.fit(means, [goal.text for goal in labelled.goals], labelled.kinds),
            NeedModel.fit(manner[np.repeat(counts > 1, counts)], several),
        )


def reference_texts(side: str) -> list[str]:
    """Read the reference texts of "goals" or of "passages"."""
    source = resources.files(__package__).joinpath("data", f"{side}.txt")
    return source.read_text(encoding="utf-8").splitlines()
