"""The page on which a learning goal is typed and answered."""

import time
from dataclasses import dataclass, replace

import streamlit as st

from app.services.identity import Identity
from app.store.records import SavedGoal
from app.views.parts import company, dialogs, goal_form, notices, search
from app.views.parts.hidden import show_hidden
from app.views.parts.named import show_named
from app.views.parts.search import ANY, KIND, Search
from app.views.parts.sensitive import show_contact
from app.views.parts.suggestion_lists import show_lists
from app.views.parts.texts import error_words, label, say
from recommender.answers import Recommendation
from recommender.errors import LearningRelationshipsError
from recommender.goals import Goal
from recommender.languages import CALIBRATED, name_of

_ANSWERED = "answered"
_TO_THE_TOP = "to_the_top"
_SCROLL = """<script>
  document.querySelector('[data-testid="stMain"]').scrollTo(0, 0);
</script>"""
"""Whoever asks at the foot of a long form is not left below the answer."""

_KEPT_S = 30.0
"""How old an answer may be that is shown again; whoever asks again gets a new one."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer that is shown again while nothing happened that could change it."""

    search: tuple[str, str | None]
    """The goal's id and the kind."""
    snapshot_id: str
    steps: int
    at_s: float
    answer: Recommendation
    distress: bool
    """Whether the goal sounds like somebody who is treated badly."""


def show(identity: Identity) -> None:
    """Draw the page."""
    dialogs.forget_opened()
    sought = search.current(identity)
    st.html('<span class="lr-wide"></span>')
    if sought is None or goal_form.is_open():
        sought = _ask_for_goal(identity, may_go_back=sought is not None)
    if sought is None:
        show_hidden(identity)
        search.write_address(st.session_state.get(KIND, ANY))
        return
    search.write_address(sought.relationship or ANY)
    try:
        _show_answer(identity, sought)
    except LearningRelationshipsError as error:
        search.stop()
        st.error(error_words(error))


def open_goal(goal: SavedGoal) -> None:
    """Let the page show a saved goal when one goes there from another page."""
    search.open_kept(goal)
    goal_form.fold()
    st.session_state.pop(_ANSWERED, None)


def _ask_for_goal(identity: Identity, *, may_go_back: bool) -> Search | None:
    """Draw the form; return what is looked for once the seeker asks."""
    st.title(say("find.title"), anchor=False)
    lost = search.take_lost()
    if lost is not None:
        st.error(error_words(lost))
    asked = goal_form.show_form(may_go_back=may_go_back)
    if asked is None:
        return None
    text, kind = asked
    try:
        goal = company.services().finding.type_goal(identity, text, kind)
    except LearningRelationshipsError as error:
        st.error(error_words(error))
        return None
    search.start(Search(goal, kind))
    goal_form.fold()
    st.session_state[_TO_THE_TOP] = True
    st.session_state.pop(_ANSWERED, None)
    st.rerun()


def _show_answer(identity: Identity, sought: Search) -> None:
    answered = _answer(identity, sought)
    answer = answered.answer
    people = company.current_snapshot().people
    goal_form.show_line(answer.goal, sought)
    # a place of its own: what comes after must not begin anew, and close, when the script is gone
    with st.container(key="to_the_top"):
        if st.session_state.pop(_TO_THE_TOP, False):
            st.html(_SCROLL, unsafe_allow_javascript=True)
    if answered.distress and not sought.about_learning:
        if show_contact(is_kept=sought.is_kept):
            search.start(replace(sought, about_learning=True))
            st.rerun()
        return
    show_named(identity, sought)
    if not answer.goal.is_calibrated:
        st.caption(_why_none_is_strong(answer.goal))
    show_lists(identity, sought, answer, people)
    _show_keep(identity, sought)
    show_hidden(identity)


def _why_none_is_strong(goal: Goal) -> str:
    if goal.language in CALIBRATED:
        return say("find.no_prose")
    language = name_of(goal.language)
    return label("find.other_language", language=language)


def _show_keep(identity: Identity, sought: Search) -> None:
    if sought.is_kept or isinstance(sought.goal, SavedGoal):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="keep"):
        if st.button(say("find.keep"), icon=":material/bookmark:", key="keep_goal"):
            kept = company.services().finding.keep_goal(identity, sought.goal)
            search.note_kept(identity, kept.id)
            notices.keep(say("find.kept"))
            st.rerun()
        st.caption(say("find.not_kept"))


def _answer(identity: Identity, sought: Search) -> _Answered:
    """Suggest colleagues; opening a tab or a window asks for the same answer again."""
    kept: _Answered | None = st.session_state.get(_ANSWERED)
    snapshot_id, steps = company.current_snapshot().snapshot_id, notices.steps()
    which = (sought.goal.id, sought.relationship)
    if (
        kept is not None
        and (kept.search, kept.snapshot_id, kept.steps) == (which, snapshot_id, steps)
        and time.monotonic() - kept.at_s < _KEPT_S
    ):
        return kept
    finding = company.services().finding
    answer = finding.suggest(identity, sought.asked, sought.relationship)
    distress = finding.sounds_like_distress(identity, sought.asked)
    now = time.monotonic()
    answered = _Answered(which, snapshot_id, steps, now, answer, distress)
    st.session_state[_ANSWERED] = answered
    return answered
