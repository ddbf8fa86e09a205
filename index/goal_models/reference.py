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
from recommender.languages import ENGLISH

LANGUAGES = ("de", "es", "fr")
"""Languages whose common direction is taken out of goals, so that who writes German is not near
because of it. Source: 'python -m eval languages'; other languages keep theirs."""

PARALLEL = "parallel_goals.tsv"
"""The same goals in English and each of `LANGUAGES`, a column each."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the reference texts say of an encoder."""

    centroids: NDArray[np.float32]
    """`(2 + n_languages, dim)`: the mean embeddings of the reference goals, and of the reference
    passages; then that of goals in each of `LANGUAGES`."""
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
        centroids = np.stack([
            goals.mean(axis=0), passages.mean(axis=0),
            *(goals.mean(axis=0) + shift for shift in _shifts(encoder)),
        ])  # fmt: skip
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


def _shifts(encoder: Encoder) -> list[NDArray[np.float32]]:
    """Return how far goals in each of `LANGUAGES` lie from the same goals in English: `(dim,)`."""
    source = resources.files(__package__).joinpath("data", PARALLEL)
    rows = [line.split("\t") for line in source.read_text(encoding="utf-8").splitlines()]
    assert rows[0] == [ENGLISH, *LANGUAGES], "the columns are the languages"
    means = [
        encoder.encode_queries(list(texts)).mean(axis=0) for texts in zip(*rows[1:], strict=True)
    ]
    return [mean - means[0] for mean in means[1:]]


def reference_texts(side: str) -> list[str]:
    """Read the reference texts of "goals" or of "passages"."""
    source = resources.files(__package__).joinpath("data", f"{side}.txt")
    return source.read_text(encoding="utf-8").splitlines()
