"""The administrator's page of the programme: aggregates only, never a goal's text."""

from collections.abc import Sequence

import streamlit as st

from app.services.figures import (
    Answers,
    Balance,
    Division,
    Load,
    Said,
    Unmet,
    csv_of,
)
from app.services.identity import Identity
from app.store.records import Met, Outcome
from app.views.parts import company
from app.views.parts.tables import table
from app.views.parts.texts import say
from recommender.relationships import Relationship

_ANSWERS = ("sent", "accepted", "declined", "expired", "withdrawn", "unanswered", "put_off")


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.programme"), anchor=False)
    smallest = company.settings().smallest_group
    st.write(say("programme.lead", smallest=smallest))
    programme = company.services().programme
    division = Division(
        st.radio(
            say("programme.by"),
            list(Division),
            format_func=lambda one: say(f"programme.by_{one}"),
            horizontal=True,
        )
        or Division.COMPANY
    )
    _show_balance(programme.balance(identity, division))
    _show_unmet(programme.unmet(identity, division))
    _show_answers(programme.answers(identity))
    _show_load(programme.load(identity))
    _show_said(programme.said(identity, "met"), programme.said(identity, "outcome"))


def _show_balance(rows: Sequence[Balance]) -> None:
    st.subheader(say("programme.balance"), anchor=False)
    heads = _heads("part", "kind", "seekers", "helpers", "places")
    lines = [
        (_part(row.part), _kind(row.relationship), *_figures(row.seekers, row.helpers, row.places))
        for row in rows
    ]
    st.html(table(heads, lines, numbers=(2, 3, 4)))
    _offer_csv("balance", csv_of(rows, Balance))


def _show_unmet(rows: Sequence[Unmet]) -> None:
    st.subheader(say("programme.unmet"), anchor=False)
    if not rows:
        st.write(say("programme.no_unmet"))
        return
    heads = _heads("part", "kind", "goals", "seekers")
    lines = [
        (_part(row.part), _kind(row.relationship), *_figures(row.goals, row.seekers))
        for row in rows
    ]
    st.html(table(heads, lines, numbers=(2, 3)))
    _offer_csv("unmet", csv_of(rows, Unmet))


def _show_answers(rows: Sequence[Answers]) -> None:
    st.subheader(say("programme.answers"), anchor=False)
    heads = _heads("kind", *_ANSWERS, "median_days")
    lines = [
        (
            _kind(row.relationship),
            *_figures(*(getattr(row, name) for name in _ANSWERS)),
            "–" if row.median_days is None else f"{row.median_days:.1f}",
        )
        for row in rows
    ]
    st.html(table(heads, lines, numbers=range(1, len(heads))))
    _offer_csv("answers", csv_of(rows, Answers))


def _show_load(load: Load) -> None:
    st.subheader(say("programme.load"), anchor=False)
    heads = (say("programme.what"), say("programme.figure"))
    lines = [
        *((say(f"programme.{name}"), *_figures(getattr(load, name))) for name in _LOAD),
        *(
            (say(f"programme.{name}"), "–" if value is None else f"{value:.2f}")
            for name, value in (
                ("gini_load", load.gini_load),
                ("gini_exposure", load.gini_exposure),
            )
        ),
        *(
            (say("programme.helping", count=number), *_figures(count))
            for number, count in load.by_number_helped.items()
        ),
    ]
    st.html(table(heads, lines, numbers=(1,)))
    st.caption(say("programme.gini"))


_LOAD = ("helpers", "full", "active")


def _show_said(met: Sequence[Said], outcomes: Sequence[Said]) -> None:
    st.subheader(say("programme.said"), anchor=False)
    lines = [
        (_kind(row.relationship), say(f"network.{topic}_{row.answer}"), *_figures(row.people))
        for topic, rows, known in (("met", met, Met), ("outcome", outcomes, Outcome))
        for row in rows
        if row.answer in list(known)
    ]
    if not lines:
        st.write(say("programme.nothing_said"))
        return
    st.html(table(_heads("kind", "answer", "people"), lines, numbers=(2,)))
    _offer_csv("said", csv_of([*met, *outcomes], Said))


def _offer_csv(name: str, data: bytes) -> None:
    title = say("programme.csv", table=say(f"programme.{name}"))
    st.download_button(title, data, f"{name}.csv", "text/csv", key=f"csv_{name}", type="tertiary")


def _heads(*names: str) -> list[str]:
    return [say(f"programme.{name}") for name in names]


def _part(name: str) -> str:
    return name or say("programme.everywhere")


def _kind(kind: Relationship | None) -> str:
    return say("programme.any") if kind is None else say(f"kind.{kind}")


def _figures(*counts: int | None) -> tuple[str, ...]:
    few = say("programme.withheld")
    return tuple(few if count is None else f"{count:,}" for count in counts)
