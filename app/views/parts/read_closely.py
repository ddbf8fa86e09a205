"""Lists that a language model reads: to whom goals go, and the read list in the place of the other.

Nothing here is drawn, and nothing sent, where no administrator has set a reader.
"""

from concurrent.futures import Future
from dataclasses import dataclass

import streamlit as st

from app.services.identity import Identity
from app.views.parts import company, dialogs, notices
from app.views.parts.search import Search
from app.views.parts.texts import label, say
from recommender.answers import SuggestionList
from recommender.errors import LearningRelationshipsError
from recommender.relationships import Relationship

_READ = "read_lists"
_POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class _State:
    """The lists of one goal that are read, or being read, at one state of the session."""

    of: tuple[str, str, int]
    """The goal's id, the snapshot's, and how many steps were taken: another begins anew."""
    lists: dict[Relationship, "Future[SuggestionList]"]


def show_to_whom() -> None:
    """Say, before a goal is typed, to whom goals go; nothing where they go to nobody."""
    to = company.services().reading.addressee
    if to is not None:
        st.info(label("reader.to_whom", host=to.host, model=to.model), icon=":material/send:")


def private_words() -> str:
    """Say who sees a goal."""
    sent = company.services().reading.addressee is not None
    return say("reader.private" if sent else "find.private")


def read_in_place(identity: Identity, sought: Search, part: SuggestionList) -> SuggestionList:
    """Return the read list where it is there; else the one by signals, with a line that says so.

    The reading goes on beside the page, which stays usable and draws itself anew when it is done.

    Args:
        identity: who asks.
        sought: what is looked for.
        part: the list by signals that is looked at.
    """
    reading = company.services().reading
    if reading.addressee is None or not part.suggestions:
        return part
    coming = _coming(identity, sought, part.relationship)
    if not coming.done():
        _wait(coming, reading.addressee.model)
        return part
    read = _outcome(coming)
    if read is None:
        st.warning(label("reader.failed", host=reading.addressee.host))
        return part
    st.caption(label("reader.done", model=reading.addressee.model))
    return read


def is_read(sought: Search, relationship: Relationship) -> bool:
    """Return whether the list of a kind is shown as it was read."""
    state = _state(sought)
    coming = state.lists.get(relationship) if state else None
    return coming is not None and coming.done() and _outcome(coming) is not None


def _coming(
    identity: Identity, sought: Search, relationship: Relationship
) -> "Future[SuggestionList]":
    state = _state(sought)
    if state is None:
        state = st.session_state[_READ] = _State(_of(sought), {})
    if relationship not in state.lists:
        reading = company.services().reading
        state.lists[relationship] = reading.begin(identity, sought.asked, relationship)
    return state.lists[relationship]


def _state(sought: Search) -> _State | None:
    state: _State | None = st.session_state.get(_READ)
    return state if state is not None and state.of == _of(sought) else None


def _of(sought: Search) -> tuple[str, str, int]:
    return sought.goal.id, company.current_snapshot().snapshot_id, notices.steps()


def _outcome(coming: "Future[SuggestionList]") -> SuggestionList | None:
    """Return the list as it was read; None where it was not."""
    try:
        return coming.result()
    except LearningRelationshipsError:
        return None


@st.fragment(run_every=_POLL_S)
def _wait(coming: "Future[SuggestionList]", model: str) -> None:
    """Draw the page anew when the list is read; not under somebody who is writing in a window."""
    if not coming.done():
        st.caption(label("reader.reading", model=model))
    elif not dialogs.was_opened() or st.button(say("reader.show"), icon=":material/refresh:"):
        st.rerun()
