"""A recommendation as a person reads it in a terminal."""

import textwrap
from collections.abc import Iterator

from recommender.recommend import Recommendation, Suggestion, SuggestionList, WhyNot
from recommender.relationships import KINDS
from recommender.strength import Strength

WIDTH = 96

_MARKS = {Strength.STRONG: "●●●", Strength.FAIR: "●●○", Strength.WEAK: "●○○"}


def render_recommendation(answer: Recommendation) -> str:
    """Write all lists of an answer."""
    lines = [f"Goal: {line}" if not number else f"      {line}" for number, line in enumerate(
        textwrap.wrap(answer.goal.text, WIDTH - 6)
    )]  # fmt: skip
    for part in answer.lists:
        lines += ["", *_list(part)]
    return clean("\n".join(lines))


def render_why_not(answer: WhyNot) -> str:
    """Write why a colleague is not suggested, or where they stand."""
    if not answer.eligible:
        return clean("Not suggested:\n" + "\n".join(f"  - {item.says}" for item in answer.reasons))
    if answer.rank is None:
        return "Eligible: no rule excludes this person. Add --goal to see their rank."
    lines = [f"Eligible, and number {answer.rank} for this goal."]
    if answer.held_back_by:
        lines.append("Behind the last one suggested because of:")
        lines += [f"  - {name}: {value:+.3f}" for name, value in answer.held_back_by]
    return "\n".join(lines)


def clean(text: str) -> str:
    """Drop control characters: a profile may hold escape sequences that drive a terminal."""
    return "".join(character for character in text if character == "\n" or character.isprintable())


def _list(part: SuggestionList) -> Iterator[str]:
    title = f"{part.relationship.value.upper()} · {KINDS[part.relationship].question}"
    yield title
    yield "─" * min(len(title), WIDTH)
    if part.note:
        yield from textwrap.wrap(part.note, WIDTH)
    for suggestion in part.suggestions:
        yield from _suggestion(suggestion)
    if part.excluded:
        counts = ", ".join(f"{rule} {count}" for rule, count in part.excluded.items())
        yield from textwrap.wrap(f"Left out by a rule: {counts}", WIDTH)


def _suggestion(suggestion: Suggestion) -> Iterator[str]:
    head = f"{suggestion.rank}. {suggestion.display_name} ({suggestion.person_id})"
    yield f"{head}, {suggestion.job_title}"
    yield f"   {_MARKS[suggestion.strength]} {suggestion.strength}, {suggestion.power}"
    for item in suggestion.evidence:
        yield from textwrap.wrap(
            f"“{item.passage}” ({item.field.replace('_', ' ')}, {item.similarity:.2f})",
            WIDTH, initial_indent="   ", subsequent_indent="    ",
        )  # fmt: skip
    parts = ", ".join(f"{part.label} {part.contribution:+.3f}" for part in suggestion.contributions)
    yield from textwrap.wrap(
        f"{suggestion.score:.3f} = {parts}", WIDTH, initial_indent="   ", subsequent_indent="    "
    )
