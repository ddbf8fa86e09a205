"""Which model and adapter the settings ask for, and the hash of all that decides the vectors."""

import hashlib

from index.encoder.adapter import Adapter, find_adapter
from index.encoder.long_texts import LEAD_TOKENS
from index.encoder.model_folder import ModelFolder, find_model
from index.encoder.protocol import EncoderSettings


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
