"""Forgetting a person leaves no text and no id of theirs outside the audit trail."""

import datetime as dt

from app.services.services import open_services
from app.services.settings import Settings
from app.store.erasure import forget_person
from app.store.records import Met, NotForMe, State
from app.store.schema import metadata
from recommender.relationships import Relationship
from tests.app.small_company import ANNA, BEN, CARA, DAN, SmallSnapshot

MENTOR, COACH, _, PEER = Relationship


def test_nothing_of_a_forgotten_person_is_left(services, clock, store):
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    accepted = services.asking.send(ANNA, goal.id, MENTOR, "CARA", "Dear Cara, I am Anna")
    bond = services.answering.accept(CARA, accepted.id)
    services.network.say_met(ANNA, bond.id, Met.YES)
    services.network.say_met(CARA, bond.id, Met.YES)
    services.asking.send(ANNA, goal.id, COACH, "FAY", "Dear Fay, I am Anna")
    other = services.finding.save_goal(BEN, "learn to say no")
    services.finding.not_for_me(BEN, other.id, PEER, "ANNA", NotForMe.RATHER_NOT)
    services.asking.send(DAN, services.finding.save_goal(DAN, "knit").id, PEER, "ANNA", "Hello")
    services.offering.save(
        ANNA,
        open_to=frozenset({PEER}),
        capacity=1,
        paused_until=clock().date() + dt.timedelta(days=3),
        quotable=frozenset(),
    )
    assert forget_person(store, "ANNA", clock()) > 8
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name != "audit":
                rows = repr(connection.execute(table.select()).all())
                assert "ANNA" not in rows and "Anna" not in rows and "without orders" not in rows
    (tie,) = services.network.mine(CARA).past
    assert tie.other.has_left
    (sent,) = services.asking.sent(DAN)
    assert (sent.state, sent.helper.has_left) == (State.WITHDRAWN, True)
    assert [kept.text for kept in services.finding.goals(BEN)] == ["learn to say no"]


def test_a_deleted_goal_leaves_the_file(tmp_path, migrated_file, clock):
    path = tmp_path / "store.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    services = open_services(
        Settings(index=tmp_path, store=f"sqlite:///{path}"), clock=clock, current=SmallSnapshot
    )
    goal = services.finding.save_goal(ANNA, "learn to lead without orders")
    services.finding.save_goal(ANNA, "learn to say no")
    services.finding.delete_goal(ANNA, goal.id)
    services.workplace.store.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"learn to say no" in left
    assert b"without orders" not in left


def test_a_stranger_is_forgotten_without_a_trace(services, clock, store, audit_trail):
    services.finding.save_goal(BEN, "learn to say no")
    assert forget_person(store, "NOBODY", clock()) == 0
    assert len(services.finding.goals(BEN)) == 1
    assert "NOBODY" not in repr(audit_trail())
