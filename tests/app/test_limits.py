"""What hostile seekers can do: at most what everybody may, and everybody else goes on."""

import threading
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from app.services.identity import Identity
from app.services.services import open_services
from app.services.settings import Settings
from app.store.impressions import exposure_before
from app.store.records import State
from recommender.errors import ConflictError, LimitError
from recommender.relationships import Relationship
from tests.app.small_company import ANNA, BEN, SmallSnapshot, as_people, people_frame, typed

MENTOR, COACH, _, PEER = Relationship


def crowd(n: int = 40) -> SmallSnapshot:
    """A company of many who may all be each other's peers."""
    frame = people_frame()
    pattern = frame[frame["person_id"] == "DAN"]
    rows = pattern.loc[pattern.index.repeat(n)].copy()
    rows["person_id"] = [f"P{number:02}" for number in range(n)]
    rows["email"] = [f"p{number}@small.example" for number in range(n)]
    joined = typed(pd.concat([frame, rows], ignore_index=True))
    return SmallSnapshot(people=as_people(joined))


@pytest.fixture
def company() -> SmallSnapshot:
    return crowd()


def ask_everybody(services, seeker, goal_id, *, take_back=True):
    for number in range(40):
        try:
            services.asking.send(seeker, goal_id, PEER, f"P{number:02}", "Hello")
        except LimitError:
            for one in services.asking.sent(seeker)[: 5 * take_back]:
                if one.state is State.SENT:
                    services.asking.withdraw(seeker, one.id)
        except ConflictError:
            continue


def test_three_hostile_seekers_leave_the_service_open_for_everybody(services, clock):
    """They ask whomever they can, take back and ask on, for three days."""
    attackers = [ANNA, BEN, Identity("EVE")]
    goals = {one.person_id: services.finding.save_goal(one, "learn to knit") for one in attackers}
    for _ in range(3):
        for attacker in attackers:
            ask_everybody(services, attacker, goals[attacker.person_id].id)
        clock.forward(days=1)
    sent = [one for attacker in attackers for one in services.asking.sent(attacker)]
    limits = services.workplace.settings
    assert sum(one.state is State.SENT for one in sent) <= 3 * limits.open_requests_per_seeker
    assert len(sent) <= 3 * 3 * limits.requests_per_day
    goal = services.finding.save_goal(Identity("DAN"), "learn to purl")
    ask_everybody(services, Identity("DAN"), goal.id, take_back=False)
    assert len(services.asking.sent(Identity("DAN"))) == limits.open_requests_per_seeker


def test_the_limits_are_said_in_one_sentence_and_end(services, clock):
    limits = services.workplace.settings
    goal = services.finding.save_goal(ANNA, "learn to knit")
    for number in range(limits.open_requests_per_seeker):
        services.asking.send(ANNA, goal.id, PEER, f"P{number:02}", "Hello")
    with pytest.raises(LimitError, match="10 requests of yours are open, as many as anybody may"):
        services.asking.send(ANNA, goal.id, PEER, "P39", "Hello")
    services.asking.withdraw(ANNA, services.asking.sent(ANNA)[0].id)
    last = services.asking.send(ANNA, goal.id, PEER, "P39", "Hello")
    services.asking.withdraw(ANNA, last.id)
    clock.forward(days=14)  # what nobody answers is open no more
    services.asking.send(ANNA, goal.id, PEER, "P39", "Hello")


def test_taking_back_and_asking_again_ends_after_a_days_worth(services, clock):
    goal = services.finding.save_goal(ANNA, "learn to knit")
    for number in range(services.workplace.settings.requests_per_day):
        sent = services.asking.send(ANNA, goal.id, PEER, f"P{number:02}", "Hello")
        services.asking.withdraw(ANNA, sent.id)
    with pytest.raises(LimitError, match="you sent 20 requests within a day"):
        services.asking.send(ANNA, goal.id, PEER, "P39", "Hello")
    clock.forward(days=1, seconds=1)
    services.asking.send(ANNA, goal.id, PEER, "P39", "Hello")


def test_goals_are_limited_by_the_minute_even_if_deleted_and_in_all(services, clock):
    for number in range(10):
        kept = services.finding.save_goal(ANNA, f"learn to knit {number}")
        services.finding.delete_goal(ANNA, kept.id)
    with pytest.raises(LimitError, match="you wrote 10 goals within a minute"):
        services.finding.save_goal(ANNA, "learn to purl")
    assert services.finding.save_goal(BEN, "learn to purl")
    clock.forward(minutes=1)
    for number in range(50):
        clock.forward(seconds=30)
        services.finding.save_goal(ANNA, f"learn to weave {number}")
    clock.forward(minutes=5)
    with pytest.raises(LimitError, match="you keep 50 goals"):
        services.finding.save_goal(ANNA, "learn to purl")
    assert services.finding.save_goal(ANNA, "learn to weave 7").text == "learn to weave 7"


def test_limits_hold_when_everything_comes_at_once(services, clock):
    goal = services.finding.save_goal(ANNA, "learn to knit")
    start, failed = threading.Barrier(16), []

    def session(number: int) -> None:
        start.wait()
        for what in (
            lambda: services.asking.send(ANNA, goal.id, PEER, f"P{number:02}", "Hello"),
            lambda: services.finding.save_goal(ANNA, f"learn to weave {number}"),
        ):
            try:
                what()
            except LimitError:
                continue
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=session, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert len(services.asking.sent(ANNA)) == 10
    assert len(services.finding.goals(ANNA)) == 10


def test_limits_are_settings(store_url, clock):
    settings = Settings(index=Path("none"), store=store_url, goals_per_seeker=2)
    services = open_services(settings, clock=clock, current=crowd)
    services.finding.save_goal(ANNA, "learn to knit")
    services.finding.save_goal(ANNA, "learn to purl")
    with pytest.raises(LimitError, match="you keep 2 goals"):
        services.finding.save_goal(ANNA, "learn to weave")
    services.workplace.store.close()


def test_ten_goals_of_one_person_sink_nobody(store, clock):
    from app.services.impression_log import ImpressionLog, Shown

    log = ImpressionLog(store)
    for _ in range(10):
        log.add(Shown(clock().date(), "ANNA", {"CARA": 1}))
    with store.reading() as connection:
        tomorrow = clock().date() + timedelta(days=1)
        assert exposure_before(connection, tomorrow) == [("CARA", 1.0)]
