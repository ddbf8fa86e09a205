"""Choosing one colleague by name."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.views.parts.texts import label, say
from recommender.people import People

_MOST_LISTED = 1000
"""More people than this are searched on the server instead of being sent to the browser."""

_MOST_FOUND = 50
_FEWEST_LETTERS = 2


def pick_person(title: str, people: People, *, key: str) -> str | None:
    """Draw a choice of everyone, or in a large company of those whom a search finds.

    Args:
        title: what the choice is called, Markdown.
        people: everyone.
        key: the widget's own name.

    Returns:
        The chosen person's id, None where nobody is chosen.
    """
    ids = [str(person_id) for person_id in people.ids]
    if len(people) > _MOST_LISTED:
        found = _search(people, key)
        ids = [ids[row] for row in found]
        if not ids:
            return None
    chosen: str | None = st.selectbox(
        title,
        ids,
        index=None,
        format_func=lambda person_id: _name(people, person_id),
        placeholder=say("who.placeholder"),
        key=f"{key}_person",
    )
    return chosen


def _search(people: People, key: str) -> NDArray[np.int64]:
    text = st.text_input(say("who.search"), key=f"{key}_search").strip().casefold()
    nobody = np.zeros(0, np.int64)
    if len(text) < _FEWEST_LETTERS:
        st.caption(say("who.narrow"))
        return nobody
    names = people.frame["display_name"].fillna("").str.casefold()
    by_name = names.str.contains(text, regex=False).to_numpy(dtype=np.bool_)
    by_id = np.array([str(person_id).casefold() == text for person_id in people.ids])
    found = np.flatnonzero(by_name | by_id)[:_MOST_FOUND]
    if not len(found):
        st.caption(label("who.nobody", text=text))
    return found


def _name(people: People, person_id: str) -> str:
    name = people.text(people.row(person_id), "display_name")
    return say("who.person", name=name, id=person_id)
