"""A relationship's own page: what was asked, what is planned, and notes for oneself."""

from html import escape

import streamlit as st

from app.services.identity import Identity
from app.services.network import MAX_AGENDA_CHARACTERS, MAX_NOTE_CHARACTERS, TiePage
from app.views.network import mail_link, who
from app.views.parts import company, notices
from app.views.parts.kinds import kind_badge
from app.views.parts.navigation import go_to, link_to
from app.views.parts.texts import day, error_words, escape_markdown, say
from recommender.errors import LearningRelationshipsError

_ID = "id"
_AGENDA_HEIGHT_PX = 220


def show(identity: Identity) -> None:
    """Draw the page of the relationship that the address names."""
    link_to("network", say("relationship.back"))
    bond_id = st.query_params.get(_ID, "")
    try:
        page = company.services().network.page(identity, bond_id)
    except LearningRelationshipsError as error:
        st.error(error_words(error))
        return
    _show_head(page)
    left, right = st.columns(2, gap="large")
    with left:
        _show_plan(identity, page)
        _show_end(identity, page)
    with right:
        _show_note(identity, page)
        _show_asked(page)


def _show_head(page: TiePage) -> None:
    tie = page.tie
    st.title(escape_markdown(who(tie)), anchor=False)
    role = " · ".join(part for part in (tie.other.job_title, tie.other.department) if part)
    state = (
        say("network.since", day=day(tie.bond.started_at))
        if tie.bond.ended_at is None
        else say("relationship.ended", day=day(tie.bond.ended_at))
    )
    st.html(
        f'<section class="lr"><p>{kind_badge(tie.relationship)}</p><p>{escape(role)}</p>'
        f'<p class="soft">{escape(state)}</p>{mail_link(tie.email)}</section>'
    )


def _show_plan(identity: Identity, page: TiePage) -> None:
    bond = page.tie.bond
    st.subheader(say("relationship.plan"), anchor=False)
    if not bond.is_active:
        _show_text(bond.agenda or say("relationship.no_agenda"))
        return
    day_key, agenda_key = f"next_{bond.id}", f"agenda_{bond.id}"

    def save() -> None:
        state = st.session_state
        company.services().network.plan(identity, bond, state[agenda_key], state[day_key])

    st.date_input(
        say("relationship.next_on"),
        value=bond.next_on,
        format="DD/MM/YYYY",
        key=day_key,
    )
    st.text_area(
        say("relationship.agenda"),
        value=bond.agenda,
        placeholder=say("relationship.agenda_example"),
        height=_AGENDA_HEIGHT_PX,
        max_chars=MAX_AGENDA_CHARACTERS,
        key=agenda_key,
        persist_state="session",
    )
    st.caption(say("relationship.both_see"))
    st.button(
        say("relationship.save_plan"),
        type="primary",
        on_click=notices.take,
        args=(save, say("relationship.planned")),
    )


def _show_note(identity: Identity, page: TiePage) -> None:
    st.subheader(say("relationship.note"), anchor=False)
    key = f"note_{page.tie.id}"
    st.text_area(
        say("relationship.note_label"),
        value=page.note,
        height=_AGENDA_HEIGHT_PX,
        max_chars=MAX_NOTE_CHARACTERS,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    st.caption(say("relationship.only_you"))
    st.button(
        say("relationship.save_note"),
        on_click=notices.take,
        args=(
            lambda: company.services().network.write_note(
                identity, page.tie.id, st.session_state[key]
            ),
            say("relationship.noted"),
        ),
    )


def _show_asked(page: TiePage) -> None:
    st.subheader(say("relationship.asked"), anchor=False)
    _show_text(page.message or say("relationship.erased"))
    if page.reply:
        st.caption(say("relationship.replied"))
        _show_text(page.reply)


def _show_text(text: str) -> None:
    """Show what somebody wrote, as it was written."""
    st.html(f'<div class="lr"><p class="said">{escape(text)}</p></div>')


def _show_end(identity: Identity, page: TiePage) -> None:
    if not page.tie.bond.is_active:
        return
    with st.popover(say("network.end"), type="tertiary"):
        st.write(say("network.end_lead"))
        if st.button(say("network.end_do")):
            network = company.services().network
            notices.take(lambda: network.end(identity, page.tie.id), say("network.ended"))
            go_to("network")
