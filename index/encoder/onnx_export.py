"""A model's ONNX graph: exported once from verified weights, kept in a cache by their hash."""

import contextlib
import hashlib
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from index.disk import files
from index.disk.cache_folder import CACHE, cache_folder
from index.disk.files import sha256_of
from index.encoder.adapter import Adapter
from index.encoder.model_folder import ModelFolder
from index.encoder.model_settings import read_settings
from recommender.errors import BuildError, ModelError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

EXPORT_VERSION = "4"
"""Raise it when the export changes, so that graphs of older versions are not used."""
OPSET = 17
PLACES = "places"
"""The input that tells a graph for packed rows from a plain one; see `index.encoder.batches`."""
EMBEDDING, MANNER = "embedding", "manner"
"""The outputs; see `index.encoder.protocol.Encoder`."""
_COUNTED_FROM_ZERO = ("bert", "electra")
_COUNTED_FROM_PADDING = ("camembert", "mpnet", "roberta", "xlm-roberta")
"""Kinds of models that take the positions of tokens and a mask for each pair of them, by where
positions begin: at 0, or behind the padding's number."""
QUANTIZED_BLOCK = 64
_CHATTY = ("torch", "torch.onnx", "onnxscript", "onnx_ir", "onnxruntime")
"""The loggers of those who export and quantize; nobody else falls silent meanwhile."""

_log = logging.getLogger(__name__)


class _Exported(NamedTuple):
    """What is exported: a module, a sample of what it takes, and the names of its axes."""

    module: "torch.nn.Module"
    sample: tuple["torch.Tensor", ...]
    axes: dict[str, dict[int, str]]


def graph_path(model: ModelFolder, adapter: Adapter | None, precision: str) -> Path:
    """Return the path of a verified graph, exporting it first where there is none.

    Raises:
        ModelError: the model cannot be exported.
        BuildError: the cache cannot be written.
    """
    parts = (model.weights_sha256, model.settings_sha256, adapter.sha256 if adapter else "")
    key = hashlib.sha256("\0".join((*parts, EXPORT_VERSION)).encode()).hexdigest()[:24]
    folder = cache_folder() / "graphs"
    path = folder / f"{key}-{precision}.onnx"
    if not _is_whole(path):
        _make_cache(folder)
        if precision == "int8":
            _quantize(graph_path(model, adapter, "fp32"), path)
        else:
            _log.info("exporting the model to ONNX, once")
            _export(model, adapter, path)
        files.write_text(_checksum_path(path), sha256_of(path) + "\n")
    return path


def _make_cache(folder: Path) -> None:
    try:
        files.make_folder(folder)
    except BuildError as error:
        raise BuildError(f"{error}; let {CACHE} name a folder that may be written") from error


def _checksum_path(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _is_whole(path: Path) -> bool:
    try:
        expected = _checksum_path(path).read_text(encoding="ascii").strip()
        return sha256_of(path) == expected
    except (OSError, UnicodeDecodeError):
        return False


def _export(model: ModelFolder, adapter: Adapter | None, path: Path) -> None:
    import torch

    from index.encoder.torch_model import load_torch, with_layers

    loaded = load_torch(model, adapter)
    kind = _kind_of(model)
    packs = kind in (*_COUNTED_FROM_ZERO, *_COUNTED_FROM_PADDING)
    module, sample, axes = _packing(loaded, kind) if packs else _plain(loaded)
    try:
        with files.writing(path) as temporary, _quiet(), torch.no_grad(), with_layers(loaded):
            torch.onnx.export(
                module.eval(),
                sample,
                str(temporary),
                input_names=list(axes),
                output_names=[EMBEDDING, MANNER],
                dynamic_axes={**axes, EMBEDDING: {0: "texts"}, MANNER: {0: "texts"}},
                opset_version=OPSET,
                dynamo=False,
            )
    except (TypeError, ValueError, KeyError) as error:
        raise ModelError(
            f"the model {model.name} cannot be exported to ONNX: {error}; use runtime 'torch'"
        ) from error


def _kind_of(model: ModelFolder) -> str:
    config = read_settings(model.path / "config.json")
    return str(config.get("model_type", ""))


def _packing(loaded: "SentenceTransformer", kind: str) -> _Exported:
    """Return a module that reads several texts in one row, each as if it were alone."""
    import torch

    from index.encoder.torch_model import halfway, mean_of_tokens

    model: Any = loaded[0].auto_model
    first_position = 0 if kind in _COUNTED_FROM_ZERO else model.embeddings.padding_idx + 1

    class Embedding(torch.nn.Module):
        """The whole SentenceTransformer, pooling and normalising included."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = model
            self.rest = torch.nn.Sequential(*list(loaded)[1:])

        def forward(
            self, ids: torch.Tensor, text: torch.Tensor, places: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            same = text.unsqueeze(2) == text.unsqueeze(1)
            mask = (1.0 - same.to(torch.float32)) * torch.finfo(torch.float32).min
            # a token stands as far behind its text's first one as if the text were alone
            first = same.to(torch.int64).argmax(dim=2)
            position = torch.arange(ids.shape[1]) - first + first_position
            layers = self.inner(
                input_ids=ids, attention_mask=mask.unsqueeze(1), position_ids=position
            ).hidden_states
            last, middle = (
                layer.reshape(-1, layer.shape[-1])[places.clamp(min=0)]
                for layer in (layers[-1], halfway(layers))
            )
            inside = (places >= 0).to(torch.int64)
            features = self.rest({"token_embeddings": last, "attention_mask": inside})
            vectors = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
            return vectors, mean_of_tokens(middle, inside)

    sample = (
        torch.tensor([[0, 5, 6, 7, 2, 0, 5, 2]]),
        torch.tensor([[0, 0, 0, 0, 0, 1, 1, 1]]),
        torch.tensor([[0, 1, 2, 3, 4], [5, 6, 7, -1, -1]]),
    )
    shape = {0: "rows", 1: "tokens"}
    return _Exported(
        Embedding(), sample,
        {"input_ids": shape, "text": shape, PLACES: {0: "texts", 1: "longest"}},
    )  # fmt: skip


def _plain(loaded: "SentenceTransformer") -> _Exported:
    """Return a module that reads a text a row, filled up with padding."""
    import torch

    from index.encoder.torch_model import manner_of

    class Embedding(torch.nn.Module):
        """The whole SentenceTransformer, pooling and normalising included."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = loaded

        def forward(
            self, ids: torch.Tensor, mask: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            features = self.inner({"input_ids": ids, "attention_mask": mask})
            vectors = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
            return vectors, manner_of(features)

    sample = (
        torch.tensor([[0, 5, 6, 7, 2], [0, 5, 2, 1, 1]]),
        torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]),
    )
    shape = {0: "texts", 1: "tokens"}
    return _Exported(Embedding(), sample, {"input_ids": shape, "attention_mask": shape})


def _quantize(source: Path, path: Path) -> None:
    """Turn the weights into 8-bit integers, a scale for each `QUANTIZED_BLOCK` of a row.

    Activations are scaled by block and row too, so a vector does not depend on its company, and
    single large activations do no harm: all-mpnet-base-v2 keeps a cosine of .9996 with its float
    vectors, where one scale for a whole activation (`quantize_dynamic`) leaves .6 to .94.
    """
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import (
        DefaultWeightOnlyQuantConfig,
        MatMulNBitsQuantizer,
    )

    with _quiet(), files.writing(path) as temporary:
        settings = DefaultWeightOnlyQuantConfig(
            block_size=QUANTIZED_BLOCK, is_symmetric=True, accuracy_level=4, bits=8
        )
        quantizer = MatMulNBitsQuantizer(onnx.load(str(source)), algo_config=settings)
        quantizer.process()
        quantizer.model.save_model_to_file(str(temporary), False)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's and the quantizer's chatter away from the administrator."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
