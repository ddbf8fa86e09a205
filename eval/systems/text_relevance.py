"""How well texts fit a goal where neither a kind nor a seeker is known: for benchmarks alone."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from recommender.goals import centred
from recommender.languages import ENGLISH
from recommender.retrieval import Candidates, ListQuery, Retriever
from recommender.signals import ngrams_fit, passages_fit, profile_fits, words_fit

TEXT_SIGNALS: Mapping[str, Callable[[Candidates], NDArray[np.float64]]] = {
    "passages": passages_fit,
    "profile": profile_fits,
    "words": lambda found: words_fit(found.lexical),
    "grams": ngrams_fit,
}
"""The signals that need nobody but the helper."""

WEIGHTS: Mapping[str, float] = {"passages": 0.25, "profile": 0.5, "words": 0.6, "grams": 0.5}
"""The weights that all kinds have in the project's own policy."""


def order_by_texts(
    retriever: Retriever, text: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Order everybody by how well their texts fit a goal, which may be as long as an abstract.

    Returns:
        `(n_people,)` rows, best first, and `(n_people,)` their scores.
    """
    folded = " ".join(text.split())
    encoded, _ = retriever.encode_parts([folded])
    vectors = centred(encoded, retriever.goal_centroid(ENGLISH))
    everyone = ListQuery(np.ones(len(retriever.people), np.bool_))
    found = retriever.candidates(folded, vectors, [everyone], None, np.zeros(0, np.int64))
    values = np.vstack([TEXT_SIGNALS[name](found) for name in WEIGHTS])
    scores = (values * np.array(list(WEIGHTS.values()))[:, None]).sum(axis=0)
    order = np.lexsort((found.rows, -scores))
    return found.rows[order], scores[order]
