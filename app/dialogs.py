"""The two windows of a suggestion: asking a colleague, and saying 'not for me'."""

from dataclasses import dataclass
from html import escape

import streamlit as st

from app import company
from app.answering import ReceivedRequest
from app.identity import Identity
from app.store.records import NotForMe
from app.texts import day, escape_markdown, label, say
from recommender.errors import LearningRelationshipsError
from recommender.recommend import Suggestion
from recommender.relationships import Relationship

NOTICE = "notice"
"""The session's key for what was just done; pages say it until the next thing is done."""

_DRAFT_HEIGHT_PX = 280


@dataclass(frozen=True, slots=True)
class Notice:
    """What was just done, to be said at the top of the page."""

    text: str
    """Markdown."""
    undo: str = ""
    """The id of a 'not for me' that can be taken back."""
    name: str = ""


def ask(
    identity: Identity, goal_id: str, relationship: Relationship, suggestion: Suggestion
) -> None:
    """Open the window in which a request is written, seen as its reader sees it, and sent."""

    @st.dialog(label("ask.title", name=suggestion.display_name), width="medium")
    def window() -> None:
        asking, helper = company.services().asking, suggestion.person_id
        try:
            draft = asking.draft(identity, goal_id, relationship, helper, suggestion.evidence)
            message = st.text_area(
                say("ask.draft"),
                value=draft,
                height=_DRAFT_HEIGHT_PX,
                key=f"draft_{goal_id}_{relationship}_{helper}",
            )
            st.caption(say("ask.draft_help"))
            st.markdown(f"**{label('ask.sees', name=suggestion.display_name)}**")
            st.html(received(asking.preview(identity, relationship, helper, message)))
            if st.button(say("ask.send"), type="primary"):
                asking.send(identity, goal_id, relationship, helper, message)
                sent = label("find.sent", name=suggestion.display_name)
                st.session_state[NOTICE] = Notice(f"{sent} {say('find.sent_where')}")
                st.rerun()
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
        st.session_state[NOTICE] = Notice(label("find.hidden", name=name), undo, name)
        st.rerun()

    window()


def show_notice(identity: Identity) -> None:
    """Say what was just done, with 'undo' where it can be taken back."""
    notice: Notice | None = st.session_state.get(NOTICE)
    if notice is None:
        return
    st.success(notice.text)
    if not notice.undo or not st.button(say("find.undo")):
        return
    try:
        company.services().finding.undo_not_for_me(identity, notice.undo)
    except LearningRelationshipsError as error:
        st.error(escape_markdown(str(error)))
        return
    st.session_state[NOTICE] = Notice(label("find.undone", name=notice.name))
    st.rerun()
