"""The ONNX runtime: fast to start and to answer, and torch stays away from the query path."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder.batches import Feed, packed, padded
from index.encoder.long_texts import joined, with_leads
from index.encoder.model_folder import ModelFolder
from index.encoder.onnx_export import (
    EMBEDDING,
    MANNER,
    PLACES,
    graph_path,
)
from index.encoder.protocol import EncoderSettings, Progress
from index.encoder.revision import locate, revision_of
from recommender.errors import ModelError


@dataclass(frozen=True)
class OnnxEncoder:
    """Embeds by ONNX Runtime on a graph that pools and normalises by itself."""

    name: str
    revision: str
    dim: int
    width: int
    """Of the states halfway through the model."""
    session: Any
    tokenizer: Any
    folder: ModelFolder
    packs: bool
    """Whether the graph takes several texts in a row, each read as if it were alone."""
    leads: bool
    """Whether long texts are embedded by their beginnings as well."""

    @classmethod
    def load(cls, settings: EncoderSettings) -> Self:
        """Load the model that the settings name.

        Raises:
            ModelError: it cannot be found, verified, exported or loaded.
        """
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # it may have been imported before `index`

        folder, adapter = locate(settings)
        path = graph_path(folder, adapter, settings.precision)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = settings.n_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no common base
            raise ModelError(f"the graph of {folder.name} cannot be loaded: {error}") from error
        tokenizer = _tokenizer(folder)
        revision = revision_of(folder, adapter, settings.precision, leads=settings.leads)
        packs = any(given.name == PLACES for given in session.get_inputs())
        _, probe = next(_batches([tokenizer.encode("a").ids], folder, packs=packs))
        dim, width = (found.shape[1] for found in session.run([EMBEDDING, MANNER], probe))
        return cls(
            folder.name, revision, dim, width, session, tokenizer, folder, packs, settings.leads
        )

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals; see `Encoder`."""
        return self._encode(texts, self.folder.query_prompt, None)[0]

    def encode_parts(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of goals; see `Encoder`."""
        return self._encode(texts, self.folder.query_prompt, None)

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed passages; see `Encoder`."""
        return self._encode(texts, self.folder.passage_prompt, progress)[0]

    def _encode(
        self, texts: Sequence[str], prompt: str, progress: Progress | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        prepared = [prompt + text for text in texts]
        if self.folder.lower_case:
            prepared = [text.lower() for text in prepared]
        ids = [text.ids for text in self.tokenizer.encode_batch(prepared)]
        ids, long = with_leads(ids) if self.leads else (ids, np.zeros(0, np.int64))
        vectors = np.empty((len(ids), self.dim), np.float32)
        manner = np.empty((len(ids), self.width), np.float32)
        done = 0
        for rows, feed in _batches(ids, self.folder, packs=self.packs):
            vectors[rows], manner[rows] = self.session.run([EMBEDDING, MANNER], feed)
            done += sum(row < len(texts) for row in rows)
            if progress is not None:
                progress(done, len(texts))
        return joined(vectors, long), manner[: len(texts)]


def _tokenizer(folder: ModelFolder) -> Any:
    """Load the tokenizer with the model's own length, not the shorter one stored beside it."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(folder.max_tokens)
    return tokenizer


def _batches(
    ids: list[list[int]], folder: ModelFolder, *, packs: bool
) -> Iterator[tuple[list[int], Feed]]:
    return packed(ids) if packs else padded(ids, folder.pad_id)
