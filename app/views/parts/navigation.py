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


def link_to(name: str, text: str) -> None:
    """Draw a link to a page, with words of its own.

    Args:
        name: the page.
        text: Markdown.
    """
    st.page_link(st.session_state[_PAGES][name], label=text, width="content")
