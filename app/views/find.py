"""The page on which a learning goal is typed and answered."""

from dataclasses import dataclass
from html import escape

import streamlit as st

from app import company, dialogs, notices
from app.cards import card
from app.identity import Identity
from app.people_picker import pick_person
from app.session import show_kinds
from app.texts import counted, escape_markdown, label, say
from recommender.errors import LearningRelationshipsError
from recommender.goals import Goal
from recommender.people import People
from recommender.recommend import Recommendation, SuggestionList
from recommender.relationships import KINDS, Relationship

_SEARCH = "search"
_ANY = "any"


@dataclass(frozen=True, slots=True)
class _Search:
    """The goal that this session looks at."""

    goal_id: str
    relationship: Relationship | None


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
        answer = company.services().finding.suggest(identity, search.goal_id, search.relationship)
    except LearningRelationshipsError as error:
        del st.session_state[_SEARCH]
        st.error(escape_markdown(str(error)))
        return
    _show_reading(answer.goal)
    _show_lists(identity, search, answer)


def open_goal(goal_id: str, relationship: Relationship | None) -> None:
    """Let the page show a saved goal the next time it is drawn."""
    st.session_state[_SEARCH] = _Search(goal_id, relationship)


def _ask_for_goal(identity: Identity) -> None:
    with st.form("goal"):
        text = st.text_area(
            say("find.goal"), placeholder=say("find.placeholder"), height=110, key="goal_text"
        )
        kind = st.radio(
            say("find.kind"),
            [_ANY, *Relationship],
            format_func=lambda name: say(f"kind.{name}"),
            horizontal=True,
            key="goal_kind",
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
        open_goal(goal.id, relationship)


def _show_reading(goal: Goal) -> None:
    count = len(goal.needs)
    needs = "".join(f"<li>{escape(need)}</li>" for need in goal.needs)
    title = escape(counted("find.reading", count))
    body = f'<ol class="needs">{needs}</ol>' if count > 1 else f"<p>{escape(goal.text)}</p>"
    st.html(f'<section class="lr"><h2>{title}</h2>{body}</section>')


def _show_lists(identity: Identity, search: _Search, answer: Recommendation) -> None:
    titles = [
        say(
            "find.tab" if part.suggestions else "find.tab_empty",
            kind=say(f"kind.{part.relationship}"),
        )
        for part in answer.lists
    ]
    filled = (title for title, part in zip(titles, answer.lists, strict=True) if part.suggestions)
    first = next(filled, titles[0])
    tabs = st.tabs(titles, default=first, key=f"lists_{search.goal_id}", on_change="rerun")
    for tab, part in zip(tabs, answer.lists, strict=True):
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
            say("why_not.signal", signal=signal, difference=f"{difference:+.2f}")
            for signal, difference in found.held_back_by
        ]
        st.html('<div class="lr">' + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>")
