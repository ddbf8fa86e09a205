"""Whose the records are when numbers go wrong: through nights, a snapshot and the services."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from app.services.identity import Identity, identity_from_claims
from app.services.services import Services, open_services
from app.services.settings import Settings
from app.store.erasure import forget_person
from app.store.identities import adopt, bind
from app.store.records import NotForMe, State, WithdrawnBecause
from app.store.schema import identities, metadata
from index.disk.index_folder import IndexFolder
from index.night.identities import Decisions
from index.night.nightly import run_night
from index.night.renumbered import read_renumbered
from index.serving import publishing
from index.serving.reader import IndexReader
from index.snapshot.identities import Fingerprint
from recommender.errors import ConflictError, IdentityError, NotAllowedError, StoreError
from recommender.profiles import Field
from recommender.relationships import Relationship
from tests.app.small_company import people_frame
from tests.index.small_company import SETTINGS, HashEncoder

MENTOR, COACH, SPONSOR, PEER = Relationship


class House:
    """An index with its nights, and the services on it."""

    def __init__(self, folder: Path, store_url: str, clock) -> None:
        self.folder, self.store_url, self.clock = folder, store_url, clock
        self.services: Services | None = None

    @property
    def index(self) -> Path:
        return self.folder / "index"

    def night(self, frame: pd.DataFrame, *, same: Callable = lambda frame: frame, **options):
        """Publish an export; `same` writes it in other numbers."""
        same(frame).to_csv(self.folder / "people.csv", index=False)
        run_night(
            self.folder / "people.csv", self.index, settings=SETTINGS, encoder=HashEncoder(),
            gate="", **options,
        )  # fmt: skip

    def open(self) -> Services:
        """Start the service, as after a restart."""
        if self.services is not None:
            self.services.workplace.store.close()
        settings = Settings(
            index=self.index, store=self.store_url, sign_in="oidc", admins=("ANNA",)
        )
        reader = IndexReader(self.index, encoder=HashEncoder(), by_key=True)
        self.services = open_services(settings, clock=self.clock, current=reader.current)
        return self.services

    def sign_in(self, name: str) -> Identity:
        """Sign in with an address, as the provider would say it."""
        claims = {"email": f"{name.lower()}@small.example", "email_verified": True}
        workplace = self.services.workplace
        return identity_from_claims(claims, workplace.current().people, workplace.settings)


@pytest.fixture
def house(tmp_path, store_url, clock, monkeypatch, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp() / "cache-of-hashes"
    monkeypatch.setenv("LEARNING_RELATIONSHIPS_CACHE", str(cache))
    made = House(tmp_path, store_url, clock)
    yield made
    if made.services is not None:
        made.services.workplace.store.close()


def company(*, more: int = 0) -> pd.DataFrame:
    """The small company as an export, with hire dates and some more people under LEAD."""
    frame = people_frame()
    others = pd.concat([frame[frame["person_id"] == "DAN"]] * more) if more else frame[:0]
    numbers = [f"X{number:02d}" for number in range(more)]
    others = others.assign(
        person_id=numbers,
        display_name=numbers,
        job_title=[f"Title of {number}" for number in numbers],
        email=[f"{number.lower()}@small.example" for number in numbers],
    )
    return pd.concat([frame, others], ignore_index=True).assign(hire_date="2020-01-02")


def without(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame[~frame["person_id"].isin(names)]


def somebody_else(frame: pd.DataFrame, person_id: str) -> pd.DataFrame:
    """Assign a number to Nina, who is new."""
    frame = frame.copy()
    new = frame["person_id"] == person_id
    frame.loc[new, ["display_name", "email", "hire_date"]] = (
        "Nina", "nina@small.example", "2026-02-01",
    )  # fmt: skip
    return frame


def write_everything(house: House) -> None:
    """Let ANNA say, ask and offer, CARA accept one thing of hers, and FAY ask her."""
    services = house.services
    anna, cara, fay = map(house.sign_in, ("ANNA", "CARA", "FAY"))
    goal = services.finding.save_goal(anna, "leave for the competitor")
    services.finding.not_for_me(anna, goal.id, PEER, house.sign_in("EVE").person_id, _NO)
    services.offering.save(
        anna,
        open_to=frozenset({PEER}),
        capacity=7,
        paused_until=None,
        quotable=frozenset({Field.ABOUT}),
    )
    first = services.asking.send(anna, goal.id, MENTOR, cara.person_id, "Anna asks Cara")
    services.answering.accept(cara, first.id)
    services.asking.send(anna, goal.id, COACH, fay.person_id, "Anna asks Fay")
    other = services.finding.save_goal(fay, "learn to say no")
    services.asking.send(fay, other.id, PEER, anna.person_id, "Fay asks Anna")


_NO = NotForMe.RATHER_NOT


def what_is_theirs(house: House, name: str) -> tuple:
    """Collect all that the services show a person of their own."""
    services, me = house.services, house.sign_in(name)
    offer, network = services.offering.mine(me), services.network.mine(me)
    return (
        [goal.text for goal in services.finding.goals(me)],
        [(one.message, one.state) for one in services.asking.sent(me)],
        [(one.message, one.state) for one in services.answering.received(me)],
        (offer.capacity, offer.active, offer.is_own_word),
        [tie.relationship for tie in network.active],
        [tie.relationship for tie in network.past],
    )


ANNAS = (
    ["leave for the competitor"],
    [("Anna asks Fay", State.SENT), ("Anna asks Cara", State.ACCEPTED)],
    [("Fay asks Anna", State.SENT)],
    (7, 0, True),
    [MENTOR],
    [],
)
NOTHING = ([], [], [], (2, 0, False), [], [])


def texts_in_store(house: House) -> str:
    with house.services.workplace.store.reading() as connection:
        return "".join(
            repr(connection.execute(table.select()).all()) for table in metadata.sorted_tables
        )


def theirs(house: House, name: str) -> tuple:
    """Return what is theirs, the requests in one order whatever the ids."""
    found = what_is_theirs(house, name)
    return (found[0], sorted(found[1], reverse=True), *found[2:])


def test_the_reissued_week(house, clock):
    house.night(company())
    house.open()
    write_everything(house)
    assert theirs(house, "ANNA") == ANNAS
    assert house.sign_in("ANNA").is_admin
    house.night(without(company(), "ANNA"))
    with pytest.raises(NotAllowedError, match="nobody"):
        house.sign_in("ANNA")
    clock.forward(days=1)
    given_again = somebody_else(company(), "ANNA")
    with pytest.raises(IdentityError):
        house.night(given_again)
    house.night(given_again, decisions=Decisions(reissued=True))
    nina = house.sign_in("NINA")
    assert not nina.is_admin
    assert what_is_theirs(house, "NINA") == NOTHING
    (goal,) = house.services.finding.goals(house.sign_in("FAY"))
    (asked,) = house.services.asking.sent(house.sign_in("FAY"))
    assert (asked.state, asked.why) == (State.WITHDRAWN, WithdrawnBecause.HELPER_LEFT)
    assert (asked.helper.has_left, asked.helper.display_name) == (True, "")
    (received,) = house.services.answering.received(house.sign_in("FAY"))
    assert (received.state, received.seeker.display_name) == (State.WITHDRAWN, "")
    # what the two of them begin now is theirs
    house.services.finding.save_goal(nina, "find my way")
    sent = house.services.asking.send(
        house.sign_in("FAY"), goal.id, PEER, nina.person_id, "Fay asks Nina"
    )
    house.services.answering.accept(nina, sent.id)
    (tie,) = house.services.network.mine(house.sign_in("FAY")).active
    assert tie.other.display_name == "Nina"
    house.open()
    clock.forward(days=88)
    house.services.workplace.tidy()
    assert "competitor" in texts_in_store(house)
    clock.forward(days=2)
    assert house.services.workplace.tidy().erased == 1
    left = texts_in_store(house)
    assert "competitor" not in left and "Anna asks" not in left
    assert [goal.text for goal in house.services.finding.goals(house.sign_in("NINA"))]


def test_a_helper_whose_number_is_given_again_passes_nothing_on(house):
    house.night(company())
    house.open()
    write_everything(house)
    house.night(somebody_else(company(), "CARA"), decisions=Decisions(reissued=True))
    assert what_is_theirs(house, "NINA") == NOTHING
    # whoever is told apart may be forgotten apart
    store = house.services.workplace.store
    with pytest.raises(
        ConflictError, match=r"2 people have had the person_id 'CARA'.*CARA~"
    ) as error:
        house.services.finding.save_goal(house.sign_in("NINA"), "find my way")
        forget_person(store, "CARA", house.clock())
    assert "--key" in str(error.value)
    forget_person(store, "CARA", house.clock(), is_key=True)
    assert house.services.finding.goals(house.sign_in("NINA"))


@pytest.mark.parametrize("week", ["row numbers", "zero-less"])
def test_the_renumbered_weeks(house, week):
    names = company()["person_id"].tolist()

    def numbered(frame: pd.DataFrame, form: Callable[[str], str]) -> pd.DataFrame:
        numbers = {name: form(name) for name in frame["person_id"]} | {"": ""}
        managers = frame["manager_id"].map(lambda name: numbers.get(name, ""))
        return frame.assign(person_id=frame["person_id"].map(numbers), manager_id=managers)

    before = numbered(company(), lambda name: f"{names.index(name) + 1:04d}")
    after = numbered(company(), lambda name: str(names.index(name) + 1))
    if week == "row numbers":  # the second row is gone, and all others move up
        before, names = after, [name for name in names if name != "HEAD"]
        after = numbered(without(company(), "HEAD"), lambda name: str(names.index(name) + 1))
    house.night(before)
    house.open()
    write_everything(house)
    with pytest.raises(IdentityError):
        house.night(after, accept_drop=True)
    assert theirs(house, "ANNA") == ANNAS
    told = Decisions(read_renumbered(house.index / "renumbered.csv"))
    house.night(after, decisions=told)
    assert theirs(house, "ANNA") == ANNAS
    for name in ("BEN", "DAN", "HAL", "LEAD"):
        assert what_is_theirs(house, name) == NOTHING
    # EVE still is whom ANNA does not want to see
    anna, eve = house.sign_in("ANNA"), house.sign_in("EVE")
    (goal,) = house.services.finding.goals(anna)
    shown = house.services.finding.suggest(anna, goal.id, PEER)
    assert eve.person_id not in {one.person_id for one in shown.lists[0].suggestions}
    house.clock.forward(days=200)
    house.services.workplace.tidy()
    assert [goal.text for goal in house.services.finding.goals(anna)]


def test_ten_of_61_absent_for_a_night_and_back(house, clock):
    everybody = company(more=50)
    assert len(everybody) == 61
    house.night(everybody)
    house.open()
    write_everything(house)
    before = {name: theirs(house, name) for name in ("ANNA", "CARA", "FAY")}
    away = ("ANNA", *(f"X{number:02d}" for number in range(9)))
    house.night(without(everybody, *away))
    cara = house.sign_in("CARA")
    house.services.workplace.tidy()
    house.services.asking.sent(cara)
    (tie,) = house.services.network.mine(cara).active
    assert (tie.other.has_left, tie.email) == (True, "")
    goal = house.services.finding.save_goal(cara, "know the port")
    shown = house.services.finding.suggest(cara, goal.id)
    assert "ANNA" not in {one.person_id for part in shown.lists for one in part.suggestions}
    house.services.finding.delete_goal(cara, goal.id)
    clock.forward(days=1)
    house.night(everybody)
    assert {name: theirs(house, name) for name in before} == before
    # the days of an earlier absence do not count for a later one
    house.night(without(everybody, *away))
    clock.forward(days=29)
    house.services.workplace.tidy()
    house.night(everybody)
    house.services.workplace.tidy()
    house.night(without(everybody, *away))
    clock.forward(days=29)
    assert house.services.workplace.tidy().relationships_ended == 0
    clock.forward(days=1, hours=1)
    house.services.workplace.tidy()
    clock.forward(days=30)
    assert house.services.workplace.tidy().relationships_ended == 1


def test_a_roll_back_ends_nothing_of_who_was_hired_since(house, clock):
    house.night(without(company(), "ANNA"))
    house.night(company())
    house.open()
    write_everything(house)
    publishing.rollback(IndexFolder(house.index), None)
    with pytest.raises(NotAllowedError):
        house.sign_in("ANNA")
    (tie,) = house.services.network.mine(house.sign_in("CARA")).active
    assert tie.other.has_left
    clock.forward(days=13)
    house.services.workplace.tidy()
    clock.forward(days=200)
    tidied = house.services.workplace.tidy()
    assert (tidied.withdrawn, tidied.relationships_ended, tidied.erased) == (0, 0, 0)
    house.night(company())
    assert what_is_theirs(house, "ANNA")[0] == ["leave for the competitor"]
    assert what_is_theirs(house, "ANNA")[4] == [MENTOR]


def test_a_roll_back_to_before_a_departure_begins_the_days_anew(house, clock):
    house.night(company())
    house.open()
    write_everything(house)
    house.night(without(company(), "ANNA"))
    house.services.workplace.tidy()
    publishing.rollback(IndexFolder(house.index), None)
    house.services.workplace.tidy()
    clock.forward(days=40)
    house.night(without(company(), "ANNA"))
    assert house.services.workplace.tidy().relationships_ended == 0
    clock.forward(days=30)
    assert house.services.workplace.tidy().relationships_ended == 1


def test_a_roll_back_gives_the_old_owner_back_and_nothing_to_the_new_one(house):
    house.night(company())
    house.open()
    write_everything(house)
    given_again = somebody_else(company(), "ANNA")
    house.night(given_again, decisions=Decisions(reissued=True))
    house.services.finding.save_goal(house.sign_in("NINA"), "find my way")
    publishing.rollback(IndexFolder(house.index), None)
    assert what_is_theirs(house, "ANNA")[0] == ["leave for the competitor"]
    house.services.workplace.tidy()
    house.night(given_again, decisions=Decisions(reissued=True))
    assert what_is_theirs(house, "NINA")[0] == ["find my way"]


def test_an_index_that_forgot_who_is_who_gives_nobody_anothers_records(house):
    house.night(company())
    house.open()
    write_everything(house)
    key = (house.index / "fingerprint.key").read_bytes()
    shutil.rmtree(house.index)
    house.index.mkdir()
    (house.index / "fingerprint.key").write_bytes(key)
    house.night(somebody_else(company(), "ANNA"))
    house.open()
    assert house.sign_in("NINA").person_id == "ANNA"
    assert what_is_theirs(house, "NINA") == NOTHING
    assert [goal.text for goal in house.services.finding.goals(house.sign_in("FAY"))]
    assert "competitor" in texts_in_store(house)


def test_another_index_is_refused_until_somebody_says_that_the_people_are_the_same(house):
    house.night(company())
    house.open()
    write_everything(house)
    shutil.rmtree(house.index)
    house.night(company())
    with pytest.raises(StoreError, match="python -m app adopt"):
        house.open()
    snapshot = IndexReader(house.index, by_key=True, encoder=HashEncoder()).current()
    store = house.services.workplace.store
    assert adopt(store, snapshot.identities, snapshot.snapshot_id, house.clock()) == 4
    house.open()
    assert theirs(house, "ANNA") == ANNAS


def test_every_record_is_bound_to_whoever_wrote_it(house):
    house.night(company())
    house.open()
    write_everything(house)
    house.services.offering.save(
        house.sign_in("DAN"),
        open_to=frozenset(),
        capacity=0,
        paused_until=None,
        quotable=frozenset(),
    )
    with house.services.workplace.store.reading() as connection:
        bound = {row.person_key: row for row in connection.execute(identities.select())}
    assert set(bound) == {"ANNA", "CARA", "FAY", "EVE", "DAN"}
    assert all(row.prints and row.lineage and row.seen_in for row in bound.values())
    assert "@" not in repr(bound) and "Anna" not in repr(bound)


def test_nothing_is_written_under_a_key_that_is_somebody_elses(house, store):
    one = Fingerprint("ANNA", "ANNA", frozenset({"a" * 32, "b" * 32}))
    married = Fingerprint("ANNA", "ANNA", frozenset({"b" * 32, "c" * 32}))
    another = Fingerprint("ANNA", "ANNA", frozenset({"d" * 32}))
    with store.writing() as connection:
        bind(connection, [one], "key", "first")
        bind(connection, [married], "key", "second")
    for fingerprint, lineage in ((another, "key"), (one, "another key")):
        with pytest.raises(ConflictError, match="reload"), store.writing() as connection:
            bind(connection, [fingerprint], lineage, "second")


def test_a_store_of_before_is_bound_by_the_first_tidying(house):
    house.night(company())
    house.open()
    write_everything(house)
    with house.services.workplace.store.writing() as connection:
        connection.execute(identities.delete())
    house.open()
    house.services.workplace.tidy()
    with house.services.workplace.store.reading() as connection:
        bound = connection.execute(identities.select()).all()
    assert {row.person_key for row in bound} == {"ANNA", "CARA", "FAY", "EVE"}
    assert all(row.prints for row in bound)
    assert theirs(house, "ANNA") == ANNAS
