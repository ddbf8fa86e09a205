"""Who is at the other end of this browser session."""

from html import escape

import streamlit as st

from app.services.demonstration import check_address, check_request
from app.services.identity import Identity, demo_identity, identity_from_claims
from app.views.parts import company
from app.views.parts.people_picker import pick_person
from app.views.parts.texts import escape_markdown, label, say
from recommender.errors import NotAllowedError, UnknownPersonError
from recommender.people import People
from recommender.relationships import KINDS

_CHOSEN = "demonstration_person"


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
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None:
        return None
    try:
        return demo_identity(chosen, people, settings)
    except UnknownPersonError:
        del st.session_state[_CHOSEN]
        return None


def welcome() -> None:
    """Draw the page of somebody who has not signed in."""
    st.title(say("who.welcome"), anchor=False)
    st.write(say("who.lead"))
    if company.settings().sign_in == "oidc":
        st.write(say("who.sign_in_lead"))
        if st.button(say("who.sign_in"), type="primary"):
            st.login()
    else:
        show_demo_notice()
        _choose_person()
    show_kinds()


def show_who(identity: Identity, people: People) -> None:
    """Show who is signed in, with the way out."""
    name = people.text(people.row(identity.person_id), "display_name")
    with st.container(horizontal=True, vertical_alignment="center", key="who"):
        st.html(f'<p class="lr who">{say("who.you")} <strong>{escape(name)}</strong></p>')
        if identity.demo:
            if st.button(say("who.change"), type="tertiary"):
                st.session_state.clear()
                st.rerun()
        elif st.button(say("who.sign_out"), type="tertiary"):
            st.logout()
    if identity.demo:
        show_demo_notice()


def refuse(error: NotAllowedError) -> None:
    """Show why a signed-in person is nobody here, with the way out."""
    st.title(say("who.welcome"), anchor=False)
    st.error(escape_markdown(str(error)))
    if company.settings().sign_in == "oidc" and st.button(say("who.sign_out")):
        st.logout()


def show_demo_notice() -> None:
    """Show that this sign-in proves nothing."""
    st.html(f'<p class="lr-demo">{say("who.demo")}</p>')


def show_kinds() -> None:
    """Explain the four kinds."""
    tiles = "".join(
        f"<li><strong>{say('kind.' + name)}</strong>{kind.question}"
        f'<br><span class="soft">{kind.purpose}</span></li>'
        for name, kind in KINDS.items()
    )
    st.html(
        f'<section class="lr"><h2>{say("find.kinds")}</h2><ul class="tiles">{tiles}</ul></section>'
    )


def _choose_person() -> None:
    people = company.current_snapshot().people
    chosen = pick_person(label("who.choose"), people, key="welcome")
    if st.button(say("who.start"), type="primary", disabled=chosen is None):
        st.session_state[_CHOSEN] = chosen
        st.rerun()
