"""What a night costs by how much changed, and how fast texts are embedded.

Where a night would embed for hours, every so many texts are embedded and the others drawn: what
embedding all of them takes is then reckoned from those that were, and marked so.
"""

import math
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eval.performance.synthetic import Spread, draw_people
from index.encoder.embedding_cache import BLOCK, keys_of
from index.encoder.protocol import (
    Encoder,
    EncoderAround,
    EncoderSettings,
    Progress,
)
from index.goal_models.kept_reference import kept_reference
from index.night.nightly import run_night
from index.people_file.people_file import read_people
from recommender.profiles import Field, passages_frame

SHARES: tuple[float, ...] = (0.0, 0.01, 0.1, 1.0)
"""Shares of the people whose every text is another one in the morning."""
REWRITTEN = ("about", "can_help_with", "experience", "skills", "job_title")
ROUNDS = 2
"""Ours and the bare library take turns; the faster round of each counts."""


@dataclass
class PartlyDrawn(EncoderAround):
    """An `Encoder` that embeds every `stride`th new text and draws the others.

    What was drawn for a text stays the same, so that a build's checks hold.
    """

    spread: Spread
    scratch: Path
    stride: int = 1
    """1 embeds all of them."""
    n_embedded: int = 0
    n_drawn: int = 0
    embedding: "Clock" = field(default_factory=lambda: Clock())
    drawing: "Clock" = field(default_factory=lambda: Clock())
    _real: set[bytes] = field(default_factory=set)
    _drawn: dict[bytes, NDArray[np.float16]] = field(default_factory=dict)

    def start(self, stride: int) -> None:
        """Begin another night."""
        self.stride, self.n_embedded, self.n_drawn = stride, 0, 0
        self.embedding, self.drawing = Clock(), Clock()

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed some of the passages and draw the others; see `Encoder`."""
        with self.drawing:
            keys = keys_of("passage", texts).tolist()
            vectors = np.zeros((len(texts), self.dim), np.float32)
            for row, key in enumerate(keys):
                if key in self._drawn:
                    vectors[row] = self._drawn[key]
            new = np.array([row for row, key in enumerate(keys) if key not in self._drawn], int)
            chosen = np.array([keys[row] in self._real for row in new], np.bool_)
            chosen[self.stride // 2 :: self.stride] = True
            some, others = new[chosen], new[~chosen]
            if len(others):
                drawn = self._draw(len(others))
                self._drawn |= dict(zip((keys[row] for row in others), drawn, strict=True))
                vectors[others] = drawn
        with self.embedding:
            vectors[some] = self.inner.encode_passages([texts[place] for place in some], progress)
        self._real.update(keys[row] for row in some)
        self.n_embedded += len(some)
        self.n_drawn += len(others)
        return vectors

    def _draw(self, n: int) -> NDArray[np.float16]:
        rng = np.random.default_rng(len(self._drawn))
        fields = rng.choice(self.spread.fields, n)
        passages = pd.DataFrame({"person_row": np.arange(n), "field": fields})
        drawn = self.spread.draw(passages, self.scratch / "drawn.npy", seed=len(self._drawn))
        return np.array(drawn, np.float16)


@dataclass(slots=True)
class Clock:
    """Adds up wall and CPU seconds (of all threads) of what happens inside it."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def __enter__(self) -> Self:
        self.wall_s -= time.perf_counter()
        self.cpu_s -= time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall_s += time.perf_counter()
        self.cpu_s += time.process_time()

    def times(self, factor: float) -> "Clock":
        """Reckon what `factor` times as much would take."""
        return Clock(self.wall_s * factor, self.cpu_s * factor)

    def plus(self, other: "Clock", sign: int = 1) -> "Clock":
        """Add another clock's seconds, or take them away."""
        return Clock(self.wall_s + sign * other.wall_s, self.cpu_s + sign * other.cpu_s)


@dataclass(frozen=True, slots=True)
class NightCost:
    """What one night took."""

    name: str
    n_changed: int
    """People that were added or changed."""
    n_texts: int
    """Different texts that no earlier night had seen."""
    n_embedded: int
    """Of them, those that were embedded and not drawn; and those that the build's check embeds."""
    embedding: Clock
    """Of all `n_texts`; reckoned where not all were embedded."""
    rest: Clock
    """Everything else, whatever changed: the fixed cost."""
    parts_s: dict[str, float]
    """Wall seconds by part of the night; `embed` holds the cache too, less what drawing took."""

    @property
    def whole(self) -> Clock:
        """The night."""
        return self.embedding.plus(self.rest)


def rewrite(people: pd.DataFrame, share: float, word: str, seed: int = 0) -> pd.DataFrame:
    """Change every text of a share of the people by one more word.

    Args:
        people: a people file's cells as text.
        share: 0 to 1.
        word: the word, new to every text.
        seed: the same seed chooses the same people.
    """
    chosen = np.random.default_rng(seed).choice(
        len(people), round(share * len(people)), replace=False
    )
    changed = people.copy()
    for name in REWRITTEN:
        cells = people[name].to_numpy(dtype=object, copy=True)
        between = ";" if name == "skills" else " "
        for row in chosen:
            lines = str(cells[row]).splitlines()
            cells[row] = "\n".join(line + between + word for line in lines)
        changed[name] = cells
    return changed


def cells_of(sample: Path, n_people: int | None, seed: int = 0) -> pd.DataFrame:
    """Return the cells of the sample's people file, or of one that is drawn by its words."""
    if n_people is None:
        return pd.read_csv(sample, dtype=str, keep_default_na=False)
    drawn = draw_people(n_people, read_people(sample).frame, seed)
    return drawn.astype("string").fillna("").astype(object)


def measure_nights(
    cells: pd.DataFrame,
    sample: Path,
    folder: Path,
    encoder: Encoder,
    *,
    embed_at_most: int,
    shares: Sequence[float] = SHARES,
    progress: Progress | None = None,
) -> list[NightCost]:
    """Run a first night and one for each share of changed people, without a gate.

    Args:
        cells: a people file's cells as text.
        sample: the people file by whose vectors others are drawn.
        folder: an empty folder for the exports, the index and what is drawn.
        encoder: what embeds.
        embed_at_most: about how many texts a night embeds; the others are drawn.
        shares: of the people whose texts change, night by night.
        progress: called while passages are embedded.
    """
    kept_reference(encoder)  # what all companies share is never drawn
    spread = Spread.of(read_people(sample).frame, encoder)
    half = PartlyDrawn(encoder, spread, folder)
    known: set[str] = set()
    found = []
    for number, share in enumerate((None, *shares)):
        if share is not None:
            cells = rewrite(cells, share, f"again{number}", number)
        cells.to_csv(folder / "people.csv", index=False)
        texts = _embedded_texts(folder / "people.csv")
        half.start(min(BLOCK, max(1, math.ceil(len(texts - known) / embed_at_most))))
        name = "first" if share is None else f"{share:.0%} changed"
        found.append(_one_night(name, folder, half, progress))
        known |= texts
    return found


def _embedded_texts(people: Path) -> set[str]:
    passages = passages_frame(read_people(people).frame)
    return set(passages["text"][passages["field"] != int(Field.PROFILE)])


def _one_night(
    name: str, folder: Path, encoder: PartlyDrawn, progress: Progress | None
) -> NightCost:
    clock = Clock()
    with clock:
        night = run_night(
            folder / "people.csv", folder / "index", settings=EncoderSettings(), gate="", keep=2,
            encoder=encoder, accept_drop=True, accept_managers=True, progress=progress,
        )  # fmt: skip
    n_texts = night.build.n_embedded
    factor = n_texts / encoder.n_embedded if encoder.n_drawn else 1.0
    parts = dict(night.build.seconds)
    parts["embed"] -= encoder.drawing.wall_s
    return NightCost(
        name=name,
        n_changed=night.build.changes.added + night.build.changes.changed,
        n_texts=n_texts,
        n_embedded=encoder.n_embedded,
        embedding=encoder.embedding.times(factor),
        rest=clock.plus(encoder.embedding, -1).plus(encoder.drawing, -1),
        parts_s=parts,
    )


def measure_embedding(texts: Sequence[str], encoder: Encoder, bare: Any) -> dict[str, Clock]:
    """Embed the same texts by ours and by `SentenceTransformer.encode`, in turns.

    Returns:
        The faster round of each, by "ours" and "SentenceTransformer.encode".
    """
    rounds: dict[str, list[Clock]] = {"ours": [], "SentenceTransformer.encode": []}
    for _ in range(ROUNDS):
        for name, clocks in rounds.items():
            clock = Clock()
            with clock:
                if name == "ours":
                    encoder.encode_passages(texts)
                else:
                    bare.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
            clocks.append(clock)
    return {name: min(clocks, key=lambda one: one.cpu_s) for name, clocks in rounds.items()}


def peak_memory_mb() -> float:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
