"""The administrator's page of the programme: aggregates only, never a goal's text."""

from collections.abc import Iterable, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from app.services.figures import (
    Answers,
    Balance,
    Division,
    Load,
    Said,
    Unmet,
    Week,
    csv_of,
)
from app.services.identity import Identity
from app.services.night_verdict import Lamp
from app.services.programme_verdict import find_shortages, is_silent
from app.store.records import Met, Outcome
from app.views.parts import company
from app.views.parts.texts import say
from app.views.parts.verdicts import show_verdict
from recommender.relationships import Relationship

_ANSWERS = ("sent", "accepted", "declined", "expired", "withdrawn", "unanswered", "put_off")
_LOAD = ("helpers", "full", "active")


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.programme"), anchor=False)
    programme = company.services().programme
    whole = programme.balance(identity, Division.COMPANY)
    answers, load = programme.answers(identity), programme.load(identity)
    _show_verdict(whole)
    _show_metrics(answers, load, programme.weeks(identity))
    left, right = st.columns(2, gap="large")
    with left:
        _draw_balance(whole)
    with right:
        _draw_weeks(programme.weeks(identity))
    _show_tables(identity, answers, load)


def _show_verdict(whole: Sequence[Balance]) -> None:
    smallest = say("programme.lead", smallest=company.settings().smallest_group)
    if is_silent(whole):
        show_verdict(Lamp.LOOK, say("programme.verdict_silent"), smallest)
        return
    short = find_shortages(whole)
    if not short:
        show_verdict(Lamp.GOOD, say("programme.verdict_enough"), smallest)
        return
    sentences = [
        say(
            "programme.verdict_short",
            seekers=f"{one.seekers:,}",
            kind=say(f"kind.{one.relationship}").lower(),
            places=f"{one.places:,}",
        )
        for one in short
    ]
    show_verdict(Lamp.LOOK, " ".join(sentences), smallest)


def _show_metrics(answers: Sequence[Answers], load: Load, weeks: Sequence[Week]) -> None:
    sent, accepted = (
        _total(getattr(row, name) for row in answers) for name in ("sent", "accepted")
    )
    share = f"{accepted / sent:.0%}" if sent and accepted is not None else say("programme.none")
    known = [week.sent for week in weeks if week.sent is not None]
    trend = known if len(known) == len(weeks) else []  # a withheld week is no zero
    with st.container(horizontal=True):
        for name, value in (
            ("active", load.active), ("helpers", load.helpers), ("full", load.full),
            ("requests", sent), ("yes", share),
        ):  # fmt: skip
            shown = value if isinstance(value, str) else _figure(value)
            drawn = trend if name == "requests" and any(trend) else None
            st.metric(say(f"programme.{name}"), shown, chart_data=drawn, border=True, width=170)


def _total(figures: Iterable[int | None]) -> int | None:
    counts = list(figures)
    return None if None in counts else sum(count for count in counts if count is not None)


def _draw_balance(whole: Sequence[Balance]) -> None:
    st.subheader(say("programme.picture_balance"), anchor=False)
    rows = [
        (say(f"kind.{row.relationship}"), say(f"programme.{name}"), getattr(row, name))
        for row in whole
        if row.relationship is not None
        for name in ("seekers", "places")
        if getattr(row, name) is not None
    ]
    if not rows:
        st.write(say("programme.nothing_to_draw"))
        return
    frame = pd.DataFrame(rows, columns=["kind", "what", "count"])
    order = [say(f"kind.{kind}") for kind in Relationship]
    bars = alt.Chart(frame).encode(
        y=alt.Y("kind:N", title=None, sort=order),
        yOffset=alt.YOffset("what:N", sort=[say("programme.seekers"), say("programme.places")]),
        x=alt.X("count:Q", title=None, axis=alt.Axis(tickMinStep=1)),
        color=alt.Color("what:N", title=None, legend=alt.Legend(orient="top")),
        tooltip=["kind", "what", "count"],
    )
    labels = bars.mark_text(align="left", dx=4).encode(text="count:Q", color=alt.value("gray"))
    st.altair_chart(bars.mark_bar(cornerRadiusEnd=3) + labels, width="stretch")


def _draw_weeks(weeks: Sequence[Week]) -> None:
    st.subheader(say("programme.picture_weeks"), anchor=False)
    rows = [
        (pd.Timestamp(week.begins), say(f"programme.{name}"), getattr(week, name))
        for week in weeks
        for name in ("sent", "accepted")  # a withheld week breaks the line
    ]
    if not any(count for _, _, count in rows):
        st.write(say("programme.nothing_to_draw"))
        return
    frame = pd.DataFrame(rows, columns=["week", "what", "count"])
    lines = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("week:T", title=None, axis=alt.Axis(format="%-d %b")),
            y=alt.Y("count:Q", title=None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("what:N", title=None, legend=alt.Legend(orient="top")),
            tooltip=["what", "count"],
        )
    )
    st.altair_chart(lines, width="stretch")
    if any(week.sent is None for week in weeks):
        st.caption(say("programme.weeks_withheld"))


def _show_tables(identity: Identity, answers: Sequence[Answers], load: Load) -> None:
    programme = company.services().programme
    division = Division(
        st.segmented_control(
            say("programme.by"),
            list(Division),
            default=Division.COMPANY,
            required=True,
            format_func=lambda one: say(f"programme.by_{one}"),
            key="programme_by",
            persist_state="session",
        )
        or Division.COMPANY
    )
    _show_balance(programme.balance(identity, division))
    _show_unmet(programme.unmet(identity, division))
    _show_answers(answers)
    left, right = st.columns(2, gap="large")
    with left:
        _show_load(load)
    with right:
        _show_said(programme.said(identity, "met"), programme.said(identity, "outcome"))


def _show_balance(rows: Sequence[Balance]) -> None:
    st.subheader(say("programme.balance"), anchor=False)
    lines = [
        (
            _part(row.part),
            _kind(row.relationship),
            _figure(row.seekers),
            # who is open to several kinds has one set of places: there is no sum of them here
            *(("", "") if row.relationship is None else _figures(row.helpers, row.places)),
        )
        for row in rows
    ]
    _table(("part", "kind", "seekers", "helpers_free", "places"), lines)
    _offer_csv("balance", csv_of(rows, Balance))


def _show_unmet(rows: Sequence[Unmet]) -> None:
    st.subheader(say("programme.unmet"), anchor=False)
    if not rows:
        st.write(say("programme.no_unmet"))
        return
    lines = [
        (_part(row.part), _kind(row.relationship), *_figures(row.goals, row.seekers))
        for row in rows
    ]
    _table(("part", "kind", "goals", "seekers"), lines)
    _offer_csv("unmet", csv_of(rows, Unmet))


def _show_answers(rows: Sequence[Answers]) -> None:
    st.subheader(say("programme.answers"), anchor=False)
    lines = [
        (
            _kind(row.relationship),
            *_figures(*(getattr(row, name) for name in _ANSWERS)),
            "–" if row.median_days is None else f"{row.median_days:.1f}",
        )
        for row in rows
    ]
    _table(("kind", *_ANSWERS, "median_days"), lines)
    _offer_csv("answers", csv_of(rows, Answers))


def _show_load(load: Load) -> None:
    st.subheader(say("programme.load"), anchor=False)
    lines = [
        *((say(f"programme.{name}"), _figure(getattr(load, name))) for name in _LOAD),
        *(
            (say(f"programme.{name}"), "–" if value is None else f"{value:.2f}")
            for name, value in (
                ("gini_load", load.gini_load),
                ("gini_exposure", load.gini_exposure),
            )
        ),
        *(
            (say("programme.helping", count=number), _figure(count))
            for number, count in load.by_number_helped.items()
        ),
    ]
    _table(("what", "figure"), lines)
    st.caption(say("programme.gini"))


def _show_said(met: Sequence[Said], outcomes: Sequence[Said]) -> None:
    st.subheader(say("programme.said"), anchor=False)
    lines = [
        (_kind(row.relationship), say(f"network.{topic}_{row.answer}"), _figure(row.people))
        for topic, rows, known in (("met", met, Met), ("outcome", outcomes, Outcome))
        for row in rows
        if row.answer in list(known)
    ]
    if not lines:
        st.write(say("programme.nothing_said"))
        return
    _table(("kind", "answer", "people"), lines)
    _offer_csv("said", csv_of([*met, *outcomes], Said))


def _table(names: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Draw a table; figures may be withheld, so all cells are texts, and stand to the right."""
    words = {"part", "kind", "what", "answer"}
    st.dataframe(
        pd.DataFrame(lines, columns=list(names)),
        hide_index=True,
        column_config={
            name: st.column_config.TextColumn(
                say(f"programme.{name}"), alignment="left" if name in words else "right"
            )
            for name in names
        },
    )


def _offer_csv(name: str, data: bytes) -> None:
    title = say("programme.csv", table=say(f"programme.{name}"))
    st.download_button(
        title, data, f"{name}.csv", "text/csv", key=f"csv_{name}", type="tertiary",
        icon=":material/download:",
    )  # fmt: skip


def _part(name: str) -> str:
    return name or say("programme.everywhere")


def _kind(kind: Relationship | None) -> str:
    return say("programme.left_open") if kind is None else say(f"kind.{kind}")


def _figure(count: int | None) -> str:
    return say("programme.withheld") if count is None else f"{count:,}"


def _figures(*counts: int | None) -> tuple[str, ...]:
    return tuple(_figure(count) for count in counts)
