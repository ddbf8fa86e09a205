"""The administrator's page of the night: what serves, what happened, rebuild, roll back."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from app.services.exports import to_csv
from app.services.identity import Identity
from app.views.parts import company, notices
from app.views.parts.tables import table
from app.views.parts.texts import escape_markdown, label, say
from recommender.errors import LearningRelationshipsError

_EVERY_S = 2.0
_SHOWN_HISTORY = 20
_SHOWN_PROBLEMS = 100


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.night"), anchor=False)
    notices.show(identity)
    state = company.services().night.state(identity)
    if state["problem"]:
        st.error(escape_markdown(str(state["problem"])))
    _show_serving(state)
    _show_rebuild(identity)
    _show_roll_back(identity, state)
    _show_problems(identity)
    _show_history(state)


def _show_serving(state: Mapping[str, Any]) -> None:
    serving = next((one for one in state["snapshots"] if one["id"] == state["current"]), None)
    if serving is None or "report" not in serving:
        return
    people = serving["report"].get("people", {})
    lines = [
        (say("night.snapshot"), serving["id"]),
        (say("night.made"), serving["created_at"]),
        (say("night.as_of"), serving["as_of"]),
        (say("night.people"), f"{serving['people']:,}"),
        (say("night.passages"), f"{serving['passages']:,}"),
        *((say(f"night.{name}"), f"{people[name]:,}") for name in _CHANGES if name in people),
        (say("night.warnings"), f"{serving['report'].get('warnings', 0):,}"),
        (say("night.seconds"), f"{sum(serving['report'].get('seconds', {}).values()):.1f}"),
    ]
    st.subheader(say("night.serving"), anchor=False)
    st.html(table((say("night.what"), say("night.value")), lines))


_CHANGES = ("added", "changed", "moved", "left", "unchanged")


def _show_rebuild(identity: Identity) -> None:
    st.subheader(say("night.rebuild"), anchor=False)
    st.write(say("night.rebuild_lead"))
    rebuild = company.services().night.last_rebuild(identity)
    running = rebuild is not None and rebuild.running
    if st.button(say("night.rebuild_do"), type="primary", disabled=running):
        notices.take_step(
            lambda: company.services().night.rebuild(identity), say("night.rebuild_started")
        )

    @st.fragment(run_every=_EVERY_S if running else None)
    def progress() -> None:
        now = company.services().night.last_rebuild(identity)
        if now is None:
            return
        if now.running:
            share = now.embedded
            text = say("night.running") if share is None else say("night.embedding")
            st.progress(0.0 if share is None else share, text=text)
        elif now.exit_code == 0:
            st.success(say("night.done"))
        else:
            st.error(label("night.failed", code=now.exit_code))
        if now.lines:
            st.html(f'<pre class="lr said" tabindex="0">{escape(chr(10).join(now.lines))}</pre>')
        if running and not now.running:
            st.rerun()

    progress()


def _show_roll_back(identity: Identity, state: Mapping[str, Any]) -> None:
    st.subheader(say("night.roll_back"), anchor=False)
    earlier = [
        one["id"]
        for one in state["snapshots"]
        if one["state"] == "earlier" and "problem" not in one
    ]
    if not earlier:
        st.write(say("night.nothing_earlier"))
        return
    chosen = st.selectbox(say("night.snapshot"), earlier[::-1])
    if st.button(say("night.roll_back_do")):
        notices.take_step(
            lambda: company.services().night.roll_back(identity, chosen),
            label("night.rolled_back", name=chosen),
        )


def _show_problems(identity: Identity) -> None:
    st.subheader(say("night.problems"), anchor=False)
    if not st.button(say("night.check")):
        return
    try:
        found = company.services().night.problems(identity)
    except LearningRelationshipsError as error:
        st.error(escape_markdown(str(error)))
        return
    heads = [say(f"night.problem_{name}") for name in ("severity", "place", "says", "remedy")]
    lines = [
        (say(f"night.{one.severity}"), one.place, one.message, one.remedy) for one in found.problems
    ]
    if not lines:
        st.success(say("night.no_problems"))
        return
    st.write(say("night.n_problems", count=f"{found.total:,}"))
    st.html(table(heads, lines[:_SHOWN_PROBLEMS]))
    data = to_csv(heads, lines)
    st.download_button(say("night.csv"), data, "people-file-problems.csv", "text/csv")


def _show_history(state: Mapping[str, Any]) -> None:
    st.subheader(say("night.history"), anchor=False)
    heads = [say(f"night.{name}") for name in ("when", "action", "snapshot", "by")]
    lines = [
        (
            entry.get("at", ""),
            entry.get("action", ""),
            entry.get("snapshot") or ", ".join(entry.get("removed", [])),
            entry.get("by", ""),
        )
        for entry in reversed(state["history"][-_SHOWN_HISTORY:])
    ]
    st.html(table(heads, lines))
