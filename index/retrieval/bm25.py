"""Words beside vectors: BM25 over whole profiles, as posting lists that are cheap to look up.

The weights are computed by bm25s at build time; a query only adds up stored numbers.

Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
2009; variant "lucene" of X. H. Lù, "BM25S", 2024, section 2.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import Stemmer
from numpy.typing import NDArray

from index.disk import files

K1 = 2.0
"""How soon a repeated word stops counting. Source: Robertson and Zaragoza 2009, section 3.7, gives
1.2 to 2; profiles are short, so that a repetition says something."""
B = 0.75
"""How far long profiles are held back, 0 to 1. Source: as `K1`."""

VOCABULARY = "words.json"
STARTS = "word_starts.npy"
PEOPLE = "word_people.npy"
WEIGHTS = "word_weights.npy"

_WORD = re.compile(r"\w\w+", re.UNICODE)
_STOPWORDS = frozenset(
    re.split(
        r"\s+",
        "a an and are as at be but by for if in into is it no not of on or such that the their "
        "then there these they this to was will with i my me we our you your he she his her who "
        "what how want would like have has had do does am so can could from more about get",
    )
)
"""Lucene's English list, and the words that every goal has."""
_local = threading.local()


def words_of(text: str) -> list[str]:
    """Cut a text into stems: lower case, words of two letters or more, no stopwords."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")  # not to be shared between threads
    words = [word for word in _WORD.findall(text.lower()) if word not in _STOPWORDS]
    return list(_local.stemmer.stemWords(words))


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """For each word the people whose profile has it, ascending, and its BM25 weight there."""

    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    """`(n_words + 1,)`: word w owns the entries `starts[w]:starts[w + 1]`."""
    people: NDArray[np.int32]
    weights: NDArray[np.float32]
    n_people: int

    @classmethod
    def build(cls, profiles: Sequence[str]) -> Self:
        """Weigh every word of every profile; profile i is person i's."""
        import bm25s

        vocabulary: dict[str, int] = {}
        documents = [
            [vocabulary.setdefault(word, len(vocabulary)) for word in words_of(profile)]
            for profile in profiles
        ]
        if not vocabulary:
            empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
            return cls({}, np.zeros(1, np.int64), *empty, len(profiles))
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        corpus = bm25s.tokenization.Tokenized(ids=documents, vocab=vocabulary)
        model.index(corpus, create_empty_token=False, show_progress=False)
        stored: dict[str, Any] = model.scores
        return cls(
            vocabulary,
            np.asarray(stored["indptr"], np.int64),
            np.asarray(stored["indices"], np.int32),
            np.asarray(stored["data"], np.float32),
            len(profiles),
        )

    def save(self, folder: Path) -> None:
        """Write the index into a snapshot's folder."""
        files.write_text(folder / VOCABULARY, json.dumps(list(self.vocabulary)))
        files.write_array(folder / STARTS, self.starts)
        files.write_array(folder / PEOPLE, self.people)
        files.write_array(folder / WEIGHTS, self.weights)

    @classmethod
    def open(cls, folder: Path, n_people: int) -> Self:
        """Open the index of a snapshot; the arrays stay on the disk until they are touched."""
        words = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
        return cls(
            {word: number for number, word in enumerate(words)},
            files.map_array(folder / STARTS),
            files.map_array(folder / PEOPLE),
            files.map_array(folder / WEIGHTS),
            n_people,
        )

    def scores(self, text: str) -> NDArray[np.float32]:
        """Score everyone: `(n_people,)` float32, 0 or more, higher is closer."""
        scores = np.zeros(self.n_people, np.float32)
        words = self._words(text)
        for word, times in words.items():
            span = self._span(word)
            scores[self.people[span]] += self.weights[span] * np.float32(times)
        return scores / self._length(words)

    def _words(self, text: str) -> Counter[int]:
        """Count the goal's words; those that no profile has are counted below zero."""
        unknown: dict[str, int] = {}
        return Counter(
            self.vocabulary[word]
            if word in self.vocabulary
            else unknown.setdefault(word, -1 - len(unknown))
            for word in words_of(text)
        )

    def _span(self, word: int) -> slice:
        return slice(int(self.starts[word]), int(self.starts[word + 1])) if word >= 0 else slice(0)

    def _length(self, words: Counter[int]) -> np.float32:
        """Measure the goal as a vector of inverse document frequencies; 1 without words."""
        squares = 0.0
        for word, times in words.items():
            span = self._span(word)
            n_having = span.stop - (span.start or 0)
            frequency = np.log1p((self.n_people - n_having + 0.5) / (n_having + 0.5))
            squares += float(frequency * times) ** 2
        return np.float32(np.sqrt(squares) or 1.0)
