"""A goal, the several needs in it, and the circumstances told beside them."""

import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recommender.errors import GoalError
from recommender.languages import CALIBRATED, ENGLISH
from recommender.prose import has_words, looks_like_code
from recommender.refusals import take_refusals
from recommender.wish_model import shipped_model

MAX_GOAL_CHARACTERS = 4000
"""A goal is a few sentences; of a longer text the wish in it is kept."""

MAX_PARTS = 4
"""More sentences than this are a story: what says a wish is kept, the shortest neighbours joined.
Source: judged goals of four companies with somebody's profile pasted before them, nDCG@5: .465
[.40, .53] against .350 with everything read; alone .525, with and without."""

MAX_PART_CHARACTERS = 1000
"""The encoder reads 256 word pieces of a part, about 1,200 characters of English."""

MIN_PART_CHARACTERS = 25
"""A shorter part says nothing by itself and joins its neighbour."""

CIRCUMSTANCE_WEIGHT = 0.5
"""What a circumstance counts for in the meaning of the goal as a whole, beside a need; its words
count in full. Source: sample company, nDCG@5: .508, against .496 with all parts alike; with half
the words too .505, without a circumstance's words .498."""

LEAST_NEED_PROBABILITY = 0.4
"""A part less likely to be a need is read as a circumstance: rather one too few than a need that
counts half. Source: of the parts so read on the sample company .71 [.62, .80] are labelled no need,
and .51 [.43, .58] of what is labelled so is found ('python -m eval needs')."""

PutRight = Callable[[str], tuple[str, tuple[tuple[str, str], ...]]]
"""Puts slips right in a part of a goal; see `Retriever`."""

_MAX_TYPED_CHARACTERS = 10 * MAX_GOAL_CHARACTERS
"""A text longer than this is refused as it is: cleaning one of millions takes seconds."""

_NO_TEXT = ("Cc", "Cs")
"""Unicode's categories of control characters and of surrogates."""

_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+|(?<=[。？！；])\s*|\n+")


@dataclass(frozen=True, slots=True)
class Goal:
    """A learning goal as it is matched."""

    text: str
    """The goal, white space folded."""
    parts: tuple[str, ...]
    """One to `MAX_PARTS` pieces of the text, in its order; a simple goal is one."""
    is_need: tuple[bool, ...]
    """Which parts point to the help that is sought, one at least; the others tell of its
    circumstances, such as what happened, or how often to meet."""
    language: str = ENGLISH
    """Two or three letters, ISO 639."""
    refused: tuple[str, ...] = ()
    """What the text says is not wanted; it is left out."""
    slips: tuple[tuple[str, str], ...] = ()
    """Words that were put right: as typed, as read."""
    unread: tuple[str, ...] = ()
    """Sentences of a long text that are left out, in their order: they say no wish, or are more
    than the encoder reads."""

    @property
    def words(self) -> str:
        """What is looked for by words: all parts."""
        return " ".join(self.parts)

    @property
    def is_calibrated(self) -> bool:
        """Whether strength means for this goal what it was calibrated to mean."""
        return self.language in CALIBRATED and not looks_like_code(self.text)

    @property
    def needs(self) -> tuple[str, ...]:
        """The parts that are needs."""
        return tuple(need for need, _ in self.rows_of_needs())

    @property
    def circumstances(self) -> tuple[str, ...]:
        """The parts that are none."""
        return tuple(
            part for part, needed in zip(self.parts, self.is_need, strict=True) if not needed
        )

    def rows_of_needs(self) -> list[tuple[str, int]]:
        """Return each need and the row of `with_whole` that holds it."""
        first = 1 if len(self.parts) > 1 else 0
        labelled = zip(self.parts, self.is_need, strict=True)
        return [(part, first + number) for number, (part, needed) in enumerate(labelled) if needed]

    def without_refusals(self) -> "Goal":
        """Return the goal without what it turns down; as it is where nothing else is left."""
        taken = [take_refusals(part) for part in self.parts]
        parts = tuple(kept for kept, _ in taken if kept)
        refused = tuple(one for _, all_ in taken for one in all_)
        if not parts or not refused:
            return self
        return replace(self, parts=parts, is_need=(True,) * len(parts), refused=refused)

    def with_slips_put_right(self, put_right: PutRight) -> "Goal":
        """Return the goal as it was surely meant."""
        right = [put_right(part) for part in self.parts]
        return replace(
            self, parts=tuple(part for part, _ in right),
            slips=tuple(slip for _, slips in right for slip in slips),
        )  # fmt: skip

    def with_needs(self, is_need: Sequence[bool]) -> "Goal":
        """Return the same goal with its needs told from its circumstances."""
        return replace(self, is_need=tuple(is_need))


def read_goal(text: str) -> Goal:
    """Keep what a text says is sought, and cut it into parts, needs all of them so far.

    Raises:
        GoalError: the goal is empty, holds no letters, or is longer than `MAX_GOAL_CHARACTERS`.
    """
    if len(text) > _MAX_TYPED_CHARACTERS:
        raise _too_long(len(text))
    text = clean_goal(text)
    folded = " ".join(text.split())
    if not has_words(folded):
        raise GoalError("the goal has no words; say in a sentence what you would like to learn")
    if len(folded) > MAX_GOAL_CHARACTERS:
        raise _too_long(len(folded))
    sentences = sentences_of(text)
    if len(sentences) <= MAX_PARTS and len(folded) <= MAX_PART_CHARACTERS:
        return Goal(folded, tuple(sentences), (True,) * len(sentences))
    wish = range(len(sentences))
    if len(sentences) > MAX_PARTS:
        wish = shipped_model().find_wish(sentences)
    parts, rest = _what_is_read(_joined(sentences[wish.start : wish.stop]))
    unread = (*sentences[: wish.start], *rest, *sentences[wish.stop :])
    return Goal(
        " ".join(parts) if unread else folded, tuple(parts), (True,) * len(parts), unread=unread
    )


def without_controls(text: str) -> str:
    """Drop control characters but white space, and the halves of characters."""
    return "".join(
        character
        for character in text
        if character.isspace() or unicodedata.category(character) not in _NO_TEXT
    )


def _too_long(length: int) -> GoalError:
    return GoalError(
        f"the goal has {length:,} characters, more than {MAX_GOAL_CHARACTERS:,}; "
        "say in a few sentences what you would like to learn"
    )


def split_goal(text: str) -> Goal:
    """Cut a whole text into parts, whatever they say: for goals whose parts are labelled."""
    text = clean_goal(text)
    parts = tuple(_joined(sentences_of(text)))
    return Goal(" ".join(text.split()), parts, (True,) * len(parts))


def clean_goal(text: str) -> str:
    """Fold the white space within the lines of a goal; the lines stay, as each is a part.

    Control characters, and the halves of characters that broken input leaves, are dropped: they say
    nothing, and neither a model nor a store takes all of them.
    """
    lines = (" ".join(line.split()) for line in without_controls(text).splitlines())
    return "\n".join(line for line in lines if line)


def whole_goal(text: str) -> Goal:
    """Take a text of any length as one need: for benchmarks, whose goals are abstracts."""
    folded = " ".join(text.split())
    return Goal(folded, (folded,), (True,))


def read_needs(goal: Goal, probability: NDArray[np.float64]) -> Goal:
    """Return the goal with its needs told from its circumstances.

    Args:
        goal: the goal.
        probability: `(n_parts,)`, 0 to 1: how likely each part is a need; the likeliest is one,
            however unlikely.
    """
    is_need = probability >= LEAST_NEED_PROBABILITY
    is_need[np.argmax(probability)] = True
    return goal.with_needs(is_need.tolist())


def with_whole(goal: Goal, encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put the vector of the goal as a whole before those of its parts.

    It is their sum, each as long as its text, and a circumstance half as long: as if the encoder
    had averaged over the whole goal, which is not embedded once more for it. Source: measured on
    the sample company, nDCG@5 is that of the goal embedded by itself (.497 against .501, within
    noise).

    Args:
        goal: its needs told from its circumstances.
        encoded: `(n_parts, dim)` float32, unit rows, as the encoder gives them.

    Returns:
        `(n_parts + 1, dim)` float32, unit rows: the whole goal, then its parts; of a simple goal,
        which is its own only part, `encoded` itself.
    """
    if len(goal.parts) == 1:
        return encoded
    lengths = np.array([len(part) for part in goal.parts], np.float32)
    weights = np.where(goal.is_need, lengths, np.float32(CIRCUMSTANCE_WEIGHT) * lengths)
    whole: NDArray[np.float32] = weights @ encoded
    return np.vstack([whole / np.linalg.norm(whole), encoded])


def sentences_of(text: str) -> list[str]:
    """Cut a text at the ends of sentences and lines; a fragment joins its neighbour."""
    found: list[str] = []
    for piece in _SENTENCE_END.split(text):
        for part in textwrap.wrap(piece, MAX_PART_CHARACTERS, break_on_hyphens=False):
            if found and min(len(part), len(found[-1])) < MIN_PART_CHARACTERS:
                found[-1] = f"{found[-1]} {part}"
            else:
                found.append(part)
    return found


def _joined(sentences: Sequence[str]) -> list[str]:
    """Join the shortest neighbours until there are `MAX_PARTS` at most."""
    parts = list(sentences)
    while len(parts) > MAX_PARTS:
        lengths = [len(one) + len(next_) for one, next_ in pairwise(parts)]
        first = lengths.index(min(lengths))
        parts[first : first + 2] = [f"{parts[first]} {parts[first + 1]}"]
    return parts


def _what_is_read(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part what the encoder reads of each part from what is too long for it."""
    cut = [textwrap.wrap(part, MAX_PART_CHARACTERS, break_on_hyphens=False) for part in parts]
    return [pieces[0] for pieces in cut], [piece for pieces in cut for piece in pieces[1:]]


def centred(vectors: NDArray[np.float32], centroid: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take a common direction away from each row and make it a unit row again: `(n, dim)`."""
    moved = vectors - centroid
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-12), np.float32)
