"""A recommendation as a person reads it in a terminal."""

import textwrap
from collections.abc import Iterator

from recommender.answers import Recommendation, Suggestion, SuggestionList, WhyNot
from recommender.explanation import Evidence, label_of
from recommender.goals import Goal
from recommender.relationships import KINDS
from recommender.strength import Strength

WIDTH = 96

_SHOWN_FROM = 0.0005
"""A smaller difference would read as nothing."""

_MARKS = {Strength.STRONG: "●●●", Strength.FAIR: "●●○", Strength.WEAK: "●○○"}


def render_recommendation(answer: Recommendation) -> str:
    """Write all lists of an answer."""
    lines = [f"Goal: {line}" if not number else f"      {line}" for number, line in enumerate(
        textwrap.wrap(answer.goal.text, WIDTH - 6)
    )]  # fmt: skip
    if len(answer.goal.parts) > 1:
        for number, need in enumerate(answer.goal.needs, start=1):
            lines += _wrapped(f"Need {number}: {need}")
    for circumstance in answer.goal.circumstances:
        lines += _wrapped(f"Background, counts less: {circumstance}")
    for refused in answer.goal.refused:
        lines += _wrapped(f"Not looked for: {refused}")
    if answer.goal.slips:
        read = ", ".join(f"“{right}” for “{typed}”" for typed, right in answer.goal.slips)
        lines += _wrapped(f"Read as: {read}")
    if answer.goal.unread:
        first = textwrap.shorten(answer.goal.unread[0], 60, placeholder="…")
        lines += _wrapped(
            f"Not read ({len(answer.goal.unread)} of the text's sentences), as it says no wish: "
            f"“{first}” and what goes with it. If help with that is meant, say it as a wish."
        )
    if answer.caution:
        lines += ["", *_wrapped(answer.caution)]
    for part in answer.lists:
        lines += ["", *_list(part, answer.goal)]
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
        lines += [
            f"  - {label_of(name)}: {value:+.3f}"
            for name, value in answer.held_back_by
            if value <= -_SHOWN_FROM
        ]
    return "\n".join(lines)


def clean(text: str) -> str:
    """Drop control characters: a profile may hold escape sequences that drive a terminal."""
    return "".join(character for character in text if character == "\n" or character.isprintable())


def _list(part: SuggestionList, goal: Goal) -> Iterator[str]:
    title = f"{part.relationship.value.upper()} · {KINDS[part.relationship].question}"
    yield title
    yield "─" * min(len(title), WIDTH)
    if part.note:
        yield from textwrap.wrap(part.note, WIDTH)
    for suggestion in part.suggestions:
        yield from _suggestion(suggestion, goal)
    if part.excluded:
        counts = ", ".join(
            f"{rule.replace('_', ' ')} {count}" for rule, count in part.excluded.items()
        )
        yield from textwrap.wrap(f"Left out by a rule: {counts}", WIDTH)


def _suggestion(suggestion: Suggestion, goal: Goal) -> Iterator[str]:
    head = f"{suggestion.rank}. {suggestion.display_name} ({suggestion.person_id})"
    yield f"{head}, {suggestion.job_title}"
    yield f"   {_MARKS[suggestion.strength]} {suggestion.strength}, {suggestion.power}"
    for item in suggestion.evidence:
        yield from _wrapped(_quote(item, goal), "   ")
    parts = ", ".join(f"{part.label} {part.contribution:+.3f}" for part in suggestion.contributions)
    yield from _wrapped(f"{suggestion.score:.3f} = {parts}", "   ")
    yield from _wrapped(f"To begin: {suggestion.first_conversation}", "   ")


def _quote(item: Evidence, goal: Goal) -> str:
    """Quote a passage with its field and similarity, and the need where there are several."""
    quote = f"“{item.passage}” ({item.field.replace('_', ' ')}, {item.similarity:.2f})"
    if not item.speaks:
        return f"Nothing they wrote answers this directly; the closest: {quote}"
    if len(goal.needs) > 1:
        return f"For need {goal.needs.index(item.need) + 1}: {quote}"
    return quote


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + " " * (1 if indent else 2)
    )
