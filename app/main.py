"""The pages: who is asking, and where they can go."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import streamlit as st

from app.services.identity import Identity
from app.views import (
    find,
    network,
    night,
    offer,
    policy,
    programme,
    quality,
    relationship,
    requests,
)
from app.views.parts import company, notices, session
from app.views.parts.navigation import remember_pages
from app.views.parts.texts import error_words, say
from recommender.errors import LearningRelationshipsError, NotAllowedError
from recommender.people import People

_HERE = Path(__file__).parent
_STYLE = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("pages.css", "find.css"))
_LOGOS = {
    scheme: (_HERE / "static" / f"logo-{scheme}.svg").read_text(encoding="utf-8")
    for scheme in ("light", "dark")
}
_MARK = str(_HERE / "static" / "mark.svg")
_START = "find"
# the first page is served at the root, and reserves this name beside it
_ROOT = "start"

_Layout = Literal["centered", "wide"]


@dataclass(frozen=True, slots=True)
class _View:
    """One page of the menu."""

    show: Callable[[Identity], None]
    icon: str
    layout: _Layout = "centered"
    in_menu: bool = True


_EMPLOYEE_VIEWS = {
    "find": _View(find.show, ":material/search:", "wide"),
    "requests": _View(requests.show, ":material/forum:"),
    "offer": _View(offer.show, ":material/volunteer_activism:"),
    "network": _View(network.show, ":material/hub:"),
    "relationship": _View(relationship.show, ":material/handshake:", "wide", in_menu=False),
}
_DESK_VIEWS = {
    "night": _View(night.show, ":material/bedtime:", "wide"),
    "programme": _View(programme.show, ":material/monitoring:", "wide"),
    "policy": _View(policy.show, ":material/tune:", "wide"),
    "quality": _View(quality.show, ":material/verified:", "wide"),
}
_VIEWS = _EMPLOYEE_VIEWS | _DESK_VIEWS


def _draw() -> None:
    session.check_door()
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
    me = _pages(_EMPLOYEE_VIEWS, identity, _counts(identity))
    desk = _pages(_DESK_VIEWS, identity, {}, hidden=not identity.is_admin)
    # no heading over a person's own pages: they stand in the bar itself, counts in sight
    sections = {"": [*me.values(), _by_its_name(me[_START])], say("page.desk"): [*desk.values()]}
    remember_pages(me | desk)
    page = st.navigation(sections, position="top")
    _dress(page, _VIEWS[page.url_path or _START].layout)
    notices.forget_elsewhere(page.url_path)
    session.show_who(identity, people)
    session.greet(identity)
    notices.show()
    page.run()


def _counts(identity: Identity) -> dict[str, int]:
    """Count what waits for the person, by page."""
    return {"requests": company.services().answering.waiting(identity)}


def _pages(
    views: dict[str, _View],
    identity: Identity,
    counts: dict[str, int],
    *,
    hidden: bool = False,
) -> dict[str, "st.Page"]:
    return {
        name: st.Page(
            partial(view.show, identity),
            title=_title(name, counts.get(name, 0)),
            icon=view.icon,
            url_path=_ROOT if name == _START else name,
            default=name == _START,
            visibility="visible" if view.in_menu and not hidden else "hidden",
        )
        for name, view in views.items()
    }


def _title(name: str, count: int) -> str:
    title = say(f"page.{name}")
    return say("page.counted", title=title, count=count) if count else title


def _by_its_name(page: "st.Page") -> "st.Page":
    """Let the first page, which Streamlit serves at the root only, have its name as an address."""

    def go() -> None:
        st.switch_page(page, query_params=st.query_params.to_dict())

    return st.Page(go, title=page.title, url_path=_START, visibility="hidden")


def _only(show: Callable[[], None]) -> None:
    """Show one page at every address, so that signing in leads to where one wanted."""
    pages = [
        st.Page(
            show,
            title=say("house.name"),
            url_path=_ROOT if name == _START else name,
            default=name == _START,
        )
        for name in _VIEWS
    ]
    page = st.navigation([*pages, _by_its_name(pages[0])], position="hidden")
    _dress(page, "centered")
    page.run()


def _dress(page: "st.Page", layout: _Layout) -> None:
    """Set what stands around every page: its name in the browser, width, logo and style."""
    house = say("house.name")
    title = house if page.title == house else f"{page.title} · {house}"
    st.set_page_config(page_title=title, page_icon=_MARK, layout=layout)
    # windows are drawn outside the app's own element, which alone knows whether it is light or dark
    scheme = st.context.theme.type or "light dark"
    st.html(f"<style>:root {{ color-scheme: {scheme}; }}\n{_STYLE}</style>")
    st.logo(_LOGOS["dark" if scheme == "dark" else "light"], size="large")


try:
    _draw()
except LearningRelationshipsError as error:
    st.error(error_words(error))
