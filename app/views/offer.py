"""The page on which a helper says what they offer, and sees how they appear."""

from datetime import UTC, date, datetime, timedelta
from html import escape

import streamlit as st

from app.services.identity import Identity
from app.services.offering import MAX_CAPACITY, MyOffer
from app.views.parts import company, notices
from app.views.parts.cards import profile_card
from app.views.parts.texts import counted, day, say
from recommender.profiles import Field
from recommender.relationships import KINDS, Relationship
from recommender.retrieval import QUOTABLE


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.offer"), anchor=False)
    st.write(say("offer.lead"))
    _ask(identity, company.services().offering.mine(identity))
    _show_appearance(identity)


def _ask(identity: Identity, offer: MyOffer) -> None:
    with st.form("offer"):
        st.markdown(f"**{say('offer.kinds')}**")
        open_to = [
            kind
            for kind in Relationship
            if st.checkbox(
                say(f"offer.{kind}"), value=kind in offer.open_to, help=KINDS[kind].purpose
            )
        ]
        capacity = st.number_input(
            say("offer.capacity"), 0, MAX_CAPACITY, value=offer.capacity, step=1
        )
        st.caption(counted("offer.active", offer.active))
        until: date | None = st.date_input(
            say("offer.paused_until"),
            value=offer.paused_until,
            min_value=datetime.now(UTC).date() + timedelta(days=1),
            format="YYYY-MM-DD",
        )
        st.caption(say("offer.paused_help"))
        st.markdown(f"**{say('offer.quotable')}**")
        quotable = [
            field
            for field in QUOTABLE
            if st.checkbox(say(f"offer.quote_{field.word}"), value=field in offer.quotable)
        ]
        saved = st.form_submit_button(say("offer.save"), type="primary")
    if saved:
        _save(identity, open_to, int(capacity), until, quotable)


def _save(
    identity: Identity,
    open_to: list[Relationship],
    capacity: int,
    until: date | None,
    quotable: list[Field],
) -> None:
    notices.take(
        lambda: company.services().offering.save(
            identity,
            open_to=frozenset(open_to),
            capacity=capacity,
            paused_until=until,
            quotable=frozenset(quotable),
        ),
        say("offer.saved"),
    )
    st.rerun()


def _show_appearance(identity: Identity) -> None:
    offering = company.services().offering
    seen, offer = offering.appearance(identity), offering.mine(identity)
    st.subheader(say("offer.appearance"), anchor=False)
    if seen.kinds:
        kinds = ", ".join(say(f"kind.{kind}") for kind in seen.kinds)
        st.write(say("offer.suggested_as", kinds=kinds))
    elif offer.paused_until is not None:
        st.write(say("offer.not_suggested_paused", day=day(offer.paused_until)))
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
