"""One suggestion as a card, in our own markup: whatever comes from a profile is escaped.

At first sight: who, one line why, and how well it suits. The rest unfolds.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from app.views.parts.contributions import contribution_lines, strongest_signals
from app.views.parts.texts import counted, say
from recommender.answers import Suggestion
from recommender.excerpts import excerpt
from recommender.explanation import Evidence
from recommender.goals import Goal
from recommender.people import People
from recommender.power import Line, Power, power_between
from recommender.profiles import Field
from recommender.rerank import LOAD, TOO_ALIKE
from recommender.strength import Strength
from recommender.working_hours import WORKING_HOURS, overlapping_hours

_MARKS = {Strength.STRONG: "★", Strength.FAIR: "◐", Strength.WEAK: "○"}
_MAX_NEED_CHARACTERS = 70
_MOST_LANGUAGES = 2
_ORDER = {Strength.STRONG: 2, Strength.FAIR: 1, Strength.WEAK: 0}
_LATER = (Field.ABOUT.word, Field.EXPERIENCE.word)
"""Where people tell of themselves: true, and often an anecdote; what they offer goes before."""


def card(
    suggestion: Suggestion, people: People, seeker_id: str, goal: Goal, lowered: str = ""
) -> str:
    """Draw one suggestion with its reasons, as HTML.

    Args:
        suggestion: whom to draw.
        people: everyone of the snapshot that the suggestion comes from.
        seeker_id: who asks.
        goal: the goal as it was read.
        lowered: why it stands below a weaker one, plain; empty where it does not.
    """
    seeker, helper = people.row(seeker_id), people.row(suggestion.person_id)
    power = power_between(people, seeker, helper)
    badges = [_strength(suggestion.strength)]
    facts = (
        languages_words(people, seeker, helper),
        hours_words(people, seeker, helper),
        power_words(power),
    )
    badges += [f'<span class="badge">{escape(fact)}</span>' for fact in facts if fact]
    note = f'<p class="lowered">{escape(lowered)}</p>' if lowered else ""
    return (
        f'<article class="lr person">{person_head(suggestion.display_name, _role(people, helper))}'
        f"{_why(suggestion)}"
        f'<p class="badges">{"".join(badges)}</p>{note}'
        f"{_details(suggestion, people, helper, power, goal)}</article>"
    )


def person_head(name: str, role: str) -> str:
    """Draw initials, a name and what somebody does, as HTML."""
    return (
        f'<div class="head"><span class="face" aria-hidden="true">{escape(initials(name))}</span>'
        f'<div><h3>{escape(name)}</h3><p class="soft">{escape(role)}</p></div></div>'
    )


def profile_card(name: str, role: str, quotes: list[tuple[str, str]]) -> str:
    """Draw how a helper appears to others: quotes are the field's word and its text."""
    shown = "".join(_figure(text, say(f"field.{field}")) for field, text in quotes)
    return f'<article class="lr person">{person_head(name, role)}{shown}</article>'


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, or one of a single word.

    Words without a letter or digit are passed over; empty where there is none.
    """
    firsts = [next((sign for sign in word if sign.isalnum()), "") for word in name.split()]
    firsts = [first for first in firsts if first]
    return "".join(firsts[:1] + firsts[1:][-1:]).upper()


def role_of(people: People, row: int) -> str:
    """Show what somebody does and where: title, department, place."""
    parts = [people.text(row, name) for name in ("job_title", "department", "location")]
    return " · ".join(part for part in parts if part)


def reason_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the quotations that make the case: what people offer goes before what they tell.

    A role makes none: it stands under the name already.
    """
    speaking = [item for item in evidence if item.speaks and item.field != Field.ROLE.word]
    return sorted(speaking, key=lambda item: item.field in _LATER)


def why_lower(shown: Sequence[Suggestion]) -> dict[str, str]:
    """Say of each suggestion that stands below a weaker one why it does, by person id.

    Args:
        shown: in the order in which they are seen together.
    """
    said, least = {}, max(_ORDER.values())
    for suggestion in shown:
        if _ORDER[suggestion.strength] > least:
            lost = {piece.signal for piece in suggestion.contributions if piece.contribution < 0}
            reasons = [say(f"card.lower_{name}") for name in (LOAD, TOO_ALIKE) if name in lost]
            said[suggestion.person_id] = " ".join(reasons) or say("card.lower")
        least = min(least, _ORDER[suggestion.strength])
    return said


def shared_languages(people: People, one: int, other: int) -> list[str]:
    """Name the languages that two people have in common."""
    both = int(people.languages[one]) & int(people.languages[other])
    return [name for bit, name in enumerate(people.language_names) if both >> bit & 1]


def languages_words(people: People, seeker: int, helper: int) -> str:
    """Say which languages two people share; where none is recorded, that."""
    names = shared_languages(people, seeker, helper)
    if not names:
        return say("card.no_language")
    first = ", ".join(names[:_MOST_LANGUAGES])
    left = len(names) - _MOST_LANGUAGES
    return say("card.languages_more", names=first, count=left) if left > 0 else first


def hours_words(people: People, seeker: int, helper: int) -> str:
    """Say how much of the usual working day two people share; empty where that is not known."""
    if -1 in (people.timezone.codes[seeker], people.timezone.codes[helper]):
        return ""
    hours = float(overlapping_hours(people, seeker, np.array([helper]))[0])
    if hours >= WORKING_HOURS[1] - WORKING_HOURS[0]:
        return say("card.same_time")
    return say("card.no_hours") if hours < 1 else counted("card.hours", int(hours))


def power_words(power: Power) -> str:
    """Say where somebody stands, in few words that hurt nobody; empty where nothing is known."""
    if power.levels is not None and power.levels < 0 and power.line is Line.ANOTHER:
        return say("card.another_both")
    if power.levels is None:
        level = ""
    elif power.levels > 0:
        level = counted("card.up", power.levels)
    else:
        level = say("card.same_level" if power.levels == 0 else "card.another_level")
    line = "" if power.line is Line.UNKNOWN else say(f"line.{power.line}")
    return ", ".join(part for part in (level, line) if part)


def _role(people: People, row: int) -> str:
    parts = [people.text(row, name) for name in ("job_title", "location")]
    return " · ".join(part for part in parts if part)


def _strength(strength: Strength) -> str:
    return (
        f'<span class="badge strength {strength}"><span aria-hidden="true">{_MARKS[strength]}'
        f"</span> {escape(say(f'strength.{strength}'))}</span>"
    )


def _why(suggestion: Suggestion) -> str:
    evidence = suggestion.evidence
    best = reason_order(evidence)
    if best:
        return _figure(best[0].passage, say(f"field.{best[0].field}"))
    if any(item.speaks for item in evidence):
        said = say("card.role_speaks")
    else:
        said = say("card.nothing_direct" if evidence else "card.nothing_quoted")
        counts = strongest_signals(suggestion.contributions)
        if counts:
            said += " " + say("card.instead", reasons="; ".join(counts))
    return f'<p class="unsaid">{escape(said)}</p>'


def _figure(passage: str, origin: str) -> str:
    return (
        f"<figure><blockquote>“{escape(passage)}”</blockquote>"
        f"<figcaption>{escape(origin)}</figcaption></figure>"
    )


def _details(suggestion: Suggestion, people: People, helper: int, power: Power, goal: Goal) -> str:
    shown = suggestion.evidence
    if len(shown) == 1 and shown[0].speaks and len(goal.needs) == 1:
        shown = ()  # it stands on the card
    quotes = "".join(_figure(item.passage, _origin(item, goal)) for item in shown)
    rows = (
        (say("card.works_in"), role_of(people, helper)),
        (say("card.power"), full_power_words(power)),
    )
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows if value
    )
    return (
        f"<details><summary>{escape(say('card.details'))}</summary>{quotes}"
        f'<dl class="facts">{facts}</dl>{contribution_lines(suggestion.contributions)}'
        f"<p><strong>{escape(say('card.begin'))}</strong> "
        f"{escape(suggestion.first_conversation)}</p></details>"
    )


def full_power_words(power: Power) -> str:
    """Say in a sentence who stands where, and in whose line."""
    if power.levels is None:
        level = say("card.level_unknown")
    elif power.levels == 0:
        level = say("card.full_same")
    else:
        side = "up" if power.levels > 0 else "down"
        level = counted(f"card.full_{side}", abs(power.levels))
    return f"{level} {say(f'line.full_{power.line}')}"


def _origin(item: Evidence, goal: Goal) -> str:
    origin = say(f"field.{item.field}")
    if not item.speaks:
        return say("card.closest", field=origin)
    if len(goal.needs) > 1 and item.need in goal.needs:
        number = goal.needs.index(item.need) + 1
        need = excerpt(item.need, _MAX_NEED_CHARACTERS)
        return say("card.speaks_to", field=origin, number=number, need=need)
    return origin
