"""What the small reader sees of a shortlist: every need against every passage, and both sides.

All of it is relative to the others of the same list, so that it means the same in a company of a
hundred and of a hundred thousand.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.profiles import Field
from recommender.reader import Shortlist
from recommender.signals import SIGNALS, compute_signals
from recommender.word_overlap import word_overlap

ANSWERED = 0.3
"""A need with a passage this similar is answered."""

SHARP = 12.0
"""How much a soft maximum is one."""

FEATURES: tuple[str, ...] = (
    "score", *SIGNALS,
    "need_best", "needs_mean", "needs_least", "second", "third", "answered", "mean", "soft_best",
    "circumstance",
    "apart_best", "common_of_best", "apart_three", "common",
    "centred_best", "centred_needs", "centred_three", "centred_goal", "centred_goal_three",
    "centred_profile",
    "known_best", "known_of_best", "give", "take", "new_to_seeker",
    "path_start", "same_role", "same_path", "same_skills", "skills_they_help_with",
    "help_for_their_path", "path_through", "role_they_help", "role_they_know", "help_for_them",
    "word_need", "word_needs", "word_goal", "words_goal", "words_needs", "words_there",
    "like_others", "like_nearest", "like_first", "fits_beyond_others", "fits_beyond_nearest",
)  # fmt: skip
"""What is known of each person read, in the order of the columns."""

NEAREST = 5
"""How many of the others most like a person are compared with."""

Floats = NDArray[np.float64]


def describe_shortlist(shortlist: Shortlist) -> Floats:
    """Describe each person of a shortlist as they are, before they are compared.

    Returns:
        `(shortlist.n, len(FEATURES))` float64, finite.
    """
    table = _Table(shortlist)
    if not table.counts.any():
        rest = len(FEATURES) - table.signals.shape[1]
        return np.pad(table.signals, ((0, 0), (0, rest)))
    columns = np.column_stack(
        [
            table.signals, table.against_needs(), table.apart_from_others(), table.centred(),
            table.both_sides(), table.words(), table.like_others(),
        ]
    )  # fmt: skip
    return np.nan_to_num(columns, nan=0.0, posinf=0.0, neginf=0.0)


def standardise(features: Floats) -> Floats:
    """Express each feature in standard deviations from the list's mean; 0 where all are alike."""
    spread = features.std(axis=0)
    moved = features - features.mean(axis=0)
    return np.where(spread > 1e-9, moved / np.maximum(spread, 1e-9), 0.0)


@dataclass
class _Table:
    """A shortlist's passages in rows of equal length, a row for each person."""

    shortlist: Shortlist

    def __post_init__(self) -> None:
        found, n = self.shortlist.context.candidates, self.shortlist.n
        index = self.shortlist.ranking.index[:n]
        own = [np.arange(found.starts[at], found.starts[at + 1]) for at in index]
        own = [entries[found.field[entries] != Field.PROFILE] for entries in own]
        self.counts = np.array([len(entries) for entries in own], np.int64)
        width = max(int(self.counts.max(initial=0)), 1)
        self.there = np.arange(width) < self.counts[:, None]
        self.entries = np.zeros((n, width), np.int64)
        self.entries[self.there] = np.concatenate(own)

    @cached_property
    def signals(self) -> Floats:
        """The score and every signal: `(n, 1 + len(SIGNALS))`."""
        ranking, n = self.shortlist.ranking, self.shortlist.n
        values = compute_signals(self.shortlist.context, tuple(SIGNALS))[:, ranking.index[:n]]
        return np.column_stack([ranking.scores[:n], values.T])

    @cached_property
    def field(self) -> NDArray[np.int64]:
        """Each passage's field: `(n, width)`, -1 for none."""
        found = self.shortlist.context.candidates
        return np.where(self.there, found.field[self.entries].astype(np.int64), -1)

    @cached_property
    def need_rows(self) -> list[int]:
        return [row for _, row in self.shortlist.goal.rows_of_needs()]

    @cached_property
    def similarity(self) -> Floats:
        """Of the goal and its parts with each passage: `(n_vectors, n, width)`, 0 for none."""
        found = self.shortlist.context.candidates
        return np.where(self.there, found.similarity[:, self.entries], 0.0).astype(np.float64)

    @cached_property
    def needs(self) -> Floats:
        """Of each need with each passage: `(n_needs, n, width)`."""
        return self.similarity[self.need_rows]

    @cached_property
    def best_need(self) -> Floats:
        """Of each passage with the need nearest to it: `(n, width)`; -1 for none."""
        return np.where(self.there, self.needs.max(axis=0), -1.0)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """`(n, width, dim)`; zeros for none."""
        context = self.shortlist.context
        known = context.retriever.vectors(context.candidates.passage[self.entries[self.there]])
        vectors = np.zeros((*self.there.shape, known.shape[1]), np.float32)
        vectors[self.there] = known
        return vectors

    def against_needs(self) -> Floats:
        best = self.best(self.needs)
        top = self.highest(self.best_need, 3)
        soft = np.where(self.there, np.exp(SHARP * self.needs), 0.0).sum(axis=2)
        soft = np.log(np.maximum(soft / np.maximum(self.counts, 1), 1e-9)).mean(axis=0) / SHARP
        mean = np.where(self.there, self.best_need, 0.0).sum(axis=1) / np.maximum(self.counts, 1)
        others = [row for row in range(1, len(self.similarity)) if row not in self.need_rows]
        none = np.zeros(len(self.counts))
        return np.column_stack(
            [
                best.max(axis=0), best.mean(axis=0), best.min(axis=0), top[:, 1], top[:, 2],
                (best > ANSWERED).mean(axis=0), mean, soft,
                self.best(self.similarity[others]).max(axis=0) if others else none,
            ]
        )  # fmt: skip

    @cached_property
    def common(self) -> Floats:
        """How much each passage says what all others' say: mean cosine, `(n, width)`."""
        own = self.vectors.sum(axis=1)
        total = own.sum(axis=0)
        alike = self.vectors @ total - np.einsum("nwd,nd->nw", self.vectors, own)
        others = np.maximum(self.counts.sum() - self.counts, 1)
        return np.asarray(alike / others[:, None], np.float64)

    def apart_from_others(self) -> Floats:
        apart = np.where(self.there, self.best_need - self.common, -np.inf)
        three = np.sort(apart, axis=1)[:, ::-1][:, :3]
        here = np.isfinite(three)
        three = np.where(here, three, 0.0).sum(axis=1) / np.maximum(here.sum(axis=1), 1)
        first = self.best_need.argmax(axis=1)
        mean = self.common.sum(axis=1) / np.maximum(self.counts, 1)
        of_best = self.common[np.arange(len(first)), first]
        return np.column_stack([self.best(apart[None])[0], of_best, three, mean])

    def centred(self) -> Floats:
        """Compare once more without what all of the shortlist have in common."""
        mean = self.vectors.sum(axis=(0, 1)) / max(int(self.counts.sum()), 1)
        moved = np.where(self.there[:, :, None], self.vectors - mean, 0.0)
        moved /= np.maximum(np.linalg.norm(moved, axis=2, keepdims=True), 1e-9)
        goal = self.goal_vectors
        needs = np.einsum("gd,nwd->gnw", goal[self.need_rows], moved).astype(np.float64)
        whole = (moved @ goal[0]).astype(np.float64)
        profile = moved.sum(axis=1)
        profile /= np.maximum(np.linalg.norm(profile, axis=1, keepdims=True), 1e-9)
        best = self.best(needs)
        return np.column_stack(
            [
                best.max(axis=0), best.mean(axis=0),
                self.highest(needs.max(axis=0), 3).mean(axis=1), self.best(whole[None])[0],
                self.highest(whole, 3).mean(axis=1), profile @ goal[0],
            ]
        )  # fmt: skip

    @property
    def goal_vectors(self) -> NDArray[np.float32]:
        return self.shortlist.vectors

    def both_sides(self) -> Floats:
        """Compare with the seeker's own profile: what each could give, and whose way is alike."""
        context = self.shortlist.context
        passages = context.retriever.passages_of(context.seeker)
        field = context.retriever.fields(passages)
        field = field[field != Field.PROFILE]
        own = np.where(self.there, context.candidates.own[:, self.entries], 0.0).astype(np.float64)
        if not len(own):
            return np.zeros((len(self.counts), 15))
        known = np.where(self.there, own.max(axis=0), -1.0)
        first = self.best_need.argmax(axis=1)
        counts = np.maximum(self.counts, 1)
        take = np.where(self.there, known, 0.0).sum(axis=1) / counts
        new = np.where(self.there, self.best_need - known, -np.inf)

        def alike(mine: Field, *theirs: Field) -> Floats:
            here = self.there & np.isin(self.field, theirs)
            rows = own[field == mine]
            if not len(rows):
                return np.zeros(len(self.counts))
            best = np.where(here, rows.max(axis=0), -np.inf).max(axis=1)
            return np.where(here.any(axis=1), best, 0.0)

        goal_there = self.there & np.isin(self.field, (Field.ROLE, Field.ABOUT))
        end = np.where(goal_there, self.similarity[0], -np.inf).max(axis=1)
        end = np.where(goal_there.any(axis=1), end, 0.0)
        start = alike(Field.ROLE, Field.EXPERIENCE)
        return np.column_stack(
            [
                self.best(known[None])[0], known[np.arange(len(first)), first],
                self.best(own).mean(axis=0), take, self.best(new[None])[0],
                start, alike(Field.ROLE, Field.ROLE), alike(Field.EXPERIENCE, Field.EXPERIENCE),
                alike(Field.SKILLS, Field.SKILLS), alike(Field.SKILLS, Field.CAN_HELP_WITH),
                alike(Field.CAN_HELP_WITH, Field.EXPERIENCE), start * end,
                alike(Field.ROLE, Field.CAN_HELP_WITH), alike(Field.ROLE, Field.ABOUT),
                alike(Field.CAN_HELP_WITH, Field.ABOUT),
            ]
        )  # fmt: skip

    def words(self) -> Floats:
        context, goal = self.shortlist.context, self.shortlist.goal
        texts = context.retriever.texts(context.candidates.passage[self.entries[self.there]])
        ends = np.cumsum(self.counts)
        own = [texts[end - count : end] for end, count in zip(ends, self.counts, strict=True)]
        return word_overlap(goal.text, goal.needs, own)

    def like_others(self) -> Floats:
        """Compare whole profiles with one another: what all are like tells nobody apart."""
        profile = self.vectors.sum(axis=1)
        profile /= np.maximum(np.linalg.norm(profile, axis=1, keepdims=True), 1e-9)
        n = len(profile)
        if n < 2:
            return np.zeros((n, 5))
        alike = (profile @ profile.T).astype(np.float64)
        np.fill_diagonal(alike, 0.0)
        mean = alike.sum(axis=1) / (n - 1)
        np.fill_diagonal(alike, -np.inf)
        near = np.sort(alike, axis=1)[:, ::-1][:, : min(NEAREST, n - 1)].mean(axis=1)
        first = alike[:, :NEAREST]
        here = np.isfinite(first)
        first = np.where(here, first, 0.0).sum(axis=1) / np.maximum(here.sum(axis=1), 1)
        fits = (profile @ self.goal_vectors[0]).astype(np.float64)
        return np.column_stack([mean, near, first, fits - mean, fits - near])

    def best(self, values: Floats) -> Floats:
        """The highest over each person's passages: `(k, n)` of `(k, n, width)`; 0 for none."""
        best = np.where(self.there, values, -np.inf).max(axis=2)
        return np.where(self.counts > 0, best, 0.0)

    def highest(self, values: Floats, n: int) -> Floats:
        """Each person's n highest, in order: `(people, n)`; 0 for each that is missing."""
        ordered = np.sort(np.where(self.there, values, -np.inf), axis=1)[:, ::-1][:, :n]
        short = max(n - ordered.shape[1], 0)
        ordered = np.pad(ordered, ((0, 0), (0, short)), constant_values=-np.inf)
        return np.where(np.isfinite(ordered), ordered, 0.0)
