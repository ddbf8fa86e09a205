"""Adapters shipped with the project: low-rank changes of a model's weights, merged before use."""

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from index.encoder.model_folder import ModelFolder
from recommender.errors import ModelError

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
BASE = "base.sha256"
"""The file that names the hash of the weights which the adapter was trained on."""
SHIPPED = Path(str(resources.files(__package__).joinpath("adapters")))


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter in peft's format: for each adapted weight W, W + scale · B · A."""

    path: Path
    sha256: str
    """Of its weights and its config."""
    scale: float


def find_adapter(model: ModelFolder) -> Adapter | None:
    """Find the shipped adapter whose base has exactly this model's weights, if there is one.

    Raises:
        ModelError: an adapter is there for these weights but cannot be used.
    """
    for base in sorted(SHIPPED.glob(f"*/{BASE}")):
        if base.read_text(encoding="ascii").strip() == model.weights_sha256:
            return _read(base.parent)
    return None


def _read(folder: Path) -> Adapter:
    try:
        raw = (folder / CONFIG).read_bytes()
        weights = (folder / WEIGHTS).read_bytes()
        config = json.loads(raw)
        rank = float(config["r"])
        scale = float(config["lora_alpha"]) / (rank**0.5 if config.get("use_rslora") else rank)
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise ModelError(
            f"the adapter {folder.name} cannot be read ({error}); install the project again"
        ) from error
    for unknown in ("use_dora", "rank_pattern", "alpha_pattern", "fan_in_fan_out"):
        if config.get(unknown):
            raise ModelError(f"the adapter {folder.name} uses {unknown}, which is not known here")
    return Adapter(folder, hashlib.sha256(weights + raw).hexdigest(), scale)


def merge(adapter: Adapter, parameters: dict[str, Any]) -> int:
    """Add an adapter's changes to a model's weights, in place.

    Args:
        adapter: the adapter.
        parameters: torch tensors by their name in the model, such as
            `encoder.layer.0.attention.self.query.weight`, `(out, in)`.

    Returns:
        How many weights were changed.

    Raises:
        ModelError: a weight that the adapter changes is not in the model, or has another shape.

    Source: E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, section 4.1.
    """
    from safetensors.torch import load_file

    tensors = load_file(str(adapter.path / WEIGHTS))
    downs = {name: value for name, value in tensors.items() if name.endswith(".lora_A.weight")}
    if not downs or len(downs) * 2 != len(tensors):
        raise ModelError(f"the adapter {adapter.path.name} is not a plain LoRA adapter")
    for name, down in downs.items():
        stem = name.removesuffix(".lora_A.weight")
        up = tensors[f"{stem}.lora_B.weight"]
        target = stem.removeprefix("base_model.model.") + ".weight"
        weight = parameters.get(target)
        if weight is None or tuple(weight.shape) != (up.shape[0], down.shape[1]):
            raise ModelError(f"the adapter {adapter.path.name} does not fit the model at {target}")
        weight.data += adapter.scale * (up.float() @ down.float()).to(weight.dtype)
    return len(downs)
