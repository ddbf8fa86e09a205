"""A SentenceTransformer in torch with its adapter, and the states that are read off its layers."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from index.encoder.adapter import Adapter, merge
from index.encoder.model_folder import ModelFolder
from recommender.errors import ModelError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


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
    """Return the states halfway through a model, whose first ones are those of the words alone.

    Whoever changes what is given here raises the manifest's `FORMAT` and `EXPORT_VERSION`: what was
    learnt from other states says nothing of these.
    """
    return layers[len(layers) // 2]


def mean_of_tokens(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """Average the states of each text's own tokens: `(n, width)` of `(n, tokens, width)`."""
    inside = mask.unsqueeze(-1).to(states.dtype)
    return (states * inside).sum(dim=1) / inside.sum(dim=1)


def manner_of(features: "dict[str, Any]") -> "torch.Tensor":
    """Return how each text speaks, from the features that a model gives under `with_layers`."""
    return mean_of_tokens(halfway(features["all_layer_embeddings"]), features["attention_mask"])


def config_of(model: "SentenceTransformer") -> Any:
    """Return the configuration of the transformer inside."""
    inner: Any = model[0].auto_model
    return inner.config


@contextlib.contextmanager
def with_layers(model: "SentenceTransformer") -> Iterator[None]:
    """Let a model give the states of all of its layers too, which takes memory."""
    config = config_of(model)
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
