"""The two windows of a suggestion: asking a colleague, and saying 'not for me'."""

from html import escape

import streamlit as st

from app.services.answering import ReceivedRequest
from app.services.identity import Identity
from app.services.workplace import PersonCard
from app.store.records import NotForMe, TypedGoal
from app.views.parts import company, notices, search
from app.views.parts.texts import (
    day,
    error_words,
    label,
    say,
)
from recommender.answers import Suggestion
from recommender.errors import LearningRelationshipsError
from recommender.relationships import Relationship

_DRAFT_HEIGHT_PX = 280
_OPENED = "window_opened"


def forget_opened() -> None:
    """Note that the page is drawn anew, which closes every window."""
    st.session_state[_OPENED] = False


def was_opened() -> bool:
    """Return whether a window was opened since the page was drawn; it may still be open."""
    return bool(st.session_state.get(_OPENED))


def ask(
    identity: Identity,
    goal: str | TypedGoal,
    relationship: Relationship,
    helper: Suggestion | PersonCard,
) -> None:
    """Open the window in which a request is written, seen as its reader sees it, and sent.

    It is closed by its own buttons only: a draft is not lost by a key.

    Args:
        identity: the seeker.
        goal: one of the seeker's goals, by its id where it is kept.
        relationship: what is asked for.
        helper: who is asked.

    Raises:
        LearningRelationshipsError: there is nothing to write from: the goal or the colleague is
            gone, or the store cannot be reached.
    """
    asking, helper_id, name = company.services().asking, helper.person_id, helper.display_name
    evidence = helper.evidence if isinstance(helper, Suggestion) else ()
    draft = asking.draft(identity, goal, relationship, helper_id, evidence)
    goal_id = goal if isinstance(goal, str) else goal.id
    key = f"draft_{goal_id}_{relationship}_{helper_id}"

    @st.dialog(label("ask.title", name=name), width="medium", dismissible=False)
    def window() -> None:
        message = st.text_area(
            say("ask.draft"), draft, height=_DRAFT_HEIGHT_PX, key=key, persist_state="session"
        )
        st.caption(say("ask.draft_help"))
        keep = isinstance(goal, TypedGoal) and st.checkbox(say("ask.keep"), value=True)
        with st.container(horizontal=True):
            send = st.button(say("ask.send"), type="primary")
            if st.button(say("ask.later"), type="tertiary"):
                st.rerun()
        try:
            if send:
                request = asking.send(
                    identity, goal, relationship, helper_id, message, keep_goal=keep
                )
                search.note_kept(identity, request.goal_id)
                sent = label("find.sent", name=name)
                notices.keep(f"{sent} {say('find.sent_where')}")
                st.rerun()
            preview = asking.preview(identity, relationship, helper_id, message)
        except LearningRelationshipsError as error:
            st.error(error_words(error))
            return
        st.caption(label("ask.sees", name=name))
        with st.container(border=True):
            st.html(received(preview))

    st.session_state[_OPENED] = True
    window()


def received(request: ReceivedRequest) -> str:
    """Draw a request as its helper sees it, as HTML."""
    kind = say(f"kind.{request.relationship}").lower()
    name = request.seeker.display_name or say("who.left")
    head = say("ask.sees_as", name=name, kind=kind)
    until = say("ask.open_until", day=day(request.expires_at)) if request.state.is_open else ""
    role = " · ".join(
        part for part in (request.seeker.job_title, request.seeker.department) if part
    )
    return (
        f'<article class="lr"><h3>{escape(head)}</h3><p class="soft">{escape(role)}</p>'
        f'<p class="said">{escape(request.message)}</p>'
        f'<p class="soft">{escape(until)}</p></article>'
    )


def not_for_me(
    identity: Identity,
    goal: str | TypedGoal,
    relationship: Relationship,
    suggestion: Suggestion,
) -> None:
    """Open the window in which a suggestion is turned away, for a reason that stays private."""

    @st.dialog(label("hide.title", name=suggestion.display_name))
    def window() -> None:
        reason: NotForMe | None = st.radio(
            say("hide.reason"),
            list(NotForMe),
            index=None,
            format_func=lambda one: say(f"hide.{one}"),
            captions=[say(f"hide.{one.reach}_reach") for one in NotForMe],
            label_visibility="collapsed",
        )
        st.caption(say("hide.private"))
        if not st.button(say("hide.do"), type="primary"):
            return
        if reason is None:
            st.warning(say("hide.nothing"))
            return
        helper, name = suggestion.person_id, suggestion.display_name
        finding = company.services().finding
        try:
            undo = finding.not_for_me(identity, goal, relationship, helper, reason)
        except LearningRelationshipsError as error:
            st.error(error_words(error))
            return
        notices.keep(
            label("find.hidden", name=name),
            undo=lambda: finding.undo_not_for_me(identity, undo),
            undone=label("find.undone", name=name),
        )
        st.rerun()

    st.session_state[_OPENED] = True
    window()
