"""What is wrong in a policy file, in words and with the line where it stands."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

Path = tuple[str, ...]
"""The keys that lead to a value: `("mentor", "weights", "similarity")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    path: Path
    says: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the keys of a TOML text stand; lines count from 1."""

    found: Mapping[Path, int]
    stopped_at: int
    """The first line of the statement that cannot be read, or one past the last line."""

    def line_of(self, path: Path) -> int:
        """Return the line of a key, or of the nearest table around it; 0 where neither is there."""
        while path and path not in self.found:
            path = path[:-1]
        return self.found.get(path, 0)


def lines_of(text: str, paths: Iterable[Path]) -> Lines:
    r"""Find where keys are set.

    `tomllib` gives no positions, so the text is read again and again with one more line: a key
    stands in the statement with which it first appears. A statement over several lines can only be
    read whole, so it begins after the last line up to which the text could be read.

    Args:
        text: TOML with "\n" line ends.
        paths: the keys to look for; the tables around them are found too.
    """
    wanted = {path[:end] for path in paths for end in range(1, len(path) + 1)}
    found: dict[Path, int] = {}
    lines = text.split("\n")
    readable = 0
    for count in range(1, len(lines) + 1):
        try:
            tree = tomllib.loads("\n".join(lines[:count]))
        except (ValueError, RecursionError):
            continue
        for path in wanted - found.keys():
            if _has(tree, path):
                found[path] = readable + 1
        readable = count
    return Lines(found, min(readable + 1, len(lines)))


def problems_of(
    error: ValidationError, model: type[BaseModel], data: Mapping[str, Any]
) -> list[Problem]:
    """Return what pydantic found, one problem a key."""
    schema = model.model_json_schema()
    problems: dict[Path, Problem] = {}
    for fault in error.errors():
        path = _trimmed(fault["loc"], data, is_missing=fault["type"] == "missing")
        around = _schema_at(schema, path[:-1])
        here = _schema_at(schema, path)
        key = ".".join(path)
        if fault["type"] == "extra_forbidden":
            says = _unknown("key", key, path[-1], around.get("properties", {}))
        elif fault["type"] == "missing":
            says = f'the key "{key}" is missing; it must be {_allowed(schema, here)}'
        elif fault["type"] == "value_error":
            says = f'in "{key}": {fault["ctx"]["error"]}'
        else:
            says = f'"{key}" is {_shown(path, data)}; it must be {_allowed(schema, here)}'
        problems.setdefault(path, Problem(path, says))
    return list(problems.values())


def unknown_signal(path: Path, signals: Iterable[str]) -> Problem:
    """Return the problem that a weight is given to a signal that does not exist."""
    return Problem(path, _unknown("signal", ".".join(path), path[-1], signals))


def _unknown(what: str, key: str, name: str, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    near = difflib.get_close_matches(name, allowed, n=1)
    hint = f'did you mean "{near[0]}"? ' if near else ""
    return f'unknown {what} "{key}"; {hint}allowed here: {", ".join(allowed)}'


def _has(tree: Any, path: Path) -> bool:
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return False
        tree = tree[key]
    return True


def _trimmed(location: tuple[int | str, ...], data: Any, *, is_missing: bool) -> Path:
    """Keep the keys of the file; pydantic adds the branch of a union that failed."""
    path = tuple(str(part) for part in location)
    if is_missing:
        return path
    while not _has(data, path):
        path = path[:-1]
    return path


def _schema_at(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    here = schema
    for key in path:
        here = _resolved(schema, here)
        rest = here.get("additionalProperties")
        here = here.get("properties", {}).get(key, rest if isinstance(rest, dict) else {})
    return _resolved(schema, here)


def _resolved(schema: Mapping[str, Any], here: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in here:
        return here
    resolved: Mapping[str, Any] = schema["$defs"][here["$ref"].rsplit("/", 1)[-1]]
    return resolved


def _allowed(schema: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """Put a JSON schema into words."""
    if "anyOf" in here:
        return " or ".join(_allowed(schema, branch) for branch in here["anyOf"])
    if "const" in here:
        return f'"{here["const"]}"'
    if "enum" in here:
        return " or ".join(f'"{value}"' for value in here["enum"])
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "string": "a text",
        "object": "a table",
    }
    says = words.get(str(here.get("type")), "something else")
    if "minimum" in here and "maximum" in here:
        says += f" from {here['minimum']:g} to {here['maximum']:g}"
    return says


def _shown(path: Path, data: Any) -> str:
    """Show the value as it would stand in the file, cut to a line."""
    value = data
    for key in path:
        value = value[key]
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 64:
        return "a whole number of many digits"  # Python refuses to spell out the longest
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"
