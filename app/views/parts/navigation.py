"""Going from one page to another: a row of links at the top, which a phone shows as well."""

from collections.abc import Iterable, Mapping

import streamlit as st

_PAGES = "pages"


def remember_pages(pages: Mapping[str, "st.Page"]) -> None:
    """Keep this run's pages by name."""
    st.session_state[_PAGES] = dict(pages)


def go_to(name: str) -> None:
    """Leave this page for another one."""
    st.switch_page(st.session_state[_PAGES][name])


def show_links(name: str, pages: Iterable["st.Page"]) -> None:
    """Draw a row of links.

    Args:
        name: the row's own name, for the style sheet.
        pages: where the links lead.
    """
    with st.container(horizontal=True, gap="small", key=f"links_{name}"):
        for page in pages:
            st.page_link(page, width="content")
