"""The pages: who is asking, and where they can go."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from app.services.identity import Identity
from app.views import find, network, night, offer, policy, programme, quality, requests
from app.views.parts import company, notices, session
from app.views.parts.navigation import remember_pages, show_links
from app.views.parts.texts import error_words, say
from recommender.errors import LearningRelationshipsError, NotAllowedError
from recommender.people import People

_STYLE = "\n".join(
    Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("pages.css", "find.css")
)

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


# the first page's own name among the addresses, which nobody sees: it is served at the root
_HOME = "home"


def _draw() -> None:
    st.set_page_config(page_title=say("house.name"), page_icon="🌱", layout="centered")
    # windows are drawn outside the app's own element, which alone knows whether it is light or dark
    scheme = st.context.theme.type or "light dark"
    st.html(f"<style>:root {{ color-scheme: {scheme}; }}\n{_STYLE}</style>")
    with company.services().workplace.hold() as snapshot:
        _draw_page(snapshot.people)


def _draw_page(people: People) -> None:
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
    addresses = [*pages.values(), *desk.values(), _address_of_find(pages["find"])]
    page = st.navigation(addresses, position="hidden")
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
            url_path=_HOME if name == "find" else name,
            default=name == "find",
        )
        for name, show in shows.items()
    }


def _address_of_find(page: "st.Page") -> "st.Page":
    """Let the first page, which Streamlit serves at the root only, have its name as an address."""

    def go() -> None:
        st.switch_page(page, query_params=st.query_params.to_dict())

    return st.Page(go, title=page.title, url_path="find", visibility="hidden")


def _only(show: Callable[[], None]) -> None:
    """Show one page at every address, so that signing in leads to where one wanted."""
    pages = {
        name: st.Page(
            show,
            title=say(f"page.{name}"),
            url_path=_HOME if name == "find" else name,
            default=name == "find",
        )
        for name in (*_EMPLOYEE_PAGES, *_ADMINISTRATOR_PAGES)
    }
    st.navigation([*pages.values(), _address_of_find(pages["find"])], position="hidden").run()


try:
    _draw()
except LearningRelationshipsError as error:
    st.error(error_words(error))
