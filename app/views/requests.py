"""The page of requests: those that others sent me, and those that I sent."""

from datetime import date, timedelta
from html import escape

import streamlit as st

from app.services.answering import MAX_REPLY_CHARACTERS, ReceivedRequest
from app.services.asking import SentRequest
from app.services.identity import Identity
from app.store.records import State
from app.views.parts import company, dialogs, notices
from app.views.parts.kinds import kind_badge
from app.views.parts.navigation import link_to
from app.views.parts.texts import day, label, say

_SHOWN_ENDED = 10


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.requests"), anchor=False)
    received = company.services().answering.received(identity)
    sent = company.services().asking.sent(identity)
    waiting = sum(one.state.is_open for one in received)
    titles = [
        say("requests.of_me", count=waiting),
        say("requests.by_me", count=sum(one.state.is_open for one in sent)),
    ]
    # what waits for this person first; else what they asked themselves
    of_me, by_me = st.tabs(titles, default=titles[0 if waiting or not sent else 1])
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
    if not ended:
        return
    with st.expander(say("requests.earlier")):
        for request in ended[:_SHOWN_ENDED]:
            with st.container(border=True):
                st.html(_earlier(request))


def _earlier(request: ReceivedRequest) -> str:
    name = request.seeker.display_name or say("who.left")
    return (
        f'<div class="lr head"><p><strong>{escape(name)}</strong> '
        f"{kind_badge(request.relationship)}</p>"
        f'<p class="soft">{escape(say(f"received.{request.state}"))} · '
        f"{escape(day(request.sent_at))}</p></div>"
    )


def _show_answers(identity: Identity, request: ReceivedRequest) -> None:
    answering = company.services().answering
    with st.container(horizontal=True):
        _show_yes(identity, request)
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


def _show_yes(identity: Identity, request: ReceivedRequest) -> None:
    reply, pauses, until = (f"{name}_{request.id}" for name in ("reply", "pauses", "until"))
    tomorrow = date.today() + timedelta(days=1)

    def accept() -> None:
        # what stands in the fields at the click; the last drawing may not know it yet
        state = st.session_state
        company.services().answering.accept(
            identity,
            request.id,
            reply=state.get(reply) or "",
            pause_until=state.get(until) if state.get(pauses) else None,
        )

    accepted = label("requests.accepted", name=request.seeker.display_name)
    with st.popover(say("requests.accept"), key=f"accept_{request.id}", type="primary"):
        st.text_area(
            say("requests.reply"),
            placeholder=say("requests.reply_example"),
            max_chars=MAX_REPLY_CHARACTERS,
            height=90,
            key=reply,
            persist_state="session",
        )
        if st.checkbox(say("requests.pause"), key=pauses):
            st.date_input(
                say("requests.pause_until"),
                value=tomorrow + timedelta(days=29),
                min_value=tomorrow,
                format="DD/MM/YYYY",
                key=until,
            )
        st.button(
            say("requests.accept_do"),
            key=f"accept_do_{request.id}",
            type="primary",
            on_click=notices.take,
            args=(accept, accepted),
        )


def _show_sent(identity: Identity, requests: list[SentRequest]) -> None:
    if not requests:
        st.write(say("requests.nothing_sent"))
        link_to("find", say("requests.to_find"))
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
            elif request.state is State.ACCEPTED:
                link_to("network", say("requests.to_network"))
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
    said = escape(say("requests.they_said", reply=request.reply))
    reply = f'<p class="said">{said}</p>' if request.reply else ""
    return (
        f'<article class="lr"><div class="head"><h3>{escape(head)}</h3>'
        f'<p class="soft">{escape(day(request.sent_at))}</p></div><p>{escape(state)}</p>'
        f"{reply}<details><summary>{escape(say('requests.message'))}</summary>"
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
        link_to("network", say("requests.to_network"))
        return
    kind = say(f"kind.{request.relationship}").lower()
    st.write(
        label("requests.next", name=following.display_name, title=following.job_title, kind=kind)
    )
    ask = label("card.ask", name=following.display_name)
    if st.button(ask, key=f"next_{request.id}", type="primary"):
        dialogs.ask(identity, request.goal_id, request.relationship, following)
