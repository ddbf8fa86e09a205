"""What was just done, said where it is seen however far the page is scrolled.

A thing that is done pops up and goes by itself; what can be taken back, and what went wrong, stays
at the foot of the window until the next thing is done.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.views.parts.texts import error_words, say
from recommender.errors import LearningRelationshipsError

Step = Callable[[], object]
"""Calls a service; what it returns is not looked at."""

_NOTICE = "notice"
_NEWS = "news"
_PAGE = "page"
_STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Notice:
    """What stays at the foot of the window."""

    text: str
    """Markdown."""
    went_wrong: bool = False
    undo: Step | None = None
    """Takes it back."""
    undone: str = ""
    """What to say then, Markdown."""


def take(step: Step, done: str, *, undo: Step | None = None, undone: str = "") -> None:
    """Take a step and keep what to say of it; made to be called by `on_click`.

    A click that calls back is heard even where the page, drawn anew, would have no such button any
    more, because something happened in another window meanwhile.

    Args:
        step: what is done.
        done: what to say then, Markdown.
        undo: what takes it back; None where nothing does.
        undone: what to say when it was taken back, Markdown.
    """
    _count_step()
    try:
        step()
    except LearningRelationshipsError as error:
        st.session_state[_NOTICE] = Notice(error_words(error), went_wrong=True)
    else:
        keep(done, undo=undo, undone=undone)


def keep(done: str, *, undo: Step | None = None, undone: str = "") -> None:
    """Let the next drawing of a page say that something was done; see `take`."""
    _count_step()
    if undo is None:
        st.session_state.pop(_NOTICE, None)
        st.session_state[_NEWS] = done
    else:
        st.session_state[_NOTICE] = Notice(done, undo=undo, undone=undone)


def steps() -> int:
    """Count the steps of this session after which a page may look different."""
    return int(st.session_state.get(_STEPS, 0))


def forget_elsewhere(page: str) -> None:
    """Drop what stays at the foot of the window when one goes to another page."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state.pop(_NOTICE, None)
        _count_step()


def show() -> None:
    """Say what was just done, with 'undo' where it can be taken back."""
    news = st.session_state.pop(_NEWS, None)
    if news:
        st.toast(news, icon=":material/check_circle:", duration="long")
    notice: Notice | None = st.session_state.get(_NOTICE)
    if notice is None:
        return
    key = "notice_wrong" if notice.went_wrong else "notice"
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        st.markdown(notice.text)
        if notice.undo is not None:
            st.button(
                say("notice.undo"),
                on_click=take,
                args=(notice.undo, notice.undone),
                key="notice_undo",
                type="tertiary",
                icon=":material/undo:",
            )
        st.button(
            say("notice.close"),
            on_click=_close,
            key="notice_close",
            type="tertiary",
        )


def _close() -> None:
    st.session_state.pop(_NOTICE, None)


def _count_step() -> None:
    st.session_state[_STEPS] = steps() + 1
