"""The two windows of a suggestion: asking a colleague, and saying 'not for me'."""

from html import escape

import streamlit as st

from app.services.answering import ReceivedRequest
from app.services.identity import Identity
from app.store.records import NotForMe
from app.views.parts import company, notices
from app.views.parts.texts import (
    day,
    escape_markdown,
    label,
    say,
)
from recommender.answers import Suggestion
from recommender.errors import LearningRelationshipsError
from recommender.relationships import Relationship

_DRAFT_HEIGHT_PX = 280


def ask(
    identity: Identity, goal_id: str, relationship: Relationship, suggestion: Suggestion
) -> None:
    """Open the window in which a request is written, seen as its reader sees it, and sent.

    Raises:
        LearningRelationshipsError: there is nothing to write from: the goal or the colleague is
            gone, or the store cannot be reached.
    """
    asking, helper = company.services().asking, suggestion.person_id
    draft = asking.draft(identity, goal_id, relationship, helper, suggestion.evidence)

    @st.dialog(label("ask.title", name=suggestion.display_name), width="medium")
    def window() -> None:
        message = st.text_area(
            say("ask.draft"),
            value=draft,
            height=_DRAFT_HEIGHT_PX,
            key=f"draft_{goal_id}_{relationship}_{helper}",
        )
        st.caption(say("ask.draft_help"))
        try:
            preview = asking.preview(identity, relationship, helper, message)
            if st.button(say("ask.send"), type="primary"):
                asking.send(identity, goal_id, relationship, helper, message)
                sent = label("find.sent", name=suggestion.display_name)
                notices.keep(notices.Notice(f"{sent} {say('find.sent_where')}"))
                st.rerun()
            st.caption(label("ask.sees", name=suggestion.display_name))
            with st.container(border=True):
                st.html(received(preview))
        except LearningRelationshipsError as error:
            st.error(escape_markdown(str(error)))

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
    identity: Identity, goal_id: str, relationship: Relationship, suggestion: Suggestion
) -> None:
    """Open the window in which a suggestion is turned away, for a reason that stays private."""

    @st.dialog(label("hide.title", name=suggestion.display_name))
    def window() -> None:
        reason: NotForMe | None = st.radio(
            say("hide.reason"),
            list(NotForMe),
            format_func=lambda one: say(f"hide.{one}"),
            captions=[say(f"hide.{one.reach}_reach") for one in NotForMe],
            label_visibility="collapsed",
        )
        st.caption(say("hide.private"))
        if not st.button(say("hide.do"), type="primary") or reason is None:
            return
        helper, name = suggestion.person_id, suggestion.display_name
        finding = company.services().finding
        try:
            undo = finding.not_for_me(identity, goal_id, relationship, helper, reason)
        except LearningRelationshipsError as error:
            st.error(escape_markdown(str(error)))
            return
        notices.keep(notices.Notice(label("find.hidden", name=name), undo, name))
        st.rerun()

    window()
