"""The torch runtime: the reference for the fast one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder.long_texts import LEAD_TOKENS, joined, with_leads
from index.encoder.model_folder import ModelFolder
from index.encoder.protocol import EncoderSettings, Progress
from index.encoder.revision import locate, revision_of
from index.encoder.torch_model import config_of, load_torch, manner_of, with_layers
from recommender.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 64

_one_model = threading.Lock()
"""Where texts are cut, and what is given, are settings of the whole model and its tokenizer."""


@dataclass(frozen=True)
class TorchEncoder:
    """Embeds by torch, through sentence-transformers."""

    name: str
    revision: str
    dim: int
    model: "SentenceTransformer"
    folder: ModelFolder
    leads: bool
    """Whether long texts are embedded by their beginnings as well."""

    @classmethod
    def load(cls, settings: EncoderSettings) -> Self:
        """Load the model that the settings name.

        Raises:
            ModelError: it cannot be found, verified or loaded, or int8 is asked for.
        """
        if settings.precision != "fp32":
            raise ModelError("the torch runtime knows fp32 only; use runtime 'onnx' for int8")
        import torch

        folder, adapter = locate(settings)
        model = load_torch(folder, adapter)
        torch.set_num_threads(settings.n_threads)
        dim = len(model.encode("a", show_progress_bar=False))
        revision = revision_of(folder, adapter, "fp32", leads=settings.leads)
        return cls(folder.name, revision, dim, model, folder, settings.leads)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed goals; see `Encoder`."""
        return self._encode([self.folder.query_prompt + text for text in texts])

    def encode_parts(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of goals; see `Encoder`. Here it costs twice as much as embedding them."""
        prepared = [self.folder.query_prompt + text for text in texts]
        return self._encode(prepared), self._manner(prepared)

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Embed passages; see `Encoder`."""
        vectors = self._encode([self.folder.passage_prompt + text for text in texts])
        if progress is not None:
            progress(len(texts), len(texts))
        return vectors

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        with _one_model:
            whole = self._embed(texts, self.folder.max_tokens)
            if not self.leads:
                return whole
            _, long = with_leads(self._tokens(texts)["input_ids"])
            leads = self._embed([texts[number] for number in long], LEAD_TOKENS)
        return joined(np.concatenate((whole, leads)), long)

    def _embed(self, texts: list[str], max_tokens: int) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        self.model.max_seq_length = max_tokens
        vectors = self.model.encode(
            texts, prompt="", batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, np.float32)

    def _manner(self, texts: list[str]) -> NDArray[np.float32]:
        import torch

        found = [np.zeros((0, int(config_of(self.model).hidden_size)), np.float32)]
        with _one_model, with_layers(self.model), torch.no_grad():
            for at in range(0, len(texts), BATCH):
                tokens = self._tokens(texts[at : at + BATCH], padding=True, return_tensors="pt")
                found.append(manner_of(self.model(dict(tokens))).numpy())
        return np.concatenate(found)

    def _tokens(self, texts: list[str], **options: Any) -> Any:
        return self.model.tokenizer(
            texts, truncation=True, max_length=self.folder.max_tokens, verbose=False, **options
        )
