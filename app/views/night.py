"""The administrator's page of the night: did it work, rebuild, roll back, and what happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app.services.exports import to_csv
from app.services.identity import Identity
from app.services.night import Event, Rebuild
from app.services.night_verdict import judge_night
from app.views.parts import company, notices
from app.views.parts.texts import counted, day, error_words, escape_markdown, label, moment, say
from app.views.parts.verdicts import show_verdict
from index.people_file.apart import Checked
from recommender.errors import LearningRelationshipsError, Problem

_EVERY_S = 1.5
_SHOWN_HISTORY = 30
_NAMED = 5
"""How many people of one kind of problem are named."""


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.night"), anchor=False)
    night = company.services().night
    state, history = night.state(identity), night.history(identity)
    _show_verdict(state, history)
    if company.services().policy.waits(identity):
        st.info(say("night.policy_waits"), icon=":material/pending:")
    _show_figures(state)
    left, right = st.columns(2, gap="large")
    with left:
        _show_rebuild(identity)
    with right:
        _show_roll_back(identity, state)
    _show_problems(identity)
    _show_history(history)


def _show_verdict(state: Mapping[str, Any], history: Sequence[Event]) -> None:
    verdict = judge_night(state, history, datetime.now(UTC))
    values: dict[str, Any] = {
        name: moment(value) if isinstance(value, datetime) else value
        for name, value in verdict.fills.items()
    }
    if "gate" in values:
        values["gate"] = say("night.gate", outcome=values["gate"]) if values["gate"] else ""
        values["added"] = _none_or("night.new", values["added"])
        values["left"] = _none_or("night.gone", values["left"])
        values["people"] = f"{values['people']:,}"
    if "by" in values:
        values["by"] = say("night.by_whom", name=values["by"]) if values["by"] else ""
    more = str(state["problem"] or "")
    show_verdict(verdict.lamp, say(f"night.verdict_{verdict.says}", **values), more)


def _none_or(text_id: str, count: int) -> str:
    return counted(text_id, count) if count else say(f"{text_id}_none")


def _show_figures(state: Mapping[str, Any]) -> None:
    kept = [one for one in state["snapshots"] if "report" in one]
    serving = next((one for one in kept if one["id"] == state["current"]), None)
    if serving is None:
        return
    report = serving["report"]
    nights = [one for one in kept if one["created_at"] <= serving["created_at"]]
    figures = {
        "people": [one["people"] for one in nights],
        "passages": [one["passages"] for one in nights],
        "warnings": [one["report"].get("warnings", 0) for one in nights],
        "without_sign_in": [one["report"].get("without_sign_in", 0) for one in nights],
        "seconds": [round(sum(one["report"].get("seconds", {}).values())) for one in nights],
    }
    with st.container(horizontal=True):
        for name, values in figures.items():
            trend = values if len(values) > 1 else None
            st.metric(
                say(f"night.{name}"),
                f"{values[-1]:,}",
                delta=values[-1] - values[-2] if trend else None,
                delta_color="off" if name in ("people", "passages") else "inverse",
                chart_data=trend,
                border=True,
                width=170,
            )
    changes = report.get("people", {})
    words = [counted(f"night.{name}", changes[name]) for name in _CHANGES if changes.get(name)]
    exported = say("night.as_of", day=_day(serving["as_of"]))
    st.caption(escape_markdown(" · ".join([exported, *words])))


_CHANGES = ("added", "changed", "moved", "left")


def _day(text: str) -> str:
    try:
        return day(datetime.fromisoformat(text))
    except ValueError:
        return text


def _show_rebuild(identity: Identity) -> None:
    st.subheader(say("night.rebuild"), anchor=False)
    st.write(say("night.rebuild_lead"))
    rebuild = company.services().night.last_rebuild(identity)
    running = rebuild is not None and rebuild.running
    st.button(
        say("night.rebuild_do"),
        type="primary",
        icon=":material/refresh:",
        disabled=running,
        on_click=notices.take,
        args=(lambda: company.services().night.rebuild(identity), say("night.rebuild_started")),
    )

    @st.fragment(run_every=_EVERY_S if running else None)
    def progress() -> None:
        now = company.services().night.last_rebuild(identity)
        if now is None:
            return
        _show_progress(now)
        if running and not now.running:
            st.rerun()

    progress()


def _show_progress(now: Rebuild) -> None:
    if now.running:
        title, state = say("night.running"), "running"
    elif now.exit_code == 0:
        title, state = say("night.done"), "complete"
    else:
        title, state = label("night.failed"), "error"
    with st.status(title, state=state, expanded=state != "complete"):  # type: ignore[arg-type]
        for part in now.parts[:-1]:
            st.markdown(f":material/check: {say(f'night.part_{_word(part)}')}")
        if now.parts:
            text = say(f"night.part_{_word(now.parts[-1])}")
            if now.running and now.share is not None:
                st.progress(min(now.share, 1.0), text=text)
            else:
                icon = ":material/hourglass_top:" if now.running else ":material/check:"
                st.markdown(f"{icon if state != 'error' else ':material/close:'} {text}")
        if now.lines:
            said = escape("\n".join(now.lines))
            st.html(f'<pre class="lr said lines" tabindex="0">{said}</pre>')


def _word(part: str) -> str:
    return part.replace(" ", "_")


def _show_roll_back(identity: Identity, state: Mapping[str, Any]) -> None:
    st.subheader(say("night.roll_back"), anchor=False)
    st.write(say("night.roll_back_lead"))
    earlier = {
        one["id"]: one
        for one in reversed(state["snapshots"])
        if one["state"] == "earlier" and "problem" not in one
    }
    if not earlier:
        st.write(say("night.nothing_earlier"))
        return
    shown = {
        name: say(
            "night.earlier",
            made=moment(datetime.fromisoformat(one["created_at"])),
            people=f"{one['people']:,}",
        )
        for name, one in earlier.items()
    }
    chosen = st.selectbox(say("night.snapshot"), list(earlier), format_func=shown.__getitem__)
    night, current = company.services().night, state["current"]
    back = None if current is None else (lambda: night.roll_back(identity, current))
    st.button(
        say("night.roll_back_do"),
        icon=":material/history:",
        on_click=notices.take,
        args=(
            lambda: night.roll_back(identity, chosen),
            label("night.rolled_back", name=shown[chosen]),
        ),
        kwargs={"undo": back, "undone": say("night.rolled_forward")},
    )


def _show_problems(identity: Identity) -> None:
    st.subheader(say("night.problems"), anchor=False)
    st.caption(say("night.problems_lead"))
    if not st.button(say("night.check"), icon=":material/fact_check:"):
        return
    try:
        found = company.services().night.problems(identity)
    except LearningRelationshipsError as error:
        st.error(error_words(error))
        return
    if not found.problems:
        st.success(say("night.no_problems"))
        return
    st.write(counted("night.n_problems", found.total))
    groups: dict[tuple[str, str, str], list[Problem]] = defaultdict(list)
    for problem in found.problems:
        groups[problem.severity, problem.message, problem.remedy].append(problem)
    names = ("severity", "count", "says", "people", "remedy")
    table = pd.DataFrame(
        [
            (
                say(f"night.{severity}"),
                len(problems),
                message,
                _whom(found, problems),
                remedy,
            )
            for (severity, message, remedy), problems in groups.items()
        ],
        columns=list(names),
    )
    st.dataframe(
        table,
        hide_index=True,
        row_height=56,
        column_config={
            name: st.column_config.Column(
                say(f"night.problem_{name}"),
                width="large" if name in ("says", "people", "remedy") else "small",
            )
            for name in names
        },
    )
    heads = [say(f"night.problem_{name}") for name in ("severity", "place", "says", "remedy")]
    lines = [
        (say(f"night.{one.severity}"), one.place, one.message, one.remedy) for one in found.problems
    ]
    data = to_csv(heads, lines)
    st.download_button(
        say("night.csv"), data, "people-file-problems.csv", "text/csv", type="tertiary",
        icon=":material/download:",
    )  # fmt: skip


def _whom(found: Checked, problems: Sequence[Problem]) -> str:
    """Name the first people of problems alike; rows where there is no name."""
    named = []
    for problem in problems[:_NAMED]:
        name = "" if problem.row is None else found.names.get(problem.row, "")
        named.append(name or problem.place)
    more = len(problems) - len(named)
    return ", ".join(named) + (f" {say('night.and_more', count=more)}" if more else "")


def _show_history(history: Sequence[Event]) -> None:
    st.subheader(say("night.history"), anchor=False)
    names = ("when", "action", "by", "snapshot")
    rows = [
        (
            event.at,
            say(f"night.did_{event.action}") if event.action in _DONE else event.action,
            event.by or say("night.command", user=event.user),
            event.subject,
        )
        for event in history[:_SHOWN_HISTORY]
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=list(names)),
        hide_index=True,
        column_config={
            "when": st.column_config.DatetimeColumn(
                say("night.when"), format="D MMMM YYYY, HH:mm", timezone="UTC"
            ),
            **{name: st.column_config.TextColumn(say(f"night.{name}")) for name in names[1:]},
        },
    )


_DONE = frozenset({"build", "publish", "rollback", "prune", "stopped", "policy.saved"})
