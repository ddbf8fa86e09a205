"""The page on which a helper says what they offer, and sees how they appear."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import escape

import streamlit as st

from app.services.identity import Identity
from app.services.offering import MAX_CAPACITY, MyOffer
from app.views.parts import company, notices
from app.views.parts.cards import profile_card
from app.views.parts.texts import counted, day, say
from recommender.relationships import KINDS, Relationship
from recommender.retrieval import QUOTABLE

_ROUND = "offer_round"
"""Counts how often the fields began anew; a part of their names."""


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.offer"), anchor=False)
    st.write(say("offer.lead"))
    _ask(identity, company.services().offering.mine(identity))
    _show_appearance(identity)


def _ask(identity: Identity, offer: MyOffer) -> None:
    """Draw the fields; what is not saved is kept while one looks at other pages."""
    with st.container(border=True):
        st.markdown(f"**{say('offer.kinds')}**")
        open_to = frozenset(
            kind
            for kind in Relationship
            if st.checkbox(
                say(f"offer.{kind}"),
                value=kind in offer.open_to,
                help=KINDS[kind].purpose,
                key=_key(kind),
                persist_state="session",
            )
        )
        capacity = st.number_input(
            say("offer.capacity"),
            0,
            MAX_CAPACITY,
            value=offer.capacity,
            step=1,
            key=_key("capacity"),
            persist_state="session",
        )
        st.caption(counted("offer.active", offer.active))
        until: date | None = st.date_input(
            say("offer.paused_until"),
            value=offer.paused_until,
            min_value=datetime.now(UTC).date() + timedelta(days=1),
            format="DD/MM/YYYY",
            key=_key("until"),
            persist_state="session",
        )
        st.caption(say("offer.paused_help"))
        st.markdown(f"**{say('offer.quotable')}**")
        quotable = frozenset(
            field
            for field in QUOTABLE
            if st.checkbox(
                say(f"offer.quote_{field.word}"),
                value=field in offer.quotable,
                key=_key(field.word),
                persist_state="session",
            )
        )
        changed = replace(
            offer,
            open_to=open_to,
            capacity=int(capacity),
            paused_until=until,
            quotable=quotable,
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                say("offer.save"),
                type="primary",
                on_click=notices.take,
                args=(partial(_save, identity, changed), say("offer.saved")),
                kwargs={"undo": partial(_save, identity, offer), "undone": say("offer.as_before")},
            )
            if changed != offer:
                st.button(say("offer.discard"), type="tertiary", on_click=_begin_anew)
                st.caption(say("offer.not_saved"))


def _save(identity: Identity, offer: MyOffer) -> None:
    company.services().offering.save(
        identity,
        open_to=offer.open_to,
        capacity=offer.capacity,
        paused_until=offer.paused_until,
        quotable=offer.quotable,
    )
    _begin_anew()


def _begin_anew() -> None:
    """Let the fields show what is saved."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _key(name: str) -> str:
    return f"offer_{name}_{st.session_state.get(_ROUND, 0)}"


def _show_appearance(identity: Identity) -> None:
    offering = company.services().offering
    seen, offer = offering.appearance(identity), offering.mine(identity)
    st.subheader(say("offer.appearance"), anchor=False)
    if seen.kinds:
        kinds = ", ".join(say(f"kind.{kind}") for kind in seen.kinds)
        st.write(say("offer.suggested_as", kinds=kinds))
    elif offer.paused_until is not None:
        st.write(say("offer.not_suggested_paused", day=day(offer.paused_until)))
    elif not offer.capacity:
        st.write(say("offer.not_suggested_none"))
    elif offer.active >= offer.capacity:
        st.write(say("offer.not_suggested_full"))
    else:
        st.write(say("offer.not_suggested"))
    role = " · ".join(part for part in (seen.card.job_title, seen.card.department) if part)
    quotes = [(field.word, text) for field, text in seen.passages]
    with st.container(border=True):
        st.html(profile_card(seen.card.display_name, role, quotes))
        if not quotes:
            st.html(f'<p class="lr soft">{escape(say("offer.no_quotes"))}</p>')
