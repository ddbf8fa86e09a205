"""What simple methods reach: every system must beat these on the same eligible people.

Each baseline scores all people for all goals, `(n_goals, n_people)` float64, higher is better; who
may be suggested is decided elsewhere, the same for all. They embed with the plain model, without
anything that this project adds to it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bm25s
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset
from recommender.people import NO_LEVEL

Scores = NDArray[np.float64]

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit rows."""

BEST_PASSAGES = 3
SEED = "1"
_JOINER = ". "
"""Between the parts of a whole profile. The sample company's README does not say how its baselines
joined them; with this, the title first and 256 word pieces, all of its figures come out."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A dataset as the baselines read it."""

    goal_ids: list[str]
    goals: list[str]
    people_ids: list[str]
    profiles: list[str]
    """Whole profiles: title, about, experience, skills, what they can help with."""
    passages: list[str]
    owner: NDArray[np.int64]
    """`(n_passages,)`, ascending: the row of each passage's person."""
    level: NDArray[np.int16]

    @property
    def n_people(self) -> int:
        """The number of people."""
        return len(self.people_ids)


def read_texts(dataset: Dataset) -> Texts:
    """Cut a dataset's profiles for the baselines."""
    frame = dataset.people.frame
    names = ("job_title", "department", "team", "about", "experience", "skills", "can_help_with")
    columns = [frame[name].fillna("").astype(str).tolist() for name in names]
    profiles, passages, owner = [], [], []
    # A role that everyone has tells nobody apart: the benchmarks have such a placeholder
    one_role = len(set(zip(*columns[:3], strict=True))) == 1
    for row, cells in enumerate(zip(*columns, strict=True)):
        title, department, team, about, experience, skills, can_help_with = cells
        lines = [line.strip() for line in experience.split("\n") if line.strip()]
        skill_list = ", ".join(part.strip() for part in skills.split(";") if part.strip())
        rest = [about, *lines, skill_list, can_help_with]
        profiles.append(_JOINER.join(part for part in (title, *rest) if part))
        role = "" if one_role else ", ".join(part for part in (title, team, department) if part)
        own = [part for part in (role, *rest) if part]
        passages += own
        owner += [row] * len(own)
    return Texts(
        goal_ids=dataset.goals["goal_id"].tolist(),
        goals=dataset.goals["text"].tolist(),
        people_ids=[str(name) for name in dataset.people.ids],
        profiles=profiles,
        passages=passages,
        owner=np.array(owner, np.int64),
        level=dataset.people.level,
    )


def score_random(texts: Texts) -> Scores:
    """Shuffle the people anew for each goal; an order depends only on the ids and the seed."""
    scores = np.zeros((len(texts.goals), texts.n_people))
    by_id = np.argsort(np.array(texts.people_ids))
    for number, goal_id in enumerate(texts.goal_ids):
        digest = hashlib.sha256(f"{SEED}\0{goal_id}".encode()).digest()
        generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        scores[number, by_id] = generator.random(texts.n_people)
    return scores


def score_level(texts: Texts) -> Scores:
    """Put whoever stands higher first, whatever the goal; unknown levels last."""
    level = np.where(texts.level == NO_LEVEL, -1, texts.level).astype(np.float64)
    return np.tile(level, (len(texts.goals), 1))


def score_popularity(texts: Texts) -> Scores:
    """Put whoever wrote down most first, whatever the goal."""
    counts = np.bincount(texts.owner, minlength=texts.n_people).astype(np.float64)
    return np.tile(counts, (len(texts.goals), 1))


def score_bm25(texts: Texts) -> Scores:
    """Match words with whole profiles: BM25 as in Lucene, k1 1.5, b 0.75, stopwords, no stemming.

    Source: X. H. Lù, "BM25S: Orders of magnitude faster lexical search via eager sparse scoring",
    2024; its defaults.
    """
    model = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    model.index(_words(texts.profiles, as_ids=True), show_progress=False)
    none = np.zeros(texts.n_people, np.float32)
    asked = [
        [word for word in words if word in model.vocab_dict]
        for words in _words(texts.goals, as_ids=False)
    ]
    return np.array([model.get_scores(words) if words else none for words in asked], np.float64)


def score_profile(texts: Texts, embed: Embed) -> Scores:
    """Compare the goal with the whole profile as one text; the model reads its first part."""
    return (embed(texts.goals) @ embed(texts.profiles).T).astype(np.float64)


def score_mean_passage(texts: Texts, embed: Embed) -> Scores:
    """Compare the goal with the mean of all of a person's passages, scaled to length 1."""
    vectors = embed(texts.passages).astype(np.float64)
    total = np.zeros((texts.n_people, vectors.shape[1]))
    np.add.at(total, texts.owner, vectors)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(embed(texts.goals).astype(np.float64) @ (total / np.maximum(length, 1e-12)).T)


def score_best_passages(texts: Texts, embed: Embed) -> Scores:
    """Average the similarities of a person's three best passages; a missing passage counts 0."""
    similarity = (embed(texts.goals) @ embed(texts.passages).T).astype(np.float64)
    scores = np.zeros((len(texts.goals), texts.n_people))
    starts = np.searchsorted(texts.owner, np.arange(texts.n_people + 1))
    for row in range(texts.n_people):
        own = similarity[:, starts[row] : starts[row + 1]]
        best = np.sort(own, axis=1)[:, -BEST_PASSAGES:]
        scores[:, row] = best.sum(axis=1) / BEST_PASSAGES
    return scores


@dataclass(frozen=True, slots=True)
class Baseline:
    """A named method, and what it is in a sentence."""

    says: str
    score: Callable[[Texts, Embed], Scores]
    embeds: bool = False
    """Whether it needs the model."""


BASELINES: dict[str, Baseline] = {
    "random": Baseline("a random order", lambda texts, _: score_random(texts)),
    "level": Baseline("the highest level first", lambda texts, _: score_level(texts)),
    "popularity": Baseline("the longest profile first", lambda texts, _: score_popularity(texts)),
    "bm25": Baseline("words of the whole profile (BM25)", lambda texts, _: score_bm25(texts)),
    "profile": Baseline("MiniLM, whole profile", score_profile, embeds=True),
    "mean-passage": Baseline("MiniLM, mean of all passages", score_mean_passage, embeds=True),
    "passages": Baseline("MiniLM, three best passages", score_best_passages, embeds=True),
}
"""Every baseline by the name that the command line knows."""


def order_best_first(
    scores: Scores, eligible: NDArray[np.bool_], people_ids: Sequence[str]
) -> NDArray[np.int64]:
    """List the eligible rows by score, equal scores by id: `(n_eligible,)` int64.

    Args:
        scores: `(n_people,)` float64.
        eligible: `(n_people,)` bool.
        people_ids: the id of each row.
    """
    rows = np.flatnonzero(eligible)
    keys = pd.DataFrame({"minus": -scores[rows], "id": [people_ids[row] for row in rows.tolist()]})
    order = keys.sort_values(["minus", "id"], kind="stable").index.to_numpy()
    return np.asarray(rows[order], np.int64)


def _words(texts: Sequence[str], *, as_ids: bool) -> bm25s.tokenization.Tokenized:
    return bm25s.tokenize(list(texts), stopwords="en", return_ids=as_ids, show_progress=False)
