"""A request's life: sent, answered, put off, expired, withdrawn; capacity; who may do what."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.services.identity import Identity
from app.services.services import open_services
from app.services.settings import Settings
from app.services.workplace import Tidied
from app.store.records import NotForMe, State, WithdrawnBecause
from recommender.errors import (
    ConflictError,
    GoalError,
    InputError,
    NotAllowedError,
    UnknownPersonError,
)
from recommender.relationships import KINDS, Relationship
from tests.app.small_company import ADMIN, ANNA, BEN, CARA, DAN, EVE, FAY, HEAD

MENTOR, COACH, SPONSOR, PEER = Relationship


def ask(services, seeker=ANNA, helper=CARA, kind=MENTOR, message="May I ask you something?"):
    goal = services.finding.save_goal(seeker, "learn to lead without orders")
    return services.asking.send(seeker, goal.id, kind, helper.person_id, message)


def state_of(services, seeker, request):
    (found,) = [one for one in services.asking.sent(seeker) if one.id == request.id]
    return found.state


def test_a_request_is_seen_by_its_two_people_and_nobody_else(services):
    request = ask(services, message="  Hello Cara, may I?\n")
    (sent,) = services.asking.sent(ANNA)
    (received,) = services.answering.received(CARA)
    assert (sent.id, sent.helper.display_name, sent.state) == (request.id, "Cara", State.SENT)
    assert (received.id, received.seeker.display_name) == (request.id, "Anna")
    assert received.message == sent.message == "Hello Cara, may I?"
    for other in (BEN, DAN, ADMIN):
        assert services.asking.sent(other) == []
        assert services.answering.received(other) == []


def test_the_helper_sees_nothing_of_the_goal(services):
    ask(services, message="May I ask you something?")
    (received,) = services.answering.received(CARA)
    assert "lead without orders" not in repr(received)
    assert not hasattr(received, "goal_id")


def test_the_preview_is_what_the_helper_will_see(services):
    shown = services.asking.preview(ANNA, MENTOR, "CARA", " May I? ")
    ask(services, message=" May I? ")
    (received,) = services.answering.received(CARA)
    for name in ("seeker", "relationship", "message", "state", "sent_at", "expires_at"):
        assert getattr(shown, name) == getattr(received, name)


def test_accepting_makes_a_relationship(services, audit_trail):
    request = ask(services)
    bond = services.answering.accept(CARA, request.id)
    assert (bond.seeker_id, bond.helper_id, bond.relationship) == ("ANNA", "CARA", MENTOR)
    assert state_of(services, ANNA, request) is State.ACCEPTED
    assert [action for _, action, _ in audit_trail()] == [
        "goal.saved",
        "request.sent",
        "request.accepted",
        "relationship.began",
    ]


def test_declining_says_nothing_but_declined(services):
    request = ask(services)
    services.answering.decline(CARA, request.id)
    (sent,) = services.asking.sent(ANNA)
    assert (sent.state, sent.why, sent.wants_next) == (State.DECLINED, None, True)


def test_later_keeps_a_request_open_once(services, clock):
    request = ask(services)
    clock.forward(days=13)
    services.answering.later(CARA, request.id)
    clock.forward(days=13)
    (received,) = services.answering.received(CARA)
    assert (received.state, received.may_be_put_off) == (State.LATER, False)
    with pytest.raises(ConflictError, match="put off once already"):
        services.answering.later(CARA, request.id)
    services.answering.accept(CARA, request.id)


def test_a_request_expires_after_the_days_of_the_policy(services, clock):
    request = ask(services)
    assert request.expires_at - request.sent_at == timedelta(days=14)
    clock.forward(days=14, seconds=-1)
    assert state_of(services, ANNA, request) is State.SENT
    clock.forward(seconds=1)
    with pytest.raises(ConflictError, match="has expired"):
        services.answering.accept(CARA, request.id)
    (sent,) = services.asking.sent(ANNA)
    assert (sent.state, sent.wants_next) == (State.EXPIRED, True)
    with pytest.raises(ConflictError, match="already expired"):
        services.answering.decline(CARA, request.id)


def test_the_policys_days_count(services, published, clock):
    published[0].policy_text = "[limits]\nrequest_days = 3\n"
    request = ask(services)
    clock.forward(days=3)
    assert state_of(services, ANNA, request) is State.EXPIRED


@pytest.mark.parametrize("step", ["accept", "decline", "later"])
@pytest.mark.parametrize("end", ["accept", "decline", "withdraw", "expire"])
def test_no_way_leads_out_of_an_end(services, clock, end, step):
    request = ask(services)
    if end == "expire":
        clock.forward(days=15)
    elif end == "withdraw":
        services.asking.withdraw(ANNA, request.id)
    else:
        getattr(services.answering, end)(CARA, request.id)
    before = services.asking.sent(ANNA)
    with pytest.raises(ConflictError):
        getattr(services.answering, step)(CARA, request.id)
    with pytest.raises(ConflictError):
        services.asking.withdraw(ANNA, request.id)
    assert services.asking.sent(ANNA) == before


def test_a_full_helper_cannot_accept_until_there_is_room(services):
    first, second, third = (ask(services, seeker) for seeker in (ANNA, BEN, DAN))
    bond = services.answering.accept(CARA, first.id)
    services.answering.accept(CARA, second.id)
    with pytest.raises(ConflictError, match="room for 2 at a time"):
        services.answering.accept(CARA, third.id)
    assert state_of(services, DAN, third) is State.SENT
    services.network.end(ANNA, bond.id)
    services.answering.accept(CARA, third.id)


def test_the_helpers_own_number_goes_before_the_people_file(services):
    first, second = ask(services, ANNA), ask(services, BEN)
    offer(services, CARA, capacity=1)
    services.answering.accept(CARA, first.id)
    with pytest.raises(ConflictError, match="room for 1 at a time"):
        services.answering.accept(CARA, second.id)


def test_accept_and_pause(services, clock):
    request = ask(services)
    services.answering.accept(CARA, request.id, pause_until=date(2026, 4, 1))
    with pytest.raises(ConflictError, match="not available at the moment"):
        ask(services, BEN)
    clock.forward(days=29)  # the last day of the pause is the 31st of March
    with pytest.raises(ConflictError, match="not available at the moment"):
        ask(services, BEN)
    clock.forward(days=1)
    ask(services, BEN)


def test_a_pause_that_cannot_be_accepted_leaves_the_request_open(services, clock):
    request = ask(services)
    with pytest.raises(InputError, match="after today"):
        services.answering.accept(CARA, request.id, pause_until=clock().date())
    assert state_of(services, ANNA, request) is State.SENT


def test_three_open_requests_are_enough(services):
    requests = [ask(services, seeker, CARA, COACH) for seeker in (ANNA, BEN, DAN)]
    with pytest.raises(ConflictError, match="not available at the moment"):
        ask(services, EVE, CARA, COACH)
    services.answering.decline(CARA, requests[0].id)
    ask(services, EVE, CARA, COACH)


def test_requests_that_expired_do_not_count_as_open(services, clock):
    for seeker in (ANNA, BEN, DAN):
        ask(services, seeker, CARA, COACH)
    clock.forward(days=14)
    ask(services, EVE, CARA, COACH)


@pytest.mark.parametrize(
    ("seeker", "helper", "kind", "says"),
    [
        (ANNA, HEAD, MENTOR, "You report to them"),
        (ANNA, ADMIN, SPONSOR, "You report to them through others"),
        (HEAD, ANNA, COACH, "They report to you"),
        (ANNA, DAN, MENTOR, "They are on your level"),
        (ANNA, FAY, SPONSOR, "one level above you"),
        (ANNA, ANNA, PEER, "This is you"),
        (ANNA, Identity("GUS"), SPONSOR, "contractor"),
    ],
)
def test_nobody_is_asked_against_the_rules(services, seeker, helper, kind, says):
    with pytest.raises(NotAllowedError, match=says):
        ask(services, seeker, helper, kind)
    assert services.asking.sent(seeker) == []


def test_what_is_private_to_a_helper_reads_the_same(services, clock):
    offer(services, DAN, open_to=frozenset())
    offer(services, EVE, paused_until=clock().date() + timedelta(days=2))
    offer(services, FAY, capacity=0)
    said = set()
    for helper in (DAN, EVE, FAY, Identity("HAL")):
        with pytest.raises(ConflictError) as raised:
            ask(services, ANNA, helper, COACH)
        said.add(str(raised.value))
    assert said == {"They are not available at the moment. Choose somebody else."}


def test_a_mentor_asked_is_not_asked_again_while_the_request_is_open(services):
    ask(services)
    with pytest.raises(ConflictError, match="on its way already"):
        ask(services)
    with pytest.raises(ConflictError, match="not available"):
        ask(services, kind=COACH)


@pytest.mark.parametrize("kind", list(Relationship)[:2])
def test_whoever_declined_rests_for_the_cooldown(services, clock, kind):
    request = ask(services)
    clock.forward(days=3)
    services.answering.decline(CARA, request.id)
    clock.forward(days=90, seconds=-1)
    with pytest.raises(ConflictError):
        ask(services, kind=kind)
    clock.forward(seconds=1)
    ask(services, kind=kind)


def test_whoever_let_it_expire_rests_as_well(services, clock):
    ask(services)
    clock.forward(days=14 + 89)
    with pytest.raises(ConflictError, match="has asked the other already"):
        ask(services)
    clock.forward(days=1)
    ask(services)


def test_a_withdrawn_request_leaves_no_cooldown(services):
    services.asking.withdraw(ANNA, ask(services).id)
    ask(services)


def test_a_relationship_of_a_kind_is_not_asked_for_twice(services):
    bond = services.answering.accept(CARA, ask(services).id)
    with pytest.raises(ConflictError):
        ask(services)
    ask(services, kind=COACH)
    services.network.end(CARA, bond.id)


def test_peers_count_from_both_sides(services):
    request = ask(services, ANNA, DAN, PEER)
    with pytest.raises(ConflictError):
        ask(services, DAN, ANNA, PEER)
    services.answering.accept(DAN, request.id)
    with pytest.raises(ConflictError):
        ask(services, DAN, ANNA, PEER)
    ask(services, DAN, ANNA, COACH)


def test_not_for_me_reaches_as_far_as_its_reason(services):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    other = services.finding.save_goal(ANNA, "learn Portuguese")

    def may_ask(goal_id, kind):
        try:
            sent = services.asking.send(ANNA, goal_id, kind, "CARA", "May I?")
        except ConflictError as error:
            assert "asked not to see them" in str(error)
            return False
        services.asking.withdraw(ANNA, sent.id)
        return True

    say = services.finding.not_for_me
    told = say(ANNA, goal.id, MENTOR, "CARA", NotForMe.NOT_WHAT_I_MEANT)
    assert [may_ask(goal.id, MENTOR), may_ask(goal.id, COACH), may_ask(other.id, MENTOR)] == [
        False, True, True,
    ]  # fmt: skip
    services.finding.undo_not_for_me(ANNA, told)
    told = say(ANNA, goal.id, MENTOR, "CARA", NotForMe.TOO_SENIOR)
    assert [may_ask(goal.id, MENTOR), may_ask(goal.id, COACH), may_ask(other.id, MENTOR)] == [
        False, True, False,
    ]  # fmt: skip
    services.finding.undo_not_for_me(ANNA, told)
    told = say(ANNA, goal.id, MENTOR, "CARA", NotForMe.ALREADY_KNOW)
    assert [may_ask(goal.id, MENTOR), may_ask(goal.id, COACH), may_ask(other.id, MENTOR)] == [
        False, False, False,
    ]  # fmt: skip
    services.finding.undo_not_for_me(ANNA, told)
    assert may_ask(goal.id, MENTOR)
    ask(services, BEN, CARA)  # what Anna said is Anna's alone


@pytest.mark.parametrize("message", ["", " \n", "x" * 4001])
def test_a_message_is_a_few_sentences(services, message):
    with pytest.raises(InputError, match="the message"):
        ask(services, message=message)


def test_messages_are_kept_as_they_are_written(services):
    text = "Cześć 👋 <b>Cara</b>\n\n'); DROP TABLE requests; -- " + "ß" * 100
    ask(services, message=text)
    (received,) = services.answering.received(CARA)
    assert received.message == text


def test_a_helper_who_left_ends_requests_and_relationships(services, published, clock):
    request, coached = ask(services), ask(services, BEN, CARA, COACH)
    bond = services.answering.accept(CARA, coached.id)
    published.append(published[-1].without("CARA"))
    (sent,) = services.asking.sent(ANNA)
    assert (sent.id, sent.state) == (request.id, State.SENT)
    assert (sent.helper.has_left, sent.helper.display_name) == (True, "")
    (tie,) = services.network.mine(BEN).active
    assert (tie.id, tie.email, tie.other.has_left) == (bond.id, "", True)
    clock.forward(days=30)
    assert [sent.state for sent in services.asking.sent(ANNA)] == [State.EXPIRED]
    (tie,) = services.network.mine(BEN).past
    assert (tie.id, tie.email, tie.other.has_left) == (bond.id, "", True)


def test_somebody_away_for_as_long_as_the_settings_say_ends_requests(
    store_url, published, clock, store
):
    settings = Settings(index=Path("none"), store=store_url, absent_days=3)
    services = open_services(settings, clock=clock, current=lambda: published[-1])
    to_leaver, by_leaver = ask(services), ask(services, CARA, FAY, PEER)
    published.append(published[-1].without("CARA"))
    assert services.workplace.tidy().withdrawn == 0
    clock.forward(days=2)
    assert services.workplace.tidy().withdrawn == 0
    clock.forward(days=1)
    assert services.workplace.tidy() == Tidied(0, 2, 0, 0)
    (sent,) = services.asking.sent(ANNA)
    assert (sent.id, sent.state, sent.wants_next) == (to_leaver.id, State.WITHDRAWN, True)
    assert sent.why is WithdrawnBecause.HELPER_LEFT
    (received,) = services.answering.received(FAY)
    assert (received.id, received.seeker.has_left) == (by_leaver.id, True)
    assert received.state is State.WITHDRAWN
    assert services.workplace.tidy().withdrawn == 0
    services.workplace.store.close()


def test_nobody_accepts_a_request_of_somebody_who_is_away(services, published):
    request = ask(services)
    published.append(published[-1].without("ANNA"))
    (received,) = services.answering.received(CARA)
    assert (received.state, received.seeker.has_left) == (State.SENT, True)
    with pytest.raises(ConflictError, match="answer when they are back"):
        services.answering.accept(CARA, request.id)
    published.append(published[0])
    services.answering.accept(CARA, request.id)


def test_leave_is_not_leaving(services, published):
    request = ask(services)
    published.append(published[-1].changed("CARA", status="leave"))
    assert state_of(services, ANNA, request) is State.SENT


def test_nobody_accepts_a_mentee_who_now_reports_to_them(services, published):
    request = ask(services)
    published.append(published[-1].changed("ANNA", manager_id="CARA"))
    with pytest.raises(ConflictError, match="reporting lines have changed"):
        services.answering.accept(CARA, request.id)
    services.answering.decline(CARA, request.id)


def test_tidying_is_counted(services, clock, published):
    ask(services)
    ask(services, BEN)
    assert services.workplace.tidy().expired == 0
    clock.forward(days=14)
    assert services.workplace.tidy().expired == 2
    assert services.workplace.tidy().expired == 0


def test_deleting_a_goal_ends_its_open_requests_and_forgets_its_text(services, store):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    sent = services.asking.send(ANNA, goal.id, MENTOR, "CARA", "May I?")
    services.finding.not_for_me(ANNA, goal.id, MENTOR, "FAY", NotForMe.NOT_WHAT_I_MEANT)
    services.finding.delete_goal(ANNA, goal.id)
    assert services.finding.goals(ANNA) == []
    (kept,) = services.asking.sent(ANNA)
    assert (kept.id, kept.goal_id, kept.state) == (sent.id, None, State.WITHDRAWN)
    assert kept.why is WithdrawnBecause.GOAL_DELETED
    with store.reading() as connection:
        for table in ("goals", "requests", "audit", "impressions", "feedback"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "lead without orders" not in repr(rows)


def test_the_same_goal_is_not_kept_twice(services):
    first = services.finding.save_goal(ANNA, "learn  to say no ")
    assert services.finding.save_goal(ANNA, "learn to say no") == first
    assert services.finding.save_goal(ANNA, "learn to say no", COACH) != first
    assert len(services.finding.goals(ANNA)) == 2


@pytest.mark.parametrize("text", ["", "   ", "!?", "x" * 10_000])
def test_a_goal_that_cannot_be_answered_is_refused(services, text):
    with pytest.raises(GoalError):
        services.finding.save_goal(ANNA, text)


@pytest.mark.parametrize("kind", list(Relationship))
def test_a_draft_holds_the_goal_and_speaks_to_its_reader(services, kind):
    """The kinds' questions say "you" to the seeker; in a letter to the helper that is wrong."""
    goal = services.finding.save_goal(ANNA, "learn to lead\nwithout orders")
    draft = services.asking.draft(ANNA, goal.id, kind, "CARA")
    assert draft.startswith("Hello Cara,\n\n")
    assert draft.endswith("\n\nAnna")
    assert "“learn to lead without orders”" in draft
    assert f"I would like to {KINDS[kind].first_topic}." in draft
    for other in KINDS.values():
        assert other.question not in draft


# --- who may do what --------------------------------------------------------------------------


def test_nobody_touches_the_request_of_others(services):
    request = ask(services)
    for other in (BEN, ADMIN, ANNA):
        for step in ("accept", "decline", "later"):
            with pytest.raises(NotAllowedError, match="no such request of yours"):
                getattr(services.answering, step)(other, request.id)
    for other in (BEN, ADMIN, CARA):
        with pytest.raises(NotAllowedError, match="no such request of yours"):
            services.asking.withdraw(other, request.id)
    assert state_of(services, ANNA, request) is State.SENT


def test_a_strangers_id_reads_like_no_id(services):
    request = ask(services)
    with pytest.raises(NotAllowedError) as real:
        services.answering.accept(BEN, request.id)
    with pytest.raises(NotAllowedError) as made_up:
        services.answering.accept(BEN, "0" * 32)
    assert str(real.value) == str(made_up.value)


@pytest.mark.parametrize("other", [BEN, CARA, ADMIN])
def test_nobody_reads_or_uses_the_goal_of_others(services, other):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    finding, asking = services.finding, services.asking
    tries = [
        lambda: finding.goal(other, goal.id),
        lambda: finding.delete_goal(other, goal.id),
        lambda: finding.mark_reached(other, goal.id),
        lambda: finding.suggest(other, goal.id),
        lambda: finding.next_suggestion(other, goal.id, MENTOR),
        lambda: finding.why_not(other, goal.id, MENTOR, "CARA"),
        lambda: finding.not_for_me(other, goal.id, MENTOR, "DAN", NotForMe.TOO_JUNIOR),
        lambda: asking.draft(other, goal.id, MENTOR, "DAN"),
        lambda: asking.send(other, goal.id, PEER, "DAN", "May I?"),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowedError, match="no such goal of yours"):
            attempt()
    assert finding.goals(other) == []
    assert finding.goal(ANNA, goal.id) == goal


def test_nobody_takes_back_the_answer_of_others(services):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    said = services.finding.not_for_me(ANNA, goal.id, MENTOR, "CARA", NotForMe.RATHER_NOT)
    for other in (CARA, ADMIN):
        with pytest.raises(NotAllowedError):
            services.finding.undo_not_for_me(other, said)
    with pytest.raises(ConflictError, match="asked not to see them"):
        services.asking.send(ANNA, goal.id, MENTOR, "CARA", "May I?")


def test_people_who_do_not_exist(services):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    with pytest.raises(UnknownPersonError):
        services.asking.send(ANNA, goal.id, MENTOR, "NOBODY", "May I?")
    with pytest.raises(UnknownPersonError):
        services.finding.save_goal(Identity("NOBODY"), "learn to lead without orders")


def offer(services, helper, **changes):
    """Save what a helper offers, with a few changes."""
    now = services.offering.mine(helper)
    values = {
        "open_to": now.open_to,
        "capacity": now.capacity,
        "paused_until": now.paused_until,
        "quotable": now.quotable,
    }
    services.offering.save(helper, **(values | changes))
