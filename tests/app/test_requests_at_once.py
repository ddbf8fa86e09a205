"""Two people at the same moment, on both databases: the limits hold and nothing is doubled."""

import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from app.services.identity import Identity
from app.store.records import State
from app.store.schema import relationships, requests
from recommender.errors import ConflictError
from recommender.relationships import Relationship
from tests.app.small_company import ANNA, BEN, CARA, DAN, EVE

COACH = Relationship.COACH
SEEKERS = (ANNA, BEN, DAN, EVE)


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """Make the calls at the same moment; gives each one's answer, or the conflict it met."""
    start = threading.Barrier(len(calls))
    answers: list[object] = [None] * len(calls)

    def run(number: int) -> None:
        start.wait()
        try:
            answers[number] = calls[number]()
        except ConflictError as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return answers


def conflicts(answers: Sequence[object]) -> list[object]:
    return [answer for answer in answers if isinstance(answer, ConflictError)]


def ask(services, seeker: Identity, helper: str = "CARA"):
    goal = services.finding.save_goal(seeker, "learn to lead without orders")
    return services.asking.send(seeker, goal.id, COACH, helper, "May I?")


def count(services, table, *where) -> int:
    with services.workplace.store.reading() as connection:
        return len(connection.execute(select(table).where(*where)).all())


@pytest.mark.parametrize("round_number", range(5))
def test_two_acceptances_at_the_same_moment_never_exceed_the_capacity(
    services, published, round_number
):
    published.append(published[-1].changed("CARA", capacity=1))
    sent = [ask(services, seeker) for seeker in SEEKERS[:3]]
    answers = at_once([lambda one=one: services.answering.accept(CARA, one.id) for one in sent])
    assert len(conflicts(answers)) == 2
    assert all("room for 1 at a time" in str(error) for error in conflicts(answers))
    assert count(services, relationships, relationships.c.state == "active") == 1
    assert count(services, requests, requests.c.state == State.ACCEPTED) == 1
    assert count(services, requests, requests.c.state == State.SENT) == 2


def test_the_same_request_is_accepted_once(services):
    sent = ask(services, ANNA)
    answers = at_once([lambda: services.answering.accept(CARA, sent.id)] * 4)
    assert len(conflicts(answers)) == 3
    assert count(services, relationships) == 1


def test_a_request_is_accepted_or_withdrawn_but_not_both(services):
    sent = ask(services, ANNA)
    answers = at_once(
        [
            lambda: services.answering.accept(CARA, sent.id),
            lambda: services.asking.withdraw(ANNA, sent.id),
            lambda: services.answering.decline(CARA, sent.id),
        ]
    )
    assert len(conflicts(answers)) == 2
    accepted = count(services, requests, requests.c.state == State.ACCEPTED)
    assert count(services, relationships) == accepted


def test_no_more_than_three_open_requests_reach_a_helper(services):
    goals = [
        (seeker, services.finding.save_goal(seeker, "learn to lead without orders"))
        for seeker in (*SEEKERS, Identity("FAY"))
    ]
    answers = at_once(
        [
            lambda seeker=seeker, goal=goal: services.asking.send(
                seeker, goal.id, COACH, "CARA", "May I?"
            )
            for seeker, goal in goals
        ]
    )
    assert len(conflicts(answers)) == 2
    assert count(services, requests, requests.c.state == State.SENT) == 3


def test_a_double_click_sends_one_request(services):
    answers = at_once([lambda: ask(services, ANNA)] * 4)
    assert len(conflicts(answers)) == 3
    assert count(services, requests) == 1


def test_everybody_tidies_at_once(services, clock):
    for seeker in SEEKERS[:3]:
        ask(services, seeker)
    clock.forward(days=15)
    answers = at_once([services.workplace.tidy] * 4)
    assert sum(tidied.expired for tidied in answers) == 3
    assert count(services, requests, requests.c.state == State.EXPIRED) == 3
