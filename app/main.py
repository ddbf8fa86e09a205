"""The pages: who is asking, and where they can go."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from app.services.identity import Identity
from app.views import find, network, night, offer, policy, programme, quality, requests
from app.views.parts import company, notices, session
from app.views.parts.navigation import remember_pages, show_links
from app.views.parts.texts import escape_markdown, say
from recommender.errors import LearningRelationshipsError, NotAllowedError

_STYLE = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")

_EMPLOYEE_PAGES: dict[str, Callable[[Identity], None]] = {
    "find": find.show,
    "requests": requests.show,
    "offer": offer.show,
    "network": network.show,
}
_ADMINISTRATOR_PAGES: dict[str, Callable[[Identity], None]] = {
    "night": night.show,
    "programme": programme.show,
    "policy": policy.show,
    "quality": quality.show,
}


def _draw() -> None:
    st.set_page_config(page_title=say("house.name"), page_icon="🌱", layout="centered")
    # windows are drawn outside the app's own element, which alone knows whether it is light or dark
    scheme = st.context.theme.type or "light dark"
    st.html(f"<style>:root {{ color-scheme: {scheme}; }}\n{_STYLE}</style>")
    session.check_door()
    people = company.current_snapshot().people
    try:
        identity = session.signed_in(people)
    except NotAllowedError as error:
        _only(partial(session.refuse, error))
        return
    if identity is None:
        _only(session.welcome)
        return
    pages = _pages(_EMPLOYEE_PAGES, identity)
    desk = _pages(_ADMINISTRATOR_PAGES, identity) if identity.is_admin else {}
    remember_pages(pages)
    page = st.navigation([*pages.values(), *desk.values()], position="hidden")
    notices.forget_elsewhere(page.url_path)
    session.show_who(identity, people)
    show_links("employee", pages.values())
    if desk:
        show_links("administrator", desk.values())
    page.run()


def _pages(
    shows: dict[str, Callable[[Identity], None]], identity: Identity
) -> dict[str, "st.Page"]:
    return {
        name: st.Page(
            partial(show, identity),
            title=say(f"page.{name}"),
            url_path=name,
            default=name == "find",
        )
        for name, show in shows.items()
    }


def _only(show: Callable[[], None]) -> None:
    """Show one page at every employee's address, so that signing in leads to where one wanted."""
    pages = [
        st.Page(show, title=say(f"page.{name}"), url_path=name, default=name == "find")
        for name in _EMPLOYEE_PAGES
    ]
    st.navigation(pages, position="hidden").run()


try:
    _draw()
except LearningRelationshipsError as error:
    st.error(escape_markdown(str(error)))
