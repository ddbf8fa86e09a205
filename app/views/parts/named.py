"""Colleagues whose names stand in a goal: they are offered before any list."""

import streamlit as st

from app.services.identity import Identity
from app.services.workplace import PersonCard
from app.views.parts import company, dialogs
from app.views.parts.cards import person_head
from app.views.parts.kinds import ICONS
from app.views.parts.search import Search
from app.views.parts.texts import label, say
from recommender.relationships import Relationship

_MOST = 3


def show_named(identity: Identity, sought: Search) -> None:
    """Draw the colleagues that the goal names, with the kinds in which they can be asked."""
    for card in company.services().finding.named(identity, sought.asked)[:_MOST]:
        with st.container(border=True, key=f"named_{card.person_id}"):
            _show_one(identity, sought, card)


def _show_one(identity: Identity, sought: Search, card: PersonCard) -> None:
    finding = company.services().finding
    role = " · ".join(part for part in (say("find.named"), card.job_title, card.department) if part)
    st.html(f'<article class="lr person">{person_head(card.display_name, role)}</article>')
    kinds = finding.kinds_for(identity, sought.asked, card.person_id)
    if sought.relationship is not None:
        kinds = [kind for kind in kinds if kind is sought.relationship] or kinds
    if not kinds:
        first = finding.why_not(
            identity, sought.asked, sought.relationship or Relationship.MENTOR, card.person_id
        ).reasons
        st.caption(label("find.named_nobody", reason=" ".join(one.says for one in first)))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind in kinds:
            ask = label("find.ask_as", kind=say(f"kind.{kind}").lower())
            icon = f":material/{ICONS[kind]}:"
            if st.button(ask, icon=icon, key=f"named_{kind}_{card.person_id}"):
                dialogs.ask(identity, sought.asked, kind, card)
