"""The page on which a learning goal is typed and answered."""

import time
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from app.services.identity import Identity
from app.store.records import SavedGoal
from app.views.parts import company, dialogs, notices
from app.views.parts.cards import card
from app.views.parts.people_picker import pick_person
from app.views.parts.session import show_kinds
from app.views.parts.texts import (
    counted,
    escape_markdown,
    label,
    say,
)
from recommender.answers import Recommendation, SuggestionList
from recommender.errors import LearningRelationshipsError
from recommender.explanation import label_of
from recommender.goals import Goal
from recommender.kinds import KindPrediction
from recommender.people import People
from recommender.relationships import KINDS, Relationship

_SEARCH = "search"
_ANY = "any"
_ANSWERED = "answered"
_TEXT = "goal_text"
_KIND = "goal_kind"
_KEPT_S = 30.0
"""How old an answer may be that is shown again; whoever asks again gets a new one."""


@dataclass(frozen=True, slots=True)
class _Search:
    """The goal that this session looks at."""

    goal_id: str
    relationship: Relationship | None
    meant: Relationship | None = None
    """The kind that the seeker chose when asked which of two is meant."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer that is shown again while nothing happened that could change it."""

    search: _Search
    snapshot_id: str
    steps: int
    at_s: float
    answer: Recommendation


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("find.title"), anchor=False)
    notices.show(identity)
    _ask_for_goal(identity)
    search: _Search | None = st.session_state.get(_SEARCH)
    if search is None:
        show_kinds()
        return
    try:
        answer = _answer(identity, search)
    except LearningRelationshipsError as error:
        del st.session_state[_SEARCH]
        st.error(escape_markdown(str(error)))
        return
    _show_needs(answer.goal)
    if search.relationship is None:
        _show_kinds_that_fit(search, answer.reading)
    _show_lists(identity, search, answer)


def open_goal(goal: SavedGoal) -> None:
    """Let the page show a saved goal when one goes there from another page."""
    st.session_state[_SEARCH] = _Search(goal.id, goal.relationship)
    st.session_state[_TEXT] = goal.text
    st.session_state[_KIND] = goal.relationship or _ANY
    st.session_state.pop(_ANSWERED, None)


def _answer(identity: Identity, search: _Search) -> Recommendation:
    """Suggest colleagues; opening a tab or a window asks for the same answer again."""
    kept: _Answered | None = st.session_state.get(_ANSWERED)
    snapshot_id, steps = company.current_snapshot().snapshot_id, notices.steps()
    if (
        kept is not None
        and (kept.search, kept.snapshot_id, kept.steps) == (search, snapshot_id, steps)
        and time.monotonic() - kept.at_s < _KEPT_S
    ):
        return kept.answer
    answer = company.services().finding.suggest(identity, search.goal_id, search.relationship)
    st.session_state[_ANSWERED] = _Answered(search, snapshot_id, steps, time.monotonic(), answer)
    return answer


def _ask_for_goal(identity: Identity) -> None:
    with st.form("goal"):
        text = st.text_area(
            say("find.goal"), placeholder=say("find.placeholder"), height=110, key=_TEXT
        )
        kind = st.radio(
            say("find.kind"),
            [_ANY, *Relationship],
            format_func=lambda name: say(f"kind.{name}"),
            horizontal=True,
            key=_KIND,
        )
        asked = st.form_submit_button(say("find.submit"), type="primary")
    st.caption(say("find.private"))
    if not asked:
        return
    relationship = None if kind == _ANY else Relationship(kind)
    try:
        goal = company.services().finding.save_goal(identity, text, relationship)
    except LearningRelationshipsError as error:
        st.session_state.pop(_SEARCH, None)
        st.error(escape_markdown(str(error)))
    else:
        st.session_state[_SEARCH] = _Search(goal.id, relationship)
        st.session_state.pop(_ANSWERED, None)


def _show_needs(goal: Goal) -> None:
    count = len(goal.needs)
    needs = "".join(f"<li>{escape(need)}</li>" for need in goal.needs)
    title = escape(counted("find.reading", count))
    body = f'<ol class="needs">{needs}</ol>' if count > 1 else f"<p>{escape(goal.needs[0])}</p>"
    if goal.circumstances:
        beside = "".join(f"<li>{escape(part)}</li>" for part in goal.circumstances)
        body += f'<p class="beside">{escape(say("find.background"))}</p><ul>{beside}</ul>'
    st.html(f'<section class="lr"><h2>{title}</h2>{body}</section>')


def _show_kinds_that_fit(search: _Search, reading: KindPrediction) -> None:
    if search.meant is not None or reading.question is None:
        if search.meant is None:
            st.write(escape_markdown(reading.why))
        return
    with st.container(border=True):
        st.write(escape_markdown(reading.question))
        with st.container(horizontal=True):
            for fit in reading.fits[:2]:
                kind = fit.relationship
                title = label("find.meant", kind=say(f"kind.{kind}"), question=KINDS[kind].question)
                if st.button(title, key=f"meant_{kind}"):
                    st.session_state[_SEARCH] = replace(search, meant=kind)
                    st.rerun()


def _in_order(search: _Search, answer: Recommendation) -> list[SuggestionList]:
    """Put the kind first that the seeker means, or else the kinds that suit the goal best."""
    places = {fit.relationship: place for place, fit in enumerate(answer.reading.fits)}
    return sorted(
        answer.lists,
        key=lambda part: (part.relationship is not search.meant, places[part.relationship]),
    )


def _show_lists(identity: Identity, search: _Search, answer: Recommendation) -> None:
    lists = _in_order(search, answer)
    titles = [
        say(
            "find.tab" if part.suggestions else "find.tab_empty",
            kind=say(f"kind.{part.relationship}"),
        )
        for part in lists
    ]
    filled = (title for title, part in zip(titles, lists, strict=True) if part.suggestions)
    first, key = next(filled, titles[0]), f"lists_{search.goal_id}_{search.meant}"
    tabs = st.tabs(titles, default=first, key=key, on_change="rerun")
    for tab, part in zip(tabs, lists, strict=True):
        if tab.open:
            with tab:
                _show_list(identity, search, answer, part)


def _show_list(
    identity: Identity, search: _Search, answer: Recommendation, part: SuggestionList
) -> None:
    people = company.current_snapshot().people
    kind = KINDS[part.relationship]
    st.html(
        f'<div class="lr"><h2>{escape(kind.question)}</h2>'
        f'<p class="soft">{escape(kind.purpose)}</p></div>'
    )
    if part.note:
        st.info(escape_markdown(part.note))
    for suggestion in part.suggestions:
        with st.container(border=True):
            st.html(card(suggestion, people, identity.person_id, answer.goal))
            name, key = suggestion.display_name, f"{part.relationship}_{suggestion.person_id}"
            with st.container(horizontal=True):
                if st.button(label("card.ask", name=name), key=f"ask_{key}", type="primary"):
                    dialogs.ask(identity, search.goal_id, part.relationship, suggestion)
                if st.button(say("card.not_for_me"), key=f"hide_{key}", type="tertiary"):
                    dialogs.not_for_me(identity, search.goal_id, part.relationship, suggestion)
    _show_why_not(identity, search, part, people)


def _show_why_not(
    identity: Identity, search: _Search, part: SuggestionList, people: People
) -> None:
    with st.expander(say("why_not.title")):
        if part.excluded:
            counts = "".join(
                f"<li>{count} {escape(say(f'rule.{rule}'))}</li>"
                for rule, count in part.excluded.items()
            )
            st.html(f'<div class="lr"><p>{escape(say("find.excluded"))}</p><ul>{counts}</ul></div>')
        candidate = pick_person(say("why_not.colleague"), people, key=f"why_{part.relationship}")
        if candidate is None:
            return
        found = company.services().finding.why_not(
            identity, search.goal_id, part.relationship, candidate
        )
        lines = [reason.says for reason in found.reasons]
        if found.rank is not None:
            lines.append(say("why_not.rank", rank=found.rank))
        if found.held_back_by:
            lines.append(say("why_not.behind"))
        lines += [
            say("why_not.signal", signal=label_of(signal), difference=f"{difference:+.2f}")
            for signal, difference in found.held_back_by
        ]
        st.html('<div class="lr">' + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>")
