"""The torch runtime: the reference for the fast one, and the source of its graph."""

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from index.adapters import Adapter, find_adapter, merge
from index.encoder import EncoderSettings, Progress
from index.leads import LEAD_TOKENS, joined, with_leads
from index.models import ModelFolder, find_model
from recommender.errors import ModelError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

BATCH = 64

_one_model = threading.Lock()
"""Where texts are cut, and what is given, are settings of the whole model and its tokenizer."""


def locate(settings: EncoderSettings) -> tuple[ModelFolder, Adapter | None]:
    """Find the model and the adapter that the settings ask for, without loading either."""
    model = find_model(settings.model, allow_download=settings.allow_download)
    return model, find_adapter(model) if settings.adapter else None


def revision_of(model: ModelFolder, adapter: Adapter | None, precision: str, *, leads: bool) -> str:
    """Hash all that decides the vectors; 16 hexadecimal digits."""
    parts = [model.weights_sha256, model.settings_sha256, adapter.sha256 if adapter else "",
             precision, model.query_prompt, model.passage_prompt,
             str(LEAD_TOKENS if leads else 0)]  # fmt: skip
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def load_torch(model: ModelFolder, adapter: Adapter | None) -> "SentenceTransformer":
    """Load a folder as a SentenceTransformer on the CPU, with the adapter merged in.

    Raises:
        ModelError: the folder cannot be loaded, or the adapter does not fit.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    try:
        with _without_bars():
            loaded = SentenceTransformer(
                str(model.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
            )
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
        raise ModelError(f"the model in {model.path} cannot be loaded: {reason}") from error
    loaded.eval()
    if not hasattr(loaded[0], "auto_model"):
        raise ModelError(
            f"the model in {model.path} has no layers (static embeddings); give a transformer's "
            "folder"
        )
    if adapter is not None:
        with torch.no_grad():
            inner: torch.nn.Module = loaded[0].auto_model  # type: ignore[assignment]
            merge(adapter, dict(inner.named_parameters()))
    return loaded


def halfway(layers: "Sequence[torch.Tensor]") -> "torch.Tensor":
    """Give the states halfway through a model, whose first ones are those of the words alone.

    Whoever changes what is given here raises `index.snapshot.FORMAT` and `EXPORT_VERSION`: what
    was learnt from other states says nothing of these.
    """
    return layers[len(layers) // 2]


def mean_of_tokens(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """Average the states of each text's own tokens: `(n, width)` of `(n, tokens, width)`."""
    inside = mask.unsqueeze(-1).to(states.dtype)
    return (states * inside).sum(dim=1) / inside.sum(dim=1)


def manner_of(features: "dict[str, Any]") -> "torch.Tensor":
    """Say how each text speaks, from the features that a model gives under `with_layers`."""
    return mean_of_tokens(halfway(features["all_layer_embeddings"]), features["attention_mask"])


def _config(model: "SentenceTransformer") -> Any:
    inner: Any = model[0].auto_model
    return inner.config


@contextlib.contextmanager
def with_layers(model: "SentenceTransformer") -> Iterator[None]:
    """Let a model give the states of all of its layers too, which takes memory."""
    config = _config(model)
    config.output_hidden_states = True
    try:
        yield
    finally:
        config.output_hidden_states = False


@contextlib.contextmanager
def _without_bars() -> Iterator[None]:
    """Keep the library's progress bars out of the terminal of whoever asked for something else."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


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

        found = [np.zeros((0, int(_config(self.model).hidden_size)), np.float32)]
        with _one_model, with_layers(self.model), torch.no_grad():
            for at in range(0, len(texts), BATCH):
                tokens = self._tokens(texts[at : at + BATCH], padding=True, return_tensors="pt")
                found.append(manner_of(self.model(dict(tokens))).numpy())
        return np.concatenate(found)

    def _tokens(self, texts: list[str], **options: Any) -> Any:
        return self.model.tokenizer(
            texts, truncation=True, max_length=self.folder.max_tokens, verbose=False, **options
        )
