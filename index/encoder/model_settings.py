"""The settings of a model's folder, which somebody else wrote: read strictly, no code is run."""

import json
import re
from pathlib import Path
from typing import Any

from recommender.errors import ModelError

_OUR_LIBRARY = re.compile(r"sentence_transformers(\.[A-Za-z_]\w*)+", re.ASCII)
"""What a module may be. Anything else would be code that comes with the folder, or some other
library's; up to version 5 sentence-transformers loads it even where it is told not to."""

_LONGEST = 10_000_000
"""No setting of a model counts so far."""


def read_settings(path: Path) -> dict[str, Any]:
    """Read a JSON file of a model; empty where there is none.

    Raises:
        ModelError: it is no JSON object.
    """
    if not path.is_file():
        return {}
    value = _json(path)
    if not isinstance(value, dict):
        raise ModelError(f"{path} must hold a JSON object; download the model again")
    if "auto_map" in value:
        raise ModelError(
            f"{path} names code of its own ('auto_map'), and no code of a model is run; take a "
            "model that the libraries know by themselves"
        )
    return value


def read_modules(path: Path) -> list[str]:
    """Read which parts a model has.

    Returns:
        The folder of each part below the model's, "" for the model's own.

    Raises:
        ModelError: it is no list of parts, a part is not of the sentence-transformers library, or
            lies elsewhere.
    """
    value = _json(path)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ModelError(f"{path} must hold a list of objects; download the model again")
    folders = []
    for one in value:
        kind, folder = one.get("type"), one.get("path", "")
        if not isinstance(kind, str) or not _OUR_LIBRARY.fullmatch(kind):
            raise ModelError(
                f"{path} names the part {str(kind)[:80]!r}, which is not of the library "
                "sentence_transformers, and no code of a model is run; take another model"
            )
        if not isinstance(folder, str) or not _lies_within(path.parent, folder):
            raise ModelError(f"{path} names a folder outside of the model's; take another model")
        folders.append(folder)
    return folders


def whole_number(path: Path, name: str, value: object, least: int = 0) -> int:
    """Take a number of a setting.

    Raises:
        ModelError: it is no whole number from `least` to ten million.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LONGEST:
        raise ModelError(f"{path}: {name!r} must be a whole number from {least} to {_LONGEST:,}")
    return value


def whole_text(path: Path, name: str, value: object) -> str:
    """Take a text of a setting.

    Raises:
        ModelError: it is none that can be written in UTF-8.
    """
    try:
        if isinstance(value, str):
            value.encode()
            return value
    except UnicodeEncodeError:
        pass
    raise ModelError(f"{path}: {name!r} must hold texts")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not valid JSON: {str(error)[:200]}") from None


def _lies_within(folder: Path, name: str) -> bool:
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
