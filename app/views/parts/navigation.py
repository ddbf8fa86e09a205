"""Going from one page to another."""

from collections.abc import Mapping

import streamlit as st

_PAGES = "pages"


def remember_pages(pages: Mapping[str, "st.Page"]) -> None:
    """Keep this run's pages by name."""
    st.session_state[_PAGES] = dict(pages)


def go_to(name: str) -> None:
    """Leave this page for another one."""
    st.switch_page(st.session_state[_PAGES][name])


def link_to(name: str, text: str, **query: str) -> None:
    """Draw a link to a page, with words of its own.

    Args:
        name: the page.
        text: Markdown.
        query: what the page's address says, such as which record it shows.
    """
    page = st.session_state[_PAGES][name]
    st.page_link(page, label=text, width="content", query_params=query or None)
