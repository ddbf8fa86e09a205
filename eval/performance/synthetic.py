"""A company of any size, drawn from a seed, to measure speed on: people, passages and vectors.

Words and vectors are drawn from those of a real sample, so that posting lists and neighbourhoods
are as dense as they are in life. Nothing about quality follows from a drawn company.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.encoder.protocol import Encoder
from recommender.people import PEOPLE_COLUMNS
from recommender.profiles import Field, passages_frame

SPAN = 6
"""Reports of a manager."""
PEOPLE_PER_TREE = 200_000
"""A larger company is a group of several, each with a top of its own."""
TOP_LEVEL = 10
OPEN_TO: dict[str, float] = {"mentor": 0.3, "coach": 0.59, "sponsor": 0.04, "peer": 0.085}
"""The share that opted in to each kind, so that about half of everyone is eligible as a coach, one
in twenty as a peer, and one in two hundred as a sponsor."""
WORDS: dict[str, tuple[float, int]] = {
    "about": (0.5, 24), "experience": (0.8, 14), "can_help_with": (0.8, 12),
}  # fmt: skip
"""For each text how many people have it, and of how many words it is on average. With skills, role
and the whole profile a person has five passages on average."""
HAVE_SKILLS = 0.9
AS_OF = np.datetime64("2026-11-01", "D")
REAL_PASSAGES = 400
"""Real passages that are embedded to draw the others by."""
BLOCK = 20_000
"""People whose vectors are drawn at once."""
OF_A_REAL_ONE, OF_THE_PERSON, OF_ITS_OWN = 0.7, 0.4, 0.5916
"""What a drawn vector's deviation from the mean is made of; the squares sum to 1, so that the
covariance is the real one's."""


def draw_people(n_people: int, sample: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Draw a people frame.

    Args:
        n_people: how many.
        sample: a real people frame whose words are used.
        seed: the same seed gives the same people.
    """
    rng = np.random.default_rng(seed)
    parent, depth = _draw_forest(n_people)
    row_of = rng.permutation(n_people)
    place = np.empty(n_people, np.int64)
    place[row_of] = np.arange(n_people)
    ids = np.array([f"S{number:07d}" for number in range(n_people)], object)
    managers = np.where(parent >= 0, ids[row_of[np.maximum(parent, 0)]], "")[place]
    leaf = depth == depth.max()
    level = TOP_LEVEL - np.rint(depth * (TOP_LEVEL - 3) / max(int(depth.max()), 1))
    level = np.clip(level + rng.integers(-1, 3, n_people) * leaf, 1, TOP_LEVEL)[place]
    day = AS_OF - rng.integers(0, 1500, n_people).astype("timedelta64[D]")
    columns = {
        "person_id": ids,
        "display_name": [f"Person {number}" for number in range(n_people)],
        "status": np.where(rng.random(n_people) < 0.97, "active", "leave"),
        "worker_type": np.where(rng.random(n_people) < 0.93, "employee", "contractor"),
        "manager_id": managers,
        "job_level": pd.array(level.astype(np.int16), dtype="Int16"),
        "department": np.array([f"Department {top}" for top in _ancestor(parent, depth)])[place],
        "team": np.char.add("Team ", parent.astype(str))[place],
        "open_to": _draw_kinds(rng, n_people),
        "capacity": rng.integers(0, 20, n_people).clip(0, 3).astype(np.int16),
        "skills": _draw_skills(rng, n_people, sample["skills"]),
        "updated_on": day.astype("datetime64[s]"),
        "hire_date": day.astype("datetime64[s]"),
    }
    for name in ("job_title", "location", "country", "timezone", "languages"):
        columns[name] = rng.choice(sample[name].to_numpy(dtype=object), n_people)
    for name, (share, n_words) in WORDS.items():
        columns[name] = _draw_texts(rng, n_people, sample[name], share, n_words)
    columns["email"] = columns["matrix_manager_id"] = [""] * n_people
    frame = pd.DataFrame({name: columns[name] for name in PEOPLE_COLUMNS})
    texts = [name for name in PEOPLE_COLUMNS if frame[name].dtype == object]
    return frame.astype(dict.fromkeys(texts, "str"))


def draw_passages(people: pd.DataFrame) -> pd.DataFrame:
    """Cut the drawn profiles into passages, as for any company."""
    return passages_frame(people)


@dataclass(frozen=True, slots=True)
class Spread:
    """How real passages lie, to draw others alike."""

    vectors: NDArray[np.float32]
    """`(n, dim)` unit rows."""
    fields: NDArray[np.uint8]
    """`(n,)`: each one's `Field`."""

    @classmethod
    def of(cls, sample: pd.DataFrame, encoder: Encoder, seed: int = 0) -> Self:
        """Embed a sample of the passages of real people."""
        passages = passages_frame(sample)
        passages = passages[passages["field"] != int(Field.PROFILE)]
        passages = passages.sample(min(REAL_PASSAGES, len(passages)), random_state=seed)
        vectors = encoder.encode_passages(passages["text"].tolist())
        return cls(vectors, passages["field"].to_numpy())

    def draw(self, passages: pd.DataFrame, into: Path, seed: int = 0) -> NDArray[Any]:
        """Draw a vector for each passage, block by block, into a file.

        A vector is the mean, and a part each of a real passage of the same field, of the person,
        and of its own; so mean and covariance are the real ones.

        Returns:
            `(n_passages, dim)` float16, unit rows, mapped from `into`.
        """
        rng = np.random.default_rng(seed)
        mean = self.vectors.mean(axis=0)
        real = self.vectors - mean
        values, axes = np.linalg.eigh(real.T @ real / len(real))
        spread = (axes * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)
        dim, person = len(mean), passages["person_row"].to_numpy()
        drawn = np.lib.format.open_memmap(into, "w+", np.float16, (len(passages), dim))
        field = passages["field"].to_numpy()
        by_field = [np.flatnonzero(self.fields == number) for number in range(len(Field))]
        ends = np.searchsorted(person, np.arange(0, person[-1] + 1 + BLOCK, BLOCK))
        for start, end in pairwise(ends.tolist()):
            nearest = _pick(rng, by_field, field[start:end], len(real))
            own = rng.standard_normal((end - start, dim), np.float32)
            of_person = rng.standard_normal((BLOCK, dim), np.float32)
            mixed = OF_ITS_OWN * own + OF_THE_PERSON * of_person[person[start:end] % BLOCK]
            vectors = mean + OF_A_REAL_ONE * real[nearest] + mixed @ spread
            drawn[start:end] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        drawn.flush()
        return drawn


def describe_cosines(vectors: NDArray[np.floating], seed: int = 0) -> tuple[float, float]:
    """Return mean and standard deviation of the cosine of two of the vectors."""
    rng = np.random.default_rng(seed)
    some = np.asarray(vectors[np.sort(rng.choice(len(vectors), min(len(vectors), 400), False))])
    cosines = (some.astype(np.float32) @ some.astype(np.float32).T)[np.triu_indices(len(some), 1)]
    return float(cosines.mean()), float(cosines.std())


def _pick(
    rng: np.random.Generator, by_field: Sequence[NDArray[np.int64]], field: NDArray[np.uint8],
    n_real: int,
) -> NDArray[np.int64]:  # fmt: skip
    """Pick a real passage for each drawn one, of the same field where there is one."""
    picked = rng.integers(0, n_real, len(field))
    for number, rows in enumerate(by_field):
        here = np.flatnonzero(field == number)
        if len(rows):
            picked[here] = rows[rng.integers(0, len(rows), len(here))]
    return picked


def _draw_forest(n_people: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return everyone a manager, breadth first: `(n,)` places, -1 for a top; and depths."""
    n_tops = 1 + n_people // PEOPLE_PER_TREE
    parent = np.maximum((np.arange(n_people) - n_tops) // SPAN, -1)
    depth = np.zeros(n_people, np.int64)
    first, last = n_tops, n_tops + n_tops * SPAN
    number = 1
    while first < n_people:
        depth[first:last] = number
        first, last, number = last, last + (last - first) * SPAN, number + 1
    return parent, depth


def _ancestor(parent: NDArray[np.int64], depth: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find everyone's manager two steps below the top; themselves where they stand higher."""
    ancestor = np.arange(len(parent))
    for _ in range(int(depth.max(initial=0))):
        ancestor = np.where(depth[ancestor] > 2, parent[ancestor], ancestor)
    return ancestor


def _draw_kinds(rng: np.random.Generator, n_people: int) -> NDArray[np.object_]:
    bits = sum(
        (rng.random(n_people) < share).astype(np.int64) << number
        for number, share in enumerate(OPEN_TO.values())
    )
    joined = [
        ";".join(kind for number, kind in enumerate(OPEN_TO) if word >> number & 1)
        for word in range(1 << len(OPEN_TO))
    ]
    kinds: NDArray[np.object_] = np.array(joined, object)[bits]
    return kinds


def _draw_texts(
    rng: np.random.Generator, n_people: int, sample: pd.Series, share: float, n_words: int
) -> list[str]:
    """Draw texts word by word, each word as often as the sample has it."""
    words = [word for text in sample.fillna("") for word in str(text).split()]
    lengths = np.where(rng.random(n_people) < share, 3 + rng.poisson(n_words - 3, n_people), 0)
    texts: list[str] = []
    for start in range(0, n_people, BLOCK):
        some = lengths[start : start + BLOCK]
        drawn = rng.integers(0, len(words), int(some.sum())).tolist()
        end = np.cumsum(some).tolist()
        texts += [
            " ".join([words[number] for number in drawn[last - length : last]])
            for last, length in zip(end, some.tolist(), strict=True)
        ]
    return texts


def _draw_skills(rng: np.random.Generator, n_people: int, sample: pd.Series) -> list[str]:
    skills = sorted({part.strip() for text in sample for part in str(text).split(";")} - {""})
    drawn = rng.integers(0, len(skills), (n_people, 5)).tolist()
    have = (rng.random(n_people) < HAVE_SKILLS).tolist()
    return [
        ";".join(dict.fromkeys(skills[number] for number in numbers)) if some else ""
        for numbers, some in zip(drawn, have, strict=True)
    ]
