"""Why a colleague whom one expected is not in a list."""

from html import escape

import streamlit as st

from app.services.identity import Identity
from app.views.parts import company
from app.views.parts.people_picker import pick_person
from app.views.parts.read_closely import is_read
from app.views.parts.search import Search
from app.views.parts.texts import say
from recommender.answers import SuggestionList
from recommender.people import People


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
        open_ = finding.kinds_for(identity, sought.asked, candidate)
        others = [kind for kind in open_ if kind is not part.relationship]
        if others:
            kinds = ", ".join(say(f"kind.{kind}") for kind in others)
            lines.append(say("why_not.other_kinds", kinds=kinds))
    if found.rank is not None:
        lines.append(say("why_not.rank", rank=found.rank))
    return lines
