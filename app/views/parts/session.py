"""Who is at the other end of this browser session."""

from html import escape
from urllib.parse import quote, unquote

import streamlit as st

from app.services.demonstration import check_address, check_request
from app.services.identity import Identity, demo_identity, identity_from_claims
from app.views.parts import company
from app.views.parts.kinds import kind_badge
from app.views.parts.people_picker import pick_person
from app.views.parts.texts import counted, error_words, escape_markdown, label, say
from recommender.errors import NotAllowedError, UnknownPersonError
from recommender.people import People
from recommender.relationships import Relationship

_CHOSEN = "demonstration_person"
_LEFT = "demonstration_left"
_GREETED = "greeted"

_COOKIE = "learning_relationships_demonstration"
"""Who was chosen, so that a reload does not ask again; read in a demonstration only, where it is
worth what choosing from the list is worth: nothing."""


def check_door() -> None:
    """Refuse to be a demonstration for others than this machine, however the pages were started.

    Raises:
        NotAllowedError: they listen elsewhere, or this request may be a stranger's.
    """
    settings, headers = company.settings(), st.context.headers
    check_address(str(st.get_option("server.address") or ""), settings)
    check_request(headers.get("Host") or "", headers.keys(), settings)


def signed_in(people: People) -> Identity | None:
    """Show who is asking; None where nobody signed in yet.

    Raises:
        NotAllowedError: the sign-in names nobody of the company.
    """
    settings = company.settings()
    if settings.sign_in == "oidc":
        if not st.user.is_logged_in:
            return None
        return identity_from_claims(st.user.to_dict(), people, settings)
    chosen = st.session_state.get(_CHOSEN) or _remembered()
    if chosen is None:
        return None
    try:
        identity = demo_identity(chosen, people, settings)
    except UnknownPersonError:
        st.session_state.pop(_CHOSEN, None)
        return None
    st.session_state[_CHOSEN] = chosen
    return identity


def welcome() -> None:
    """Draw the page of somebody who has not signed in."""
    st.title(say("who.welcome"), anchor=False)
    st.write(say("who.lead"))
    if company.settings().sign_in == "oidc":
        st.write(say("who.sign_in_lead"))
        if st.button(say("who.sign_in"), type="primary"):
            st.login()
    else:
        if st.session_state.get(_LEFT):
            _remember("")
        _choose_person()
        show_demo_notice()
    show_kinds()


def show_who(identity: Identity, people: People) -> None:
    """Show who is signed in, with the way out, in a corner of the window."""
    row = people.row(identity.person_id)
    name = people.text(row, "display_name")
    shown = label("who.demo_person", name=name) if identity.demo else escape_markdown(name)
    with st.container(key="who"), st.popover(shown, icon=":material/person:"):
        parts = (people.text(row, column) for column in ("job_title", "department"))
        role = " · ".join(part for part in parts if part)
        st.html(
            f'<p class="lr"><strong>{escape(name)}</strong><br>'
            f'<span class="soft">{escape(role)}</span></p>'
        )
        if identity.demo:
            show_demo_notice()
            st.button(say("who.change"), on_click=_leave)
        elif st.button(say("who.sign_out")):
            st.logout()
    if identity.demo:
        _remember(identity.person_id)


def greet(identity: Identity) -> None:
    """Say once a session that somebody waits for an answer."""
    if st.session_state.get(_GREETED) == identity.person_id:
        return
    st.session_state[_GREETED] = identity.person_id
    count = company.services().answering.waiting(identity)
    if count:
        st.toast(counted("who.waiting", count), icon=":material/forum:", duration="long")


def refuse(error: NotAllowedError) -> None:
    """Show why a signed-in person is nobody here, with the way out."""
    st.title(say("who.welcome"), anchor=False)
    st.error(error_words(error))
    if company.settings().sign_in == "oidc" and st.button(say("who.sign_out")):
        st.logout()


def show_demo_notice() -> None:
    """Show that this sign-in proves nothing."""
    st.html(f'<p class="lr-demo">{say("who.demo")}</p>')


def show_kinds() -> None:
    """Explain the four kinds by what a newcomer would ask for."""
    tiles = "".join(
        f"<li>{kind_badge(kind)}<p>{escape(say(f'find.{kind}_example'))}</p></li>"
        for kind in Relationship
    )
    st.html(
        f'<section class="lr"><h2>{say("find.kinds")}</h2><ul class="tiles">{tiles}</ul></section>'
    )


def _choose_person() -> None:
    people = company.current_snapshot().people
    admins = [key for key in company.settings().admins if len(people.rows([key]))]
    chosen = pick_person(label("who.choose"), people, key="welcome", suggested=admins)
    if st.button(say("who.start"), type="primary", disabled=chosen is None):
        st.session_state[_CHOSEN] = chosen
        st.session_state.pop(_LEFT, None)
        st.rerun()


def _leave() -> None:
    st.session_state.clear()
    st.session_state[_LEFT] = True


def _remembered() -> str | None:
    if st.session_state.get(_LEFT):
        return None
    return unquote(st.context.cookies.get(_COOKIE, "")) or None


def _remember(person_id: str) -> None:
    """Keep who was chosen until the browser is closed; nobody where the id is empty."""
    ends = "" if person_id else "; max-age=0"
    kept = f"{_COOKIE}={quote(person_id, safe='')}; path=/; SameSite=Strict{ends}"
    with st.container(key="remember"):  # takes no room
        st.html(f"<script>document.cookie = '{kept}'</script>", unsafe_allow_javascript=True)
