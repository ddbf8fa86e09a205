"""Rules, limits and weights as a company sets them: `policy.toml`, read strictly.

The defaults stand in one place, the packaged `policy.toml`. A company's own file is laid over them:
it holds only what differs, key by key. To add a setting, add a field here (a sub-model for a new
table) and its default to `policy.toml`; what a message says is allowed follows from the field.
"""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from recommender.errors import PolicyError
from recommender.policy_problems import Path, Problem, lines_of, problems_of, unknown_signal
from recommender.relationships import Relationship
from recommender.signals import SIGNALS

Levels = Annotated[int, Field(ge=-20, le=20)] | Literal["any"]
"""A number of job levels, or "any" for no bound."""

Weight = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

Penalty = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]

_NO_LONGER_READ = "relevance"
"""A table of earlier versions, for measuring only; what was written with it can still be read."""

LineOfCommand = Literal["never", "skip_level", "allowed"]


class _Table(BaseModel):
    """A table of the policy file: unknown keys and wrong types are errors, values stay as read."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class StrengthLimits(_Table):
    """How likely a suggestion is to be good, and from which probability on it is strong or fair.

    It is `1 / (1 + exp(-(constant + score * s + margin * m)))` for a suggestion whose score is s,
    m above that of the sixth in the order: logistic regression on judgements.
    """

    constant: Weight
    """The logit at a score and a margin of 0."""
    score: Weight
    """What a score of 1 adds to it."""
    margin: Weight
    """What standing 1 above the sixth adds to it."""
    strong: Probability
    """A match with this probability or more of being good is strong."""
    fair: Probability
    """A match with this probability or more, up to `strong`, is fair; below it is weak."""

    @model_validator(mode="after")
    def _strong_is_above_fair(self) -> Self:
        if self.strong < self.fair:
            raise ValueError(
                f"strong is {self.strong:g} and fair is {self.fair:g}; "
                "the first must not be less than the second"
            )
        return self


class KindPolicy(_Table):
    """Who may be suggested for one kind of relationship, and how they are ranked."""

    line_of_command: LineOfCommand
    """Who is kept out because one has power over the other: "never" the whole chain above and
    below the seeker, "skip_level" the direct manager and the direct reports, "allowed" nobody."""
    min_levels_above: Levels
    """How many levels the helper stands above the seeker at least; below zero is below."""
    max_levels_above: Levels
    """How many levels the helper stands above the seeker at most; below zero is below."""
    contractors: bool
    """Whether contractors may be suggested."""
    weights: dict[str, Weight]
    """The weight of each ranking signal; 0 turns a signal off, below 0 it counts against."""
    strength: StrengthLimits
    """What counts as a strong or a fair match."""

    @model_validator(mode="after")
    def _some_level_is_allowed(self) -> Self:
        low, high = self.min_levels_above, self.max_levels_above
        if low != "any" and high != "any" and low > high:
            raise ValueError(
                f"min_levels_above is {low} and max_levels_above is {high}, so nobody fits; "
                "the first must not be greater than the second"
            )
        return self

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not any(self.weights.values()):
            raise ValueError(
                "every weight is 0, so nothing would tell one person from another; "
                "give at least one signal a weight"
            )
        return self

    @property
    def needs_levels(self) -> bool:
        """Whether the rule on levels has any bound."""
        return (self.min_levels_above, self.max_levels_above) != ("any", "any")


class Limits(_Table):
    """What keeps helpers from being overloaded and seekers from being kept waiting."""

    request_days: int = Field(ge=1, le=365)
    """Days after which an unanswered request expires."""
    cooldown_days_after_decline: int = Field(ge=0, le=3650)
    """Days in which somebody who declined is not suggested again to the same seeker."""
    open_requests_per_helper: int = Field(ge=1, le=100)
    """A helper with this many unanswered requests is not suggested until some are answered."""


class ListSettings(_Table):
    """How a list of suggestions looks."""

    length: int = Field(ge=1, le=50)
    """Suggestions in a list."""
    candidates: int = Field(ge=10, le=10_000)
    """About how many eligible people are found by their texts and then ranked by all signals."""
    alike_penalty: Penalty
    """What being the very same background as somebody above costs, as a score; 0 turns it off."""
    load_penalty: Penalty
    """What having been shown to very many costs, as a score; 0 turns it off."""


class Policy(_Table):
    """Everything that a company may set about its suggestions."""

    mentor: KindPolicy
    coach: KindPolicy
    sponsor: KindPolicy
    peer: KindPolicy
    limits: Limits
    list: ListSettings

    def of(self, relationship: Relationship) -> KindPolicy:
        """Return the rules and weights of one kind."""
        kind = getattr(self, relationship.value)
        assert isinstance(kind, KindPolicy)
        return kind


def default_policy_text() -> str:
    """Read the packaged `policy.toml`, comments and all."""
    return resources.files("recommender").joinpath("policy.toml").read_text(encoding="utf-8")


def default_policy() -> Policy:
    """Return the policy of a company that set nothing."""
    return _parse(default_policy_text(), "policy.toml", base={})


def parse_policy(text: str, source: str) -> Policy:
    """Read a policy file and lay it over the defaults.

    Args:
        text: TOML; a key that is absent keeps its default.
        source: the file's name, for messages.

    Raises:
        PolicyError: the text is not TOML, or has unknown keys or impossible values. The message
            holds a line for each problem: source, line, key, what is allowed.
    """
    return _parse(text, source, base=tomllib.loads(default_policy_text()))


def _parse(text: str, source: str, *, base: Mapping[str, Any]) -> Policy:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        own = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a bare ValueError
        line = lines_of(text, []).stopped_at
        raise PolicyError(f"{source}, line {line}: this is not valid TOML: {error}") from None
    data = _laid_over(base, {key: value for key, value in own.items() if key != _NO_LONGER_READ})
    problems = list(_unknown_signals(data))
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        problems += problems_of(error, Policy, data)
    if problems:
        raise PolicyError(_message(text, source, problems))
    return policy


def _laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        both_tables = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _laid_over(below, value) if both_tables else value  # type: ignore[arg-type]
    return merged


def _unknown_signals(data: Mapping[str, Any]) -> Iterable[Problem]:
    known = frozenset(SIGNALS)
    for key in Relationship:
        table = data.get(key)
        weights = table.get("weights") if isinstance(table, dict) else None
        for name in weights if isinstance(weights, dict) else ():
            if name not in known:
                yield unknown_signal((str(key), "weights", name), known)


def _message(text: str, source: str, problems: list[Problem]) -> str:
    """Put each problem on a line of its own, in the order of the file."""
    found = lines_of(text, [problem.path for problem in problems])
    placed: list[tuple[int, Path, str]] = []
    for problem in problems:
        line = found.line_of(problem.path)
        where = f"{source}, line {line}" if line else source
        placed.append((line, problem.path, f"{where}: {problem.says}"))
    return "\n".join(says for _, _, says in sorted(placed))
