"""A verdict: one sentence with a lamp, first on a page of the desk."""

from html import escape

import streamlit as st

from app.services.night_verdict import Lamp
from app.views.parts.texts import say

_MARKS = {Lamp.GOOD: "✓", Lamp.LOOK: "!", Lamp.BAD: "✗"}
"""A lamp's sign, so that nothing is said by colour alone."""


def show_verdict(lamp: Lamp, sentence: str, more: str = "") -> None:
    """Draw a verdict.

    Args:
        lamp: how it is.
        sentence: plain text.
        more: what follows in small print, plain text.
    """
    small = f'<p class="soft">{escape(more)}</p>' if more else ""
    st.html(
        f'<section class="lr verdict {lamp}" aria-label="{escape(say(f"verdict.{lamp}"))}">'
        f'<span class="lamp" aria-hidden="true">{_MARKS[lamp]}</span>'
        f"<div><p>{escape(sentence)}</p>{small}</div></section>"
    )
