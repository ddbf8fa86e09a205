"""What this session looks for, and what of it the address of the page says.

The address holds the kind, and the id of a goal that is kept, which means something to its owner
alone. A goal that was only typed stays in the session: it stands in no address, history or log.
"""

from dataclasses import dataclass, replace

import streamlit as st

from app.services.identity import Identity
from app.store.records import SavedGoal, TypedGoal
from app.views.parts import company
from recommender.errors import LearningRelationshipsError, NotAllowedError
from recommender.relationships import Relationship

ANY = "any"
"""Stands for all four kinds in the form."""

TEXT, KIND = "goal_text", "goal_kind"
"""The form's widgets."""

_SEARCH, _WRITTEN, _LOST = "search", "search_address", "search_lost"
_GOAL_NAME, _KIND_NAME = "goal", "kind"


@dataclass(frozen=True, slots=True)
class Search:
    """The goal that this session looks at."""

    goal: TypedGoal | SavedGoal
    relationship: Relationship | None
    meant: Relationship | None = None
    """The kind that the seeker chose when asked which of two is meant."""
    about_learning: bool = False
    """Whether the seeker said that a goal which sounds like distress is about learning."""

    @property
    def is_kept(self) -> bool:
        """Whether the goal stands among the seeker's goals."""
        return isinstance(self.goal, SavedGoal)

    @property
    def asked(self) -> str | TypedGoal:
        """What services take for the goal."""
        return self.goal.id if isinstance(self.goal, SavedGoal) else self.goal


def current(identity: Identity) -> Search | None:
    """Return what is looked for: what the address says where it is another than before.

    Going back and forth in the browser, a reload and a bookmark all come through here.
    """
    told = _address()
    if told == st.session_state.get(_WRITTEN) or not any(told):
        return _kept_search()
    goal_id, kind = told
    search = _kept_search()
    if goal_id and (search is None or search.goal.id != goal_id):
        _open_from_address(identity, goal_id, kind)
    elif not goal_id and search is None and KIND not in st.session_state:
        st.session_state[KIND] = kind
    return _kept_search()


def start(search: Search) -> None:
    """Look at a goal from now on."""
    st.session_state[_SEARCH] = search


def stop() -> None:
    """Look at no goal."""
    st.session_state.pop(_SEARCH, None)


def open_kept(goal: SavedGoal) -> None:
    """Look at a kept goal; call it before the form is drawn."""
    start(Search(goal, goal.relationship))
    st.session_state[TEXT] = goal.text
    st.session_state[KIND] = goal.relationship or ANY


def note_kept(identity: Identity, goal_id: str | None) -> None:
    """Note that the goal that is looked at is kept now."""
    search = _kept_search()
    if search is not None and goal_id is not None and not search.is_kept:
        start(replace(search, goal=company.services().finding.goal(identity, goal_id)))


def write_address(kind: str) -> None:
    """Let the address say what is looked for.

    Args:
        kind: the chosen kind, or `ANY`.
    """
    search = _kept_search()
    told = (search.goal.id if search and search.is_kept else "", "" if kind == ANY else kind)
    for name, value in zip((_GOAL_NAME, _KIND_NAME), told, strict=True):
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]
    st.session_state[_WRITTEN] = told


def take_lost() -> LearningRelationshipsError | None:
    """Return once why the goal of the address cannot be shown."""
    lost: LearningRelationshipsError | None = st.session_state.pop(_LOST, None)
    return lost


def _address() -> tuple[str, str]:
    kind = st.query_params.get(_KIND_NAME, "")
    return st.query_params.get(_GOAL_NAME, ""), kind if kind in set(Relationship) else ""


def _open_from_address(identity: Identity, goal_id: str, kind: str) -> None:
    try:
        goal = company.services().finding.goal(identity, goal_id)
    except NotAllowedError as error:
        st.session_state[_LOST] = error
        return
    open_kept(goal)
    if kind:
        start(Search(goal, Relationship(kind)))
        st.session_state[KIND] = kind


def _kept_search() -> Search | None:
    search: Search | None = st.session_state.get(_SEARCH)
    return search
