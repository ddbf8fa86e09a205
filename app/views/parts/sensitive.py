"""A goal that sounds like distress: first somebody to turn to, then, if wished, colleagues."""

from html import escape

import streamlit as st

from app.views.parts import company
from app.views.parts.texts import say


def show_contact(*, is_kept: bool) -> bool:
    """Draw whom to turn to; return whether the seeker says that it is about learning.

    Args:
        is_kept: whether the goal stands among the seeker's goals.
    """
    private = say("sensitive.kept" if is_kept else "sensitive.private")
    contact = company.settings().confidential_contact
    where = say("sensitive.contact", contact=contact) if contact else say("sensitive.no_contact")
    st.html(
        f'<section class="lr nobody"><h2>{escape(say("sensitive.title"))}</h2>'
        f"<p>{escape(say('sensitive.lead'))}</p><p><strong>{escape(where)}</strong></p>"
        f'<p class="soft">{escape(private)}</p></section>'
    )
    return st.button(say("sensitive.show"), type="tertiary", key="about_learning")
