"""Texts to vectors: the `Encoder` protocol, its settings, and the one function that loads one."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Progress = Callable[[int, int], None]
"""Called with the number of texts, or whatever is counted, that are done, and of all."""


class EncoderSettings(BaseModel):
    """Which model embeds, and how; written into each snapshot's manifest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "default"
    """"default", the path of a SentenceTransformer folder, or a Hugging Face name."""
    runtime: Literal["onnx", "torch"] = "onnx"
    """ONNX Runtime starts and answers several times faster; torch is the reference."""
    precision: Literal["fp32", "int8"] = "fp32"
    """int8 takes about half the time and a quarter of the memory at a cosine of .999; ONNX only."""
    adapter: bool = True
    """Merge the adapter shipped for this model, where there is one."""
    leads: bool = True
    """Let how a long text begins count as much as the whole of it; see `long_texts`."""
    allow_download: bool = False
    threads: int | None = Field(default=None, ge=1)
    """CPU threads; None for `OMP_NUM_THREADS`, or else all cores that this process may use."""

    @property
    def n_threads(self) -> int:
        """The number of threads to use, never more than there are cores."""
        cores = len(os.sched_getaffinity(0))
        asked = self.threads or int(os.environ.get("OMP_NUM_THREADS", "0") or 0) or cores
        return max(1, min(asked, cores))


class Encoder(Protocol):
    """Turns goals and passages into vectors of the same space."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def revision(self) -> str:
        """A hash of all that decides the vectors: weights, adapter, precision, prompts, pooling."""

    @property
    def dim(self) -> int:
        """The number of dimensions."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals: `(len(texts), dim)` float32, unit rows."""

    def encode_parts(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of goals, and say how each speaks, at the cost of embedding them.

        Returns:
            The vectors, as `encode_queries` gives them; and `(len(texts), width)` float32: the mean
            of each text's tokens halfway through the model, where they tell the manner of a
            sentence (a wish, a story, an excuse) more than its topic. Source: I. Tenney et al.,
            "BERT rediscovers the classical NLP pipeline", 2019, on what which layer knows.
        """

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed passages: `(len(texts), dim)` float32, unit rows."""


@dataclass
class EncoderAround:
    """An `Encoder` around another one, to whom it leaves all that a subclass does not do itself."""

    inner: Encoder

    @property
    def name(self) -> str:
        """The inner encoder's name."""
        return self.inner.name

    @property
    def revision(self) -> str:
        """The inner encoder's revision."""
        return self.inner.revision

    @property
    def dim(self) -> int:
        """The number of dimensions."""
        return self.inner.dim

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals; see `Encoder`."""
        return self.inner.encode_queries(texts)

    def encode_parts(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of goals; see `Encoder`."""
        return self.inner.encode_parts(texts)

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed passages; see `Encoder`."""
        return self.inner.encode_passages(texts, progress)
