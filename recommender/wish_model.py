"""Which sentences of a long text say what somebody seeks, told by words learnt from many texts.

Whoever pastes a CV, a job description or a mail before "what I really need …" asks for what comes
last, and the trade of the CV would drown it. Goals and profiles speak differently: "how do I",
"somebody who", "?" against "led", "responsible for", years. What is sought stands together, so the
run of sentences is kept that speaks most like goals and least like profiles.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import Self

FILE = "wish_model.json"

KNOWN_WORDS = 0.5
"""Of a text with a smaller share of known words the model says nothing: another language."""

_WORD = re.compile(r"[^\W\d_]+|[?!]|\d+")


@dataclass(frozen=True, slots=True)
class WishModel:
    """A logistic regression on the words, and pairs of words, of a sentence."""

    weights: Mapping[str, float]
    """By word or pair of words, lower case, a pair joined by a space."""
    constant: float

    @classmethod
    def shipped(cls) -> Self:
        """Return the model that `python -m eval fit-wishes` fitted."""
        text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
        found = json.loads(text)
        return cls(found["weights"], float(found["constant"]))

    def logit(self, sentence: str) -> float:
        """Return how much a sentence speaks like a goal; above 0 more than like a profile."""
        return self.constant + sum(self.weights.get(term, 0.0) for term in terms_of(sentence))

    def find_wish(self, sentences: Sequence[str]) -> range:
        """Find the run of sentences that says what is sought.

        Args:
            sentences: one or more, in their order.

        Returns:
            The numbers of the run's sentences: of all of them where the words are mostly unknown.

        Source: the largest sum of neighbours, J. Bentley, "Programming Pearls", 1984.
        """
        words = [word for sentence in sentences for word in words_of(sentence)]
        known = sum(word in self.weights for word in words)
        if known < KNOWN_WORDS * len(words):
            return range(len(sentences))
        sums = [0.0, *accumulate(self.logit(sentence) for sentence in sentences)]
        first, last = max(
            ((a, b) for b in range(1, len(sums)) for a in range(b)),
            key=lambda ends: sums[ends[1]] - sums[ends[0]],
        )
        return range(first, last)


@cache
def shipped_model() -> WishModel:
    """Return the shipped model, read once."""
    return WishModel.shipped()


def words_of(sentence: str) -> list[str]:
    """Return the words, numbers, question and exclamation marks of a sentence, in lower case."""
    return _WORD.findall(sentence.lower())


def terms_of(sentence: str) -> frozenset[str]:
    """Return what the model looks at: words, and pairs of neighbours."""
    words = words_of(sentence)
    return frozenset(words) | {f"{a} {b}" for a, b in pairwise(words)}
