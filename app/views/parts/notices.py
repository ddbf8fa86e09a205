"""What was just done, said in a bar that is always in sight, until the next thing is done."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.services.identity import Identity
from app.views.parts import company
from app.views.parts.texts import error_words, label, say
from recommender.errors import LearningRelationshipsError

_NOTICE = "notice"
_PAGE = "page"
_STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Notice:
    """What was just done."""

    text: str
    """Markdown."""
    undo: str = ""
    """The id of a 'not for me' that can be taken back."""
    name: str = ""
    """Of whom it was said."""


def keep(notice: Notice) -> None:
    """Let the page say it when it is drawn again."""
    st.session_state[_NOTICE] = notice
    _count_step()


def steps() -> int:
    """Count the steps of this session after which a page may look different."""
    return int(st.session_state.get(_STEPS, 0))


def take_step(step: Callable[[], object], done: str) -> None:
    """Take a step and draw the page anew; or say why it cannot be taken.

    Args:
        step: calls a service.
        done: what to say then, Markdown.
    """
    try:
        step()
    except LearningRelationshipsError as error:
        st.error(error_words(error))
        return
    keep(Notice(done))
    st.rerun()


def forget_elsewhere(page: str) -> None:
    """Drop what was done on another page."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state.pop(_NOTICE, None)
        _count_step()


def show(identity: Identity) -> None:
    """Show what was just done, in sight wherever the page is scrolled to, with 'undo'."""
    notice: Notice | None = st.session_state.get(_NOTICE)
    if notice is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="just_done"):
        st.markdown(notice.text, width="content")
        undo = bool(notice.undo) and st.button(say("find.undo"), type="tertiary")
        if st.button(say("find.close"), type="tertiary"):
            st.session_state.pop(_NOTICE, None)
            st.rerun()
    if undo:
        take_step(
            lambda: company.services().finding.undo_not_for_me(identity, notice.undo),
            label("find.undone", name=notice.name),
        )


def _count_step() -> None:
    st.session_state[_STEPS] = steps() + 1
