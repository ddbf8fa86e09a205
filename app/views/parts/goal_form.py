"""The form in which a goal is typed; after the question it folds into one line."""

from html import escape

import streamlit as st

from app.views.parts import search
from app.views.parts.kinds import kind_label
from app.views.parts.read_closely import private_words, show_to_whom
from app.views.parts.search import ANY, KIND, TEXT
from app.views.parts.texts import counted, label, say
from recommender.goals import Goal
from recommender.relationships import Relationship

EXAMPLES = ("speak", "feedback", "lead", "data", "direction")
"""Goals to begin with, by their names in the catalogue."""

_EDITING, _EXAMPLE = "goal_editing", "goal_example"
_HEIGHT_PX = 100


def is_open() -> bool:
    """Whether the form stands open although a goal is looked at."""
    return bool(st.session_state.get(_EDITING))


def open_form() -> None:
    """Let the form stand open."""
    st.session_state[_EDITING] = True


def fold() -> None:
    """Fold the form."""
    st.session_state[_EDITING] = False


def show_form(*, may_go_back: bool) -> tuple[str, Relationship | None] | None:
    """Draw the form.

    Args:
        may_go_back: whether there are colleagues to go back to.

    Returns:
        The goal's text and the kind (None for all) where the seeker asks, else None.
    """
    show_to_whom()
    text = st.text_area(
        say("find.goal"),
        placeholder=say("find.placeholder"),
        height=_HEIGHT_PX,
        key=TEXT,
        persist_state="session",
    )
    with st.container(key="kinds"):
        kind: str = st.radio(
            say("find.kind"),
            [ANY, *Relationship],
            format_func=_kind_name,
            captions=[say(f"find.{name}_example") for name in (ANY, *Relationship)],
            horizontal=True,
            width="stretch",
            key=KIND,
            persist_state="session",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button(say("find.submit"), type="primary")
        if may_go_back:
            st.button(say("find.back"), type="tertiary", on_click=fold)
    st.caption(private_words())
    if not text.strip():
        # below the button: what goes away while somebody clicks must not move the button
        st.pills(
            say("find.examples"),
            EXAMPLES,
            format_func=lambda name: label(f"examples.{name}"),
            key=_EXAMPLE,
            on_change=_take_example,
        )
    if not asked:
        return None
    return text, None if kind == ANY else Relationship(kind)


def show_line(goal: Goal, search_for: search.Search) -> None:
    """Draw what is looked for in a line as it was typed, with how it was read folded under it."""
    with st.container(horizontal=True, vertical_alignment="top", key="goal_line"):
        st.html(
            '<section class="lr goal">'
            f'<h1><span class="soft">{escape(say("find.your_goal"))}</span> '
            f'<span class="clamp">{escape(search_for.goal.text)}</span></h1>'
            f"{_reading(goal)}</section>"
        )
        st.button(label("find.change"), type="tertiary", icon=":material/edit:", on_click=open_form)
        if search_for.is_kept:
            st.badge(say("find.kept_already"), icon=":material/bookmark_added:", color="gray")


def _reading(goal: Goal) -> str:
    summary = counted("find.needs", len(goal.needs))
    if goal.circumstances:
        summary += " " + counted("find.background", len(goal.circumstances))
    if goal.slips:
        summary += " · " + counted("find.slips", len(goal.slips))
    if goal.unread:
        summary += " · " + say("find.part_unread")
    slips = [say("find.slip", typed=typed, read=read) for typed, read in goal.slips]
    beside = "".join(
        f'<p class="beside">{escape(say(f"find.{name}"))}</p><ul>'
        + "".join(f"<li>{escape(part)}</li>" for part in parts)
        + "</ul>"
        for name, parts in (
            ("background", goal.circumstances),
            ("refused", goal.refused),
            ("put_right", slips),
            ("unread", goal.unread),
        )
        if parts
    )
    needs = "".join(f"<li>{escape(need)}</li>" for need in goal.needs)
    return (
        f"<details><summary>{escape(summary)}</summary>"
        f'<ol class="needs">{needs}</ol>{beside}</details>'
    )


def _kind_name(kind: str) -> str:
    return say(f"kind.{ANY}") if kind == ANY else kind_label(Relationship(kind))


def _take_example() -> None:
    name = st.session_state.get(_EXAMPLE)
    if name:
        st.session_state[TEXT] = say(f"examples.{name}_goal")
        st.session_state[_EXAMPLE] = None
