"""A trained adapter as files in peft's format, which `index.encoder.adapter` reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
RECIPE = "recipe.json"
_PREFIX = "base_model.model."


def write_adapter(
    model: Any, out: Path, rank: int, alpha: float, dropout: float, notes: Mapping[str, Any]
) -> None:
    """Write the adapter with float16 weights and no local path.

    Args:
        model: peft's `PeftModel`.
        out: the folder; made where missing.
        rank: of the adapter's matrices.
        alpha: the adapter counts `alpha / rank`.
        dropout: as it was trained.
        notes: what else to keep of how it was made.
    """
    from peft import get_peft_model_state_dict

    out.mkdir(parents=True, exist_ok=True)
    weights = {
        name: weight.detach().half().contiguous()
        for name, weight in sorted(get_peft_model_state_dict(model).items())
    }
    save_file(weights, out / WEIGHTS, metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": "FEATURE_EXTRACTION",
        "base_model_name_or_path": None,
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": dropout,
        "target_modules": sorted({".".join(_place(name)[3:-2]) for name in weights}),
        "layers_to_transform": sorted({int(_place(name)[2]) for name in weights}),
        "bias": "none",
        "inference_mode": True,
    }
    (out / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (out / RECIPE).write_text(json.dumps(notes, indent=2) + "\n", encoding="utf-8")


def _place(name: str) -> list[str]:
    """Split `encoder.layer.3.attention.self.query.lora_A.weight` at its dots."""
    return name.removeprefix(_PREFIX).split(".")
