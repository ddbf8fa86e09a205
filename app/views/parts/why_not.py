"""Why a colleague whom one expected is not in a list."""

from html import escape

import streamlit as st

from app.services.identity import Identity
from app.views.parts import company
from app.views.parts.contributions import signal_words
from app.views.parts.people_picker import pick_person
from app.views.parts.read_closely import is_read
from app.views.parts.search import Search
from app.views.parts.texts import say
from recommender.answers import SuggestionList
from recommender.people import People

_MOST_SIGNALS = 3
_LEAST_DIFFERENCE = 0.01
_MUCH, _SOME = 0.15, 0.05


def show_why_not(identity: Identity, sought: Search, part: SuggestionList, people: People) -> None:
    """Draw the question, with how many each rule leaves out."""
    with st.expander(say("why_not.title")):
        if part.excluded:
            counts = "".join(
                f"<li>{count} {escape(say(f'rule.{rule}'))}</li>"
                for rule, count in part.excluded.items()
            )
            st.html(f'<div class="lr"><p>{escape(say("find.excluded"))}</p><ul>{counts}</ul></div>')
        candidate = pick_person(say("why_not.colleague"), people, key=f"why_{part.relationship}")
        if candidate is not None:
            lines = _reasons(identity, sought, part, candidate)
            st.html(
                '<div class="lr">' + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>"
            )


def _reasons(identity: Identity, sought: Search, part: SuggestionList, candidate: str) -> list[str]:
    finding, reading = company.services().finding, company.services().reading
    asked = reading if is_read(sought, part.relationship) else finding
    found = asked.why_not(identity, sought.asked, part.relationship, candidate)
    lines = [reason.says for reason in found.reasons]
    if found.reasons:
        others = finding.kinds_for(identity, sought.asked, candidate)
        if others:
            kinds = ", ".join(say(f"kind.{kind}") for kind in others)
            lines.append(say("why_not.other_kinds", kinds=kinds))
    if found.rank is not None:
        lines.append(say("why_not.rank", rank=found.rank))
    behind = [one for one in found.held_back_by if one[1] <= -_LEAST_DIFFERENCE][:_MOST_SIGNALS]
    if behind:
        lines.append(say("why_not.behind"))
    lines += [
        say("why_not.signal", signal=signal_words(signal), amount=_amount(-difference))
        for signal, difference in behind
    ]
    return lines


def _amount(difference: float) -> str:
    much = "a_lot" if difference >= _MUCH else "some" if difference >= _SOME else "a_little"
    return say(f"why_not.lacks_{much}")
