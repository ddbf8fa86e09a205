"""How much a new snapshot may differ from the one that serves: `gate.toml`, read strictly."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recommender.errors import InputError
from recommender.relationships import Relationship

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1, le=10_000)]


class _Table(BaseModel):
    """A table of the file: unknown keys and wrong types are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class RuleLimits(_Table):
    """Which rules a company loosened on purpose."""

    loosened: list[str]
    """Each a kind and a rule, such as "sponsor line_of_command"."""
    seekers: Count
    """Seekers whose whole line of command is looked at."""


class PeopleLimits(_Table):
    """How many people may be gone."""

    max_lost_share: Share
    department_people: Count
    """A department of so many may not be gone altogether."""
    max_departments_lost: Annotated[int, Field(ge=0)]

    def lifted(self) -> "PeopleLimits":
        """Return limits under which anybody may be gone."""
        return self.model_copy(update={"max_lost_share": 1.0, "max_departments_lost": 10**6})


class CoverageLimits(_Table):
    """How many profiles and helpers may be gone."""

    max_profiles_lost_share: Share
    max_helpers_lost_share: Share


class VectorLimits(_Table):
    """How alike the vectors of unchanged texts must be."""

    people: Count
    min_same_share: Share
    min_similarity: Share


class CanaryLimits(_Table):
    """How alike the answers to goals of no company must be."""

    seekers: Count
    min_overlap: Share
    max_strong_lost_share: Share


class QualityLimits(_Table):
    """How much worse the answers to judged goals may be."""

    max_drop: Share
    min_lists_share: Share


class Limits(_Table):
    """Everything that the gate allows."""

    rules: RuleLimits
    people: PeopleLimits
    coverage: CoverageLimits
    vectors: VectorLimits
    canaries: CanaryLimits
    quality: QualityLimits


class Canary(_Table):
    """A goal that anybody might have."""

    relationship: Annotated[Relationship, Field(strict=False)]
    text: str


class _Canaries(_Table):
    goal: list[Canary]


def read_limits(path: Path | None) -> Limits:
    """Read a limits file and lay it over the project's own.

    Raises:
        InputError: it cannot be read, is not TOML, or has unknown keys or impossible values.
    """
    data = tomllib.loads(_packaged("gate.toml"))
    if path is None:
        return Limits.model_validate(data)
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the limits {path} cannot be read: {error}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not valid TOML: {error}") from None
    for name, table in own.items():
        both = isinstance(table, dict) and isinstance(data.get(name), dict)
        data[name] = data[name] | table if both else table
    try:
        return Limits.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{path.name}: {'; '.join(map(_says, error.errors()))}") from None


def read_canaries() -> list[Canary]:
    """Read the canary goals."""
    return _Canaries.model_validate(tomllib.loads(_packaged("canaries.toml"))).goal


def _says(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{where} is no limit; see eval/gate/gate.toml for all of them"
    return f"{where}: {str(problem['msg']).lower()}"


def _packaged(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
