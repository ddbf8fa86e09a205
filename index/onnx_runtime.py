"""The ONNX runtime: fast to start and to answer, and torch stays away from the query path."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import EncoderSettings, Progress
from index.models import ModelFolder
from index.onnx_graph import graph_path
from index.torch_runtime import locate, revision_of
from recommender.errors import ModelError

MAX_BATCH_TOKENS = 4096
"""Padding included. Larger batches gain nothing on a CPU: they leave its caches."""
LEAST_SHARE = 0.6
"""A text shorter than this share of its group's longest one begins a new group: padding it would
cost more than one more run. Source: a goal and its needs then take 2.2 times as long as the goal
alone, else 3.4 times."""


@dataclass(frozen=True)
class OnnxEncoder:
    """Embeds by ONNX Runtime on a graph that pools and normalises by itself."""

    name: str
    revision: str
    dim: int
    session: Any
    tokenizer: Any
    folder: ModelFolder

    @classmethod
    def load(cls, settings: EncoderSettings) -> Self:
        """Load the model that the settings name.

        Raises:
            ModelError: it cannot be found, verified, exported or loaded.
        """
        import onnxruntime

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
        revision = revision_of(folder, adapter, settings.precision)
        probe = session.run(None, _feed([tokenizer.encode("a").ids], folder.pad_id))[0]
        return cls(folder.name, revision, probe.shape[1], session, tokenizer, folder)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals; see `Encoder`."""
        return self._encode(texts, self.folder.query_prompt, None)

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed passages; see `Encoder`."""
        return self._encode(texts, self.folder.passage_prompt, progress)

    def _encode(
        self, texts: Sequence[str], prompt: str, progress: Progress | None
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dim), np.float32)
        if not texts:
            return vectors
        prepared = [prompt + text for text in texts]
        if self.folder.lower_case:
            prepared = [text.lower() for text in prepared]
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(prepared)]
        done = 0
        for rows in _batches([len(row) for row in ids]):
            vectors[rows] = self.session.run(
                None, _feed([ids[row] for row in rows], self.folder.pad_id)
            )[0]
            done += len(rows)
            if progress is not None:
                progress(done, len(texts))
        return vectors


def _tokenizer(folder: ModelFolder) -> Any:
    """Load the tokenizer with the model's own length, not the shorter one stored beside it."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(folder.max_tokens)
    return tokenizer


def _feed(ids: list[list[int]], pad_id: int) -> dict[str, NDArray[np.int64]]:
    longest = max(len(row) for row in ids)
    padded = np.full((len(ids), longest), pad_id, np.int64)
    mask = np.zeros((len(ids), longest), np.int64)
    for number, row in enumerate(ids):
        padded[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": padded, "attention_mask": mask}


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Group texts of like length, the longest first, `MAX_BATCH_TOKENS` a group at most."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    batch: list[int] = []
    for row in order:
        full = bool(batch) and lengths[batch[0]] * (len(batch) + 1) > MAX_BATCH_TOKENS
        if full or (batch and lengths[row] < LEAST_SHARE * lengths[batch[0]]):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
