"""One suggestion as a card, in our own markup: whatever comes from a profile is escaped."""

from html import escape

import numpy as np

from app.views.parts.texts import counted, say
from recommender.answers import Suggestion
from recommender.excerpts import excerpt
from recommender.explanation import Contribution, Evidence
from recommender.goals import Goal
from recommender.people import People
from recommender.strength import Strength
from recommender.working_hours import WORKING_HOURS, overlapping_hours

_DOTS = {Strength.STRONG: "●●●", Strength.FAIR: "●●○", Strength.WEAK: "●○○"}
_MAX_NEED_CHARACTERS = 70
_PARTS = 8
"""How many colours `pages.css` has for the parts of a bar; further parts are hatched."""


def card(suggestion: Suggestion, people: People, seeker_id: str, goal: Goal) -> str:
    """Draw one suggestion with its reasons, as HTML."""
    seeker, helper = people.row(seeker_id), people.row(suggestion.person_id)
    quotes = "".join(_quote(item, goal) for item in suggestion.evidence)
    return (
        '<article class="lr"><div class="head">'
        f"<h3>{suggestion.rank}. {escape(suggestion.display_name)}</h3>"
        f"{_strength(suggestion.strength)}</div>"
        f"<p>{escape(role_of(people, helper))}</p>"
        f"{quotes}{_facts(people, seeker, helper, suggestion.power)}"
        f"<details><summary>{escape(say('card.details'))}</summary>"
        f"{contribution_bar(suggestion.contributions, suggestion.score)}"
        f"<p>{escape(say('card.begin'))} {escape(suggestion.first_conversation)}</p>"
        "</details></article>"
    )


def profile_card(name: str, role: str, quotes: list[tuple[str, str]]) -> str:
    """Draw how a helper appears to others: quotes are the field's word and its text."""
    shown = "".join(
        f"<figure><blockquote>“{escape(text)}”</blockquote>"
        f"<figcaption>{escape(say('field.' + field))}</figcaption></figure>"
        for field, text in quotes
    )
    return f'<article class="lr"><h3>{escape(name)}</h3><p>{escape(role)}</p>{shown}</article>'


def role_of(people: People, row: int) -> str:
    """Show what somebody does and where: title, department, place."""
    parts = [people.text(row, name) for name in ("job_title", "department", "location")]
    return " · ".join(part for part in parts if part)


def contribution_bar(contributions: tuple[Contribution, ...], score: float) -> str:
    """Draw what each signal adds to a score as one stacked bar with a legend in words."""
    total = sum(abs(part.contribution) for part in contributions) or 1.0
    pieces, words = [], []
    for number, part in enumerate(contributions):
        shade = f"part-{number % _PARTS}" + (" again" if number >= _PARTS else "")
        share = 100 * abs(part.contribution) / total
        pieces.append(f'<span class="{shade}" style="width:{share:.1f}%"></span>')
        words.append(
            f'<li><span class="{shade}" aria-hidden="true"></span>'
            f"{escape(part.label)} {part.contribution:+.2f}</li>"
        )
    name = escape(say("card.score", score=f"{score:.2f}"), quote=True)
    return (
        f'<div class="bar" role="img" aria-label="{name}">{"".join(pieces)}</div>'
        f'<ul class="legend">{"".join(words)}</ul>'
    )


def shared_languages(people: People, one: int, other: int) -> list[str]:
    """Name the languages that two people have in common."""
    both = int(people.languages[one]) & int(people.languages[other])
    return [name for bit, name in enumerate(people.language_names) if both >> bit & 1]


def _strength(strength: Strength) -> str:
    return (
        f'<p class="strength"><span class="dots" aria-hidden="true">{_DOTS[strength]}</span> '
        f"{escape(say('strength.' + strength))}</p>"
    )


def _quote(item: Evidence, goal: Goal) -> str:
    origin = say("field." + item.field)
    if not item.speaks:
        origin = say("card.closest", field=origin)
    elif len(goal.needs) > 1 and item.need in goal.needs:
        number = goal.needs.index(item.need) + 1
        need = excerpt(item.need, _MAX_NEED_CHARACTERS)
        origin = say("card.speaks_to", field=origin, number=number, need=need)
    return (
        f"<figure><blockquote>“{escape(item.passage)}”</blockquote>"
        f"<figcaption>{escape(origin)}</figcaption></figure>"
    )


def _facts(people: People, seeker: int, helper: int, power: str) -> str:
    rows = [("card.power", power), ("card.distance", _distance(people, seeker, helper))]
    spoken = shared_languages(people, seeker, helper)
    rows.append(("card.languages", ", ".join(spoken) or say("card.no_language")))
    rows.append(("card.hours", _hours(people, seeker, helper)))
    cells = "".join(
        f"<dt>{escape(say(name))}</dt><dd>{escape(value)}</dd>" for name, value in rows if value
    )
    return f'<dl class="facts">{cells}</dl>'


def _distance(people: People, seeker: int, helper: int) -> str:
    steps = int(people.org.distances(seeker, np.array([helper]))[0])
    return counted("card.steps", steps) if steps > 0 else ""


def _hours(people: People, seeker: int, helper: int) -> str:
    if -1 in (people.timezone.codes[seeker], people.timezone.codes[helper]):
        return ""
    hours = float(overlapping_hours(people, seeker, np.array([helper]))[0])
    day = WORKING_HOURS[1] - WORKING_HOURS[0]
    return say("card.hours_of", hours=f"{hours:g}", day=f"{day:g}")
