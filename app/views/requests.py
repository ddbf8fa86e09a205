"""The page of requests: those that others sent me, and those that I sent."""

from datetime import date, timedelta
from html import escape

import streamlit as st

from app.services.answering import ReceivedRequest
from app.services.asking import SentRequest
from app.services.identity import Identity
from app.store.records import State
from app.views.parts import company, dialogs, notices
from app.views.parts.tables import table
from app.views.parts.texts import day, label, say

_SHOWN_ENDED = 10


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.requests"), anchor=False)
    received = company.services().answering.received(identity)
    sent = company.services().asking.sent(identity)
    of_me, by_me = st.tabs(
        [
            say("requests.of_me", count=sum(one.state.is_open for one in received)),
            say("requests.by_me", count=sum(one.state.is_open for one in sent)),
        ]
    )
    with of_me:
        _show_received(identity, received)
    with by_me:
        _show_sent(identity, sent)


def _show_received(identity: Identity, requests: list[ReceivedRequest]) -> None:
    waiting = [request for request in requests if request.state.is_open]
    if not waiting:
        st.write(say("requests.nothing_waiting"))
    for request in waiting:
        with st.container(border=True):
            st.html(dialogs.received(request))
            if request.state is State.LATER:
                st.caption(say("requests.you_put_off"))
            _show_answers(identity, request)
    ended = [request for request in requests if not request.state.is_open]
    if ended:
        with st.expander(say("requests.earlier")):
            lines = [
                (
                    request.seeker.display_name or say("who.left"),
                    say(f"kind.{request.relationship}"),
                    say(f"received.{request.state}"),
                    day(request.sent_at),
                )
                for request in ended[:_SHOWN_ENDED]
            ]
            heads = [say(f"requests.{name}") for name in ("who", "kind", "state", "on")]
            st.html(table(heads, lines))


def _show_answers(identity: Identity, request: ReceivedRequest) -> None:
    answering = company.services().answering
    name = request.seeker.display_name
    with st.container(horizontal=True):
        st.button(
            say("requests.accept"),
            key=f"accept_{request.id}",
            type="primary",
            on_click=notices.take,
            args=(
                lambda: answering.accept(identity, request.id),
                label("requests.accepted", name=name),
            ),
        )
        with st.popover(say("requests.accept_and_pause"), key=f"pause_{request.id}"):
            until: date | None = st.date_input(
                say("requests.pause_until"),
                value=date.today() + timedelta(days=30),
                min_value=date.today() + timedelta(days=1),
                key=f"until_{request.id}",
            )
            st.button(
                say("requests.accept_and_pause_do"),
                key=f"accept_pause_{request.id}",
                on_click=notices.take,
                args=(
                    lambda: answering.accept(identity, request.id, pause_until=until),
                    label("requests.accepted", name=name),
                ),
            )
        if request.may_be_put_off:
            st.button(
                say("requests.later"),
                key=f"later_{request.id}",
                on_click=notices.take,
                args=(lambda: answering.later(identity, request.id), say("requests.put_off")),
            )
        with st.popover(say("requests.decline"), key=f"decline_{request.id}"):
            st.write(say("requests.decline_lead"))
            st.button(
                say("requests.decline_do"),
                key=f"decline_do_{request.id}",
                on_click=notices.take,
                args=(lambda: answering.decline(identity, request.id), say("requests.declined")),
            )


def _show_sent(identity: Identity, requests: list[SentRequest]) -> None:
    if not requests:
        st.write(say("requests.nothing_sent"))
    taken = {
        (one.goal_id, one.relationship)
        for one in requests
        if one.state.is_open or one.state is State.ACCEPTED
    }
    for request in requests:
        with st.container(border=True):
            st.html(_sent(request))
            if request.state.is_open:
                _show_withdraw(identity, request)
            elif request.wants_next and (request.goal_id, request.relationship) not in taken:
                taken.add((request.goal_id, request.relationship))
                _show_next(identity, request)


def _sent(request: SentRequest) -> str:
    name = request.helper.display_name or say("who.left")
    kind = say(f"kind.{request.relationship}").lower()
    head = say("requests.you_asked", name=name, kind=kind)
    state = say(
        f"sent.{request.why}" if request.why else f"sent.{request.state}",
        day=day(request.expires_at),
    )
    return (
        f'<article class="lr"><div class="head"><h3>{escape(head)}</h3>'
        f'<p class="soft">{escape(day(request.sent_at))}</p></div><p>{escape(state)}</p>'
        f"<details><summary>{escape(say('requests.message'))}</summary>"
        f'<p class="said">{escape(request.message)}</p></details></article>'
    )


def _show_withdraw(identity: Identity, request: SentRequest) -> None:
    with st.popover(say("requests.withdraw"), key=f"withdraw_{request.id}", type="tertiary"):
        st.write(say("requests.withdraw_lead"))
        st.button(
            say("requests.withdraw_do"),
            key=f"withdraw_do_{request.id}",
            on_click=notices.take,
            args=(
                lambda: company.services().asking.withdraw(identity, request.id),
                say("requests.withdrawn"),
            ),
        )


def _show_next(identity: Identity, request: SentRequest) -> None:
    if request.goal_id is None:
        return
    following = company.services().finding.next_suggestion(
        identity, request.goal_id, request.relationship
    )
    if following is None:
        st.write(say("requests.no_next"))
        return
    kind = say(f"kind.{request.relationship}").lower()
    st.write(
        label("requests.next", name=following.display_name, title=following.job_title, kind=kind)
    )
    ask = label("card.ask", name=following.display_name)
    if st.button(ask, key=f"next_{request.id}", type="primary"):
        dialogs.ask(identity, request.goal_id, request.relationship, following)
