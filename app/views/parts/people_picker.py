"""Choosing one colleague by name, title, place or number, while one types."""

from collections.abc import Collection

import streamlit as st

from app.services.names import FEWEST_LETTERS, names_of
from app.views.parts.texts import counted, escape_markdown, label, say
from recommender.people import People

MOST_SHOWN = 6
"""Colleagues that are offered at once; who sees more types on."""

_PAUSE = "250ms"
"""How long somebody stops typing before the search begins."""


def pick_person(
    title: str, people: People, *, key: str, suggested: Collection[str] = ()
) -> str | None:
    """Draw a choice of those whom a search finds.

    Args:
        title: what the choice is called, Markdown.
        people: everyone.
        key: the widget's own name.
        suggested: ids of people who are offered before anything is typed.

    Returns:
        The chosen person's id, None where nobody is chosen; the only one found is chosen.
    """
    text = st.text_input(
        title,
        key=f"{key}_search",
        placeholder=say("who.placeholder"),
        live=_PAUSE,
        autocomplete="off",
    )
    typed = text.strip()
    if not typed:
        rows, more = people.rows(list(suggested)).tolist(), 0
    else:
        found = names_of(people).search(typed, MOST_SHOWN + 1)
        rows, more = found[:MOST_SHOWN], len(found) > MOST_SHOWN
    if not rows:
        if typed and len(typed) < FEWEST_LETTERS:
            st.caption(say("who.narrow"))
        elif typed:
            st.caption(label("who.nobody", text=typed))
        return None
    chosen: str | None = st.radio(
        say("who.found"),
        [str(people.ids[row]) for row in rows],
        index=0 if typed and len(rows) == 1 else None,
        format_func=lambda person_id: _name(people, person_id),
        captions=[_role(people, row) for row in rows],
        label_visibility="collapsed",
        # another search is another choice: who was chosen before is not kept out of sight
        key=f"{key}_of_{typed}",
    )
    if more:
        st.caption(counted("who.more", MOST_SHOWN))
    return chosen


def _name(people: People, person_id: str) -> str:
    row = people.row(person_id)
    number = people.text(row, "person_id")
    return label("who.person", name=people.text(row, "display_name"), id=number)


def _role(people: People, row: int) -> str:
    parts = (people.text(row, name) for name in ("job_title", "location"))
    return escape_markdown(" · ".join(part for part in parts if part))
