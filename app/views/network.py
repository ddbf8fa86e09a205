"""The page of my learning network: what I have, what I asked for, what I lack."""

from collections.abc import Iterable
from functools import partial
from html import escape
from urllib.parse import quote

import streamlit as st

from app.services.identity import Identity
from app.services.network import (
    GoalStanding,
    LearningNetwork,
    Standing,
    Tie,
)
from app.store.records import Met, Outcome
from app.views.find import open_goal
from app.views.parts import company, notices
from app.views.parts.kinds import SHAPES, kind_badge
from app.views.parts.navigation import go_to, link_to
from app.views.parts.picture import picture
from app.views.parts.texts import (
    counted,
    day,
    label,
    say,
)
from recommender.excerpts import excerpt

_MAX_GOAL_CHARACTERS = 160


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.network"), anchor=False)
    mine = company.services().network.mine(identity)
    _ask_next(identity, (*mine.active, *mine.past))
    _show_kinds(mine)
    _show_picture(mine)
    for tie in mine.active:
        _show_tie(tie)
    _show_goals(identity, mine.goals)
    if mine.past:
        with st.expander(say("network.past")):
            for tie in mine.past:
                ended = day(tie.bond.ended_at or tie.bond.started_at)
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.html(f'<p class="lr">{escape(who(tie))} · {escape(ended)}</p>')
                    open_tie(tie)


def _show_kinds(mine: LearningNetwork) -> None:
    marks = {Standing.TOGETHER: "✓", Standing.ASKED: "…", Standing.OPEN: "–"}
    tiles = "".join(
        f'<li><strong><span aria-hidden="true">{SHAPES[kind]} </span>'
        f"{escape(say(f'kind.{kind}'))}</strong>"
        f'<span aria-hidden="true">{marks[standing]} </span>'
        f"{escape(say(f'network.kind_{standing}'))}</li>"
        for kind, standing in mine.kinds.items()
    )
    st.html(f'<section class="lr"><ul class="tiles">{tiles}</ul></section>')


def _show_picture(mine: LearningNetwork) -> None:
    if not mine.active:
        st.write(say("network.nobody"))
        link_to("find", say("requests.to_find"))
        return
    st.subheader(say("network.people"), anchor=False)
    st.html(picture(mine.active))
    if mine.departments:
        st.write(counted("network.departments", mine.departments))
    else:
        st.write(say("network.one_department"))


def _show_tie(tie: Tie) -> None:
    with st.container(border=True):
        since = escape(say("network.since", day=day(tie.bond.started_at)))
        met = f"<p>{escape(say(f'network.met_{tie.met}'))}</p>" if tie.met else ""
        soon = ""
        if tie.bond.next_on is not None:
            soon = f"<p>{escape(say('relationship.next', day=day(tie.bond.next_on)))}</p>"
        st.html(
            f'<article class="lr"><div class="head"><h3>{escape(who(tie))}</h3>'
            f"{kind_badge(tie.relationship)}</div>"
            f'<p class="soft">{since}</p>{mail_link(tie.email)}{soon}{met}</article>'
        )
        open_tie(tie)


def open_tie(tie: Tie) -> None:
    """Draw the link to a relationship's own page."""
    link_to("relationship", say("network.open"), id=tie.id)


def mail_link(email: str) -> str:
    """Draw an address that opens a letter, as HTML; nothing where there is none."""
    if not email:
        return ""
    address = quote(email, safe="@.+-_")
    return f'<p><a href="mailto:{address}">{escape(email)}</a></p>'


def _ask_next(identity: Identity, ties: Iterable[Tie]) -> None:
    """Ask one question, the oldest relationship's; the next comes when it is answered."""
    for tie in sorted(ties, key=lambda tie: tie.bond.started_at):
        if tie.ask_met:
            _ask_met(identity, tie)
            return
        if tie.ask_outcome:
            _ask_outcome(identity, tie)
            return


def _ask_met(identity: Identity, tie: Tie) -> None:
    network = company.services().network
    with st.form(f"met_{tie.id}"):
        answer: Met | None = st.radio(
            label("network.ask_met", who=who(tie)),
            list(Met),
            format_func=lambda one: say(f"network.met_{one}"),
            index=None,
        )
        if st.form_submit_button(say("network.answer")) and answer is not None:
            notices.take(lambda: network.say_met(identity, tie.id, answer), say("network.thanks"))
            st.rerun()


def _ask_outcome(identity: Identity, tie: Tie) -> None:
    network = company.services().network
    with st.form(f"outcome_{tie.id}"):
        answer: Outcome | None = st.radio(
            label("network.ask_outcome", who=who(tie)),
            list(Outcome),
            format_func=lambda one: say(f"network.outcome_{one}"),
            index=None,
        )
        st.caption(say("network.private"))
        if st.form_submit_button(say("network.answer")) and answer is not None:
            notices.take(
                lambda: network.say_outcome(identity, tie.id, answer), say("network.thanks")
            )
            st.rerun()


def _show_goals(identity: Identity, goals: tuple[GoalStanding, ...]) -> None:
    st.subheader(say("network.goals"), anchor=False)
    if not goals:
        st.write(say("network.no_goals"))
    finding = company.services().finding
    for one in goals:
        goal, reached = one.goal, one.standing is Standing.REACHED
        with st.container(border=True):
            state = say(f"network.goal_{one.standing}")
            st.html(
                f'<article class="lr"><p>{escape(excerpt(goal.text, _MAX_GOAL_CHARACTERS))}</p>'
                f'<p class="soft">{escape(state)} · {escape(day(goal.created_at))}</p></article>'
            )
            with st.container(horizontal=True):
                if not reached and st.button(say("network.look_on"), key=f"look_{goal.id}"):
                    open_goal(goal)
                    go_to("find")
                name = "network.reopen" if reached else "network.reach"
                mark = partial(finding.mark_reached, identity, goal.id)
                st.button(
                    say(name),
                    key=f"reach_{goal.id}",
                    on_click=notices.take,
                    args=(partial(mark, reached=not reached), say(f"{name}_done")),
                    kwargs={
                        "undo": partial(mark, reached=reached),
                        "undone": say("network.as_before"),
                    },
                )
                with st.popover(say("network.delete"), key=f"delete_{goal.id}", type="tertiary"):
                    st.write(say("network.delete_lead"))
                    st.button(
                        say("network.delete_do"),
                        key=f"delete_do_{goal.id}",
                        on_click=notices.take,
                        args=(
                            partial(finding.delete_goal, identity, goal.id),
                            say("network.deleted"),
                        ),
                    )


def who(tie: Tie) -> str:
    """Say in a few words who is whose what."""
    name = tie.other.display_name or say("who.left")
    kind = say(f"kind.{tie.relationship}").lower()
    return say("network.you_are" if tie.i_help else "network.they_are", name=name, kind=kind)
