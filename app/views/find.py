"""The page on which a learning goal is typed and answered."""

import streamlit as st

from app.cards import show_card
from app.company import current_policy, current_snapshot
from recommender.errors import LearningRelationshipsError
from recommender.people import People
from recommender.recommend import Recommendation, Request, recommend, why_not
from recommender.relationships import KINDS, Relationship

LET_US_SUGGEST = "Let us suggest"


def show() -> None:
    """Draw the page."""
    snapshot = current_snapshot()
    seeker = _pick_seeker(snapshot.people)
    st.title("Who could you learn with?")
    with st.form("goal"):
        goal = st.text_area(
            "Your learning goal", placeholder="What would you like to learn, in your own words?"
        )
        choice = st.radio(
            "Kind of relationship",
            [LET_US_SUGGEST, *Relationship],
            format_func=lambda kind: kind if kind == LET_US_SUGGEST else kind.capitalize(),
            horizontal=True,
        )
        asked = st.form_submit_button("Find colleagues", type="primary")
    kind = None if choice == LET_US_SUGGEST else Relationship(choice)
    if asked:
        try:
            policy = current_policy(snapshot)
            answer = recommend(snapshot, Request(seeker, goal, kind), policy)
        except LearningRelationshipsError as error:
            st.session_state.pop("answer", None)
            st.error(str(error))
        else:
            st.session_state["answer"] = answer
    shown = st.session_state.get("answer")
    if shown is not None and shown.seeker == seeker:
        _show_lists(shown)
        _why_not_search(shown)


def _pick_seeker(people: People) -> str:
    with st.sidebar:
        st.warning("Demonstration sign-in: anybody may pick anybody.")
        names = people.frame["display_name"]
        row = st.selectbox(
            "Who am I?",
            range(len(people)),
            format_func=lambda row: f"{names.iloc[row]} ({people.ids[row]})",
        )
        st.text(people.text(row, "job_title"))
        st.text(people.department.name(row))
    return str(people.ids[row])


def _show_lists(answer: Recommendation) -> None:
    tabs = st.tabs([part.relationship.capitalize() for part in answer.lists])
    for tab, part in zip(tabs, answer.lists, strict=True):
        with tab:
            st.subheader(KINDS[part.relationship].question)
            st.caption(KINDS[part.relationship].purpose)
            if part.note:
                st.info(part.note)
            for suggestion in part.suggestions:
                show_card(suggestion)


def _why_not_search(answer: Recommendation) -> None:
    snapshot = current_snapshot()
    people = snapshot.people
    names = people.frame["display_name"]
    with st.expander("Why is somebody not suggested?"):
        row = st.selectbox(
            "Colleague",
            range(len(people)),
            index=None,
            format_func=lambda row: f"{names.iloc[row]} ({people.ids[row]})",
        )
        kind = st.selectbox("As", [part.relationship for part in answer.lists])
        if row is None or kind is None:
            return
        request = Request(answer.seeker, answer.goal.text, kind)
        found = why_not(snapshot, request, str(people.ids[row]), current_policy(snapshot))
        for reason in found.reasons:
            st.text(reason.says)
        if found.rank is not None:
            st.text(f"Eligible, and number {found.rank} for this goal.")
        for signal, difference in found.held_back_by:
            st.text(f"{signal}: {difference:+.3f} against the last one suggested")
