"""People are known again by more than their numbers: weeks in which the numbers go wrong."""

import json
import stat

import numpy as np
import pandas as pd
import pytest
from small_company import HashEncoder, night, people, write

from index.__main__ import main
from index.disk.index_folder import IndexFolder
from index.night.erasure import forget
from index.night.export_file import Expected
from index.night.identities import FORMER_DAYS, Decisions, first_identities, identify
from index.night.renumbered import read_renumbered
from index.people_file.emails import plain_address
from index.serving import publishing
from index.serving.reader import IndexReader
from recommender.errors import BuildError, IdentityError, InputError

SECRET = bytes(range(32))


def staff(n=24):
    """The small company with e-mails and hire dates."""
    frame = people(n)
    number = np.arange(n)
    return frame.assign(
        email=[f"person{row}@small.example" for row in number],
        hire_date=[f"20{10 + row % 9}-0{1 + row % 8}-11" for row in number],
    )


def renumber(frame, new_ids):
    """Assign everybody another number, managers too."""
    new = dict(zip(frame["person_id"], new_ids, strict=True))
    managers = frame["manager_id"].map(lambda one: new.get(one, ""))
    return frame.assign(person_id=list(new_ids), manager_id=managers)


def newcomer(frame, row):
    """Put somebody else in a row."""
    frame = frame.copy()
    frame.loc[row, ["display_name", "email", "hire_date"]] = (
        "Nina Neu", "nina@small.example", "2026-09-01",
    )  # fmt: skip
    return frame


def keys(folder):
    """Return the keys of who serves, by the numbers of tonight's file."""
    found = serving(folder).identities
    return dict(zip(found.table["person_id"][: found.n_people], found.keys, strict=True))


def serving(folder):
    return IndexReader(folder / "index", encoder=HashEncoder(), by_key=True).current()


def test_people_go_by_their_numbers_as_long_as_these_are_theirs(small):
    night(small, staff())
    changed = staff()
    changed.loc[3, "email"] = "married@small.example"
    changed.loc[4, ["display_name", "hire_date"]] = ("Person Married", "2019-01-01")
    done = night(small, changed)
    assert done.build.identities == {"carried": 0, "renamed": 0, "reissued": 0}
    assert all(key == number for number, key in keys(small).items())


def test_the_reissued_week(small):
    night(small, staff())
    without = staff().drop(index=7).replace({"manager_id": {"P007": "P003"}})
    night(small, without)
    with pytest.raises(IdentityError, match=r"1 person has the person_id of somebody .*P007"):
        night(small, newcomer(staff(), 7))
    assert "P007" not in keys(small)
    done = night(small, decisions=Decisions(reissued=True))
    assert done.build.identities["reissued"] == 1
    given = keys(small)["P007"]
    assert given.startswith("P007~") and given not in staff()["person_id"].tolist()
    night(small)
    assert keys(small)["P007"] == given
    publishing.rollback(IndexFolder(small / "index"), None)
    publishing.rollback(IndexFolder(small / "index"), None)
    night(small, decisions=Decisions(reissued=True))
    assert keys(small)["P007"] == given


def test_a_number_given_again_on_the_same_night(small):
    night(small, staff())
    with pytest.raises(IdentityError, match="--accept-reissued"):
        night(small, newcomer(staff(), 7))
    night(small, decisions=Decisions(reissued=True))
    assert keys(small)["P007"].startswith("P007~")


def test_people_renamed_in_bulk_stay_who_they_are(small):
    night(small, staff())
    renamed = staff()
    renamed["email"] = renamed["email"].str.replace("small", "grown")
    renamed["display_name"] = "The " + renamed["display_name"]
    with pytest.raises(IdentityError, match=r"24 people have the person_id of somebody with.*more"):
        night(small, renamed)
    assert night(small, decisions=Decisions(renamed=True)).build.identities["renamed"] == 24
    assert all(key == number for number, key in keys(small).items())
    night(small)


@pytest.mark.parametrize("week", ["zero-less", "row numbers"])
def test_the_renumbered_weeks(small, week, capsys):
    numbers = [f"{row:04d}" for row in range(24)]
    before = renumber(staff(), numbers)
    # row numbers move by one when somebody at the top is gone, so that each is another's
    after = renumber(staff(), [str(row) for row in range(24)])
    if week == "row numbers":
        before = renumber(staff(), [str(row) for row in range(1, 25)])
        first = before.drop(index=0).replace({"manager_id": {"1": ""}})
        after = renumber(first, [str(row) for row in range(1, 24)])
    night(small, before)
    write(after, small / "people.csv")
    index = small / "index"
    options = [str(small / "people.csv"), "--index", str(index), "--gate", ""]
    assert main(["nightly", *options]) == 6
    said = capsys.readouterr().err
    assert f"{len(after)} people came under another person_id" in said
    assert "Person" not in said and "@" not in said
    assert keys(small) == {number: number for number in before["person_id"]}
    proposals = index / "renumbered.csv"
    assert f"--renumbered {proposals}" in said
    assert stat.S_IMODE(proposals.stat().st_mode) == 0o600
    done = night(small, decisions=Decisions(read_renumbered(proposals)))
    assert done.build.identities["carried"] == len(after)
    changes = done.build.changes
    # of whom the one above was the manager, that alone changed
    assert (changes.added, changes.changed, changes.left) == (0, 0, len(before) - len(after))
    assert changes.moved == (2 if week == "row numbers" else 0)
    was = dict(zip(before["email"], before["person_id"], strict=True))
    want = {row.person_id: was[row.email] for row in after.itertuples()}
    assert keys(small) == want
    # the list left in the command line does no harm
    night(small, decisions=Decisions(read_renumbered(proposals)))
    assert keys(small) == want
    joined = pd.concat([after, newcomer(after.iloc[[5]].reset_index(drop=True), 0)])
    joined.iloc[-1, joined.columns.get_loc("person_id")] = "0007"
    night(small, joined)
    assert keys(small)["0007"].startswith("0007" if week == "row numbers" else "0007~")
    assert list(keys(small).values()).count("0007") == 1


def test_a_list_says_who_is_new_and_who_is_renamed(small):
    night(small, staff())
    after = newcomer(staff(), 7)
    after.loc[9, ["display_name", "email"]] = ("Person Anew", "anew@small.example")
    after.loc[11, "person_id"] = "P111"
    after = after.replace({"manager_id": {"P011": "P111"}})
    with pytest.raises(IdentityError, match=r"P011 is now P111.*besides, 2 people have"):
        night(small, after)
    told = small / "told.csv"
    told.write_text("old_id,new_id\nP009,P009\n,P111\n")
    night(small, decisions=Decisions(read_renumbered(told), reissued=True))
    found = keys(small)
    assert (found["P009"], found["P111"]) == ("P009", "P111")
    assert found["P007"].startswith("P007~")


def test_a_shared_mailbox_is_nobodys_fingerprint(small):
    shared = staff().assign(email="shopfloor@small.example")
    night(small, shared)
    after = newcomer(shared, 7).assign(email="shopfloor@small.example")
    with pytest.raises(IdentityError):
        night(small, after)


def test_an_export_that_only_now_has_hire_dates_and_emails_knows_everybody(small):
    night(small, people())
    night(small, staff().drop(columns="email"))
    night(small, staff())
    assert all(key == number for number, key in keys(small).items())


def test_what_is_kept_of_who_left_says_nothing_and_ends(small):
    night(small, staff())
    night(small, staff().drop(index=23))
    index = IndexFolder(small / "index")
    secret = index.path / "fingerprint.key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    folder = index.snapshots / str(index.current_id())
    for path in folder.iterdir():
        assert b"person23@" not in path.read_bytes() and b"Person 23" not in path.read_bytes()
    found = serving(small).identities
    assert found.has("P023")
    later = pd.Timestamp(found.table["last_seen"].iloc[-1]) + pd.Timedelta(days=FORMER_DAYS + 1)
    frame = serving(small).people.frame
    known = identify(found.table, frame, index.secret(), Decisions(), later.date())
    assert "P023" not in known.table["person_id"].tolist()
    (index.path / "renumbered.csv").write_text("old_id,new_id\nP023,P923\n")
    with index.locked():
        forget(index, "P023")
    assert not (index.path / "renumbered.csv").exists()
    assert not serving(small).identities.has("P023")


def test_a_lost_secret_is_said_and_not_made_anew(small):
    night(small, staff())
    (small / "index" / "fingerprint.key").write_text("short")
    with pytest.raises(BuildError, match=r"fingerprint.key .*put it back"):
        night(small, staff())


def test_fingerprints_need_the_secret():
    frame, day = staff(3), pd.Timestamp("2026-03-01").date()
    frame["hire_date"] = pd.to_datetime(frame["hire_date"])
    one, other = (first_identities(frame, key, day) for key in (SECRET, SECRET[::-1]))
    assert not {*one["email_print"]} & {*other["email_print"]}
    assert one["lineage"].iloc[0] != other["lineage"].iloc[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("old,new\n1,2\n", "must begin with the line old_id,new_id"),
        ("old_id,new_id\n1,\n", "row 2, new_id: the number is missing"),
        ("old_id,new_id\n1,2\n3,2\n", "row 3, new_id: the number stands twice"),
        ("old_id,new_id\nP001,P999\n", "'P999', which is nobody's in the people file"),
        ("old_id,new_id\nP999,P001\n", "old_id 'P999', which was nobody's"),
        ("old_id,new_id\nP002,P001\nP002,P003\n", "old_id 'P002', which stands twice"),
    ],
)
def test_a_list_that_cannot_be_followed_is_refused(small, text, says):
    night(small, staff())
    (small / "told.csv").write_text(text)
    # numbers that fit nobody, so that the list is asked
    frame = staff().assign(display_name="Somebody else", email="")
    with pytest.raises(InputError, match=says):
        night(small, frame, decisions=Decisions(read_renumbered(small / "told.csv")))


def test_an_export_that_changes_while_it_is_read_is_refused(small, monkeypatch):
    from index.night import build

    read = build.read_people

    def read_slowly(path, **options):
        found = read(path, **options)
        write(staff(20), path)
        return found

    monkeypatch.setattr(build, "read_people", read_slowly)
    with pytest.raises(InputError, match="changed while it was read"):
        night(small, staff())
    monkeypatch.undo()
    assert night(small).build.n_people == 20


def test_an_export_may_be_held_to_its_rows_and_checksum(small, capsys):
    path = write(staff(), small / "people.csv")
    with pytest.raises(InputError, match="has 24 people, and 25 were expected"):
        night(small, expected=Expected(rows=25))
    assert main(
        ["build", str(path), "--index", str(small / "index"), "--expect-sha256", "0" * 64, "--json"]
    ) == 1  # fmt: skip
    said = json.loads(capsys.readouterr().out)["message"]
    digest = said.split("SHA-256 ")[1].split(",")[0]
    assert night(small, expected=Expected(24, digest.upper())).build.n_people == 24


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_to_numbers_nobody_gets_the_key_of_another(seed):
    """Weeks in which people leave, come back, marry, move house, and numbers go round."""
    draw = np.random.default_rng(seed)
    humans = [
        {"email": f"e{n}@a.example", "display_name": f"Human {n}", "hire_date": f"2020-01-{1 + n}"}
        for n in range(20)
    ]
    key_of: dict[int, str] = {}
    table, day = None, pd.Timestamp("2026-01-01")
    for week in range(12):
        here = sorted(draw.choice(20, size=int(draw.integers(8, 18)), replace=False).tolist())
        for human in draw.choice(here, size=3, replace=False):
            which = "email" if draw.random() < 0.5 else "display_name"
            humans[human][which] = f"{which}{human}week{week}@a.example"
        numbers = [str(number) for number in draw.permutation(25)[: len(here)]]
        if draw.random() < 0.5:  # a week in which numbers stay, where they are free
            stay = {human: key_of.get(human, "") for human in here}
            free = iter(sorted({str(number) for number in range(50)} - {*stay.values()}))
            numbers = [stay[human] if stay[human].isdigit() else next(free) for human in here]
        frame = pd.DataFrame([humans[human] for human in here]).assign(person_id=numbers)
        today = (day + pd.Timedelta(days=7 * week)).date()
        asked = identify(table, frame, SECRET, Decisions(), today)
        told = Decisions({new: old for old, new in asked.proposals}, reissued=True)
        found = identify(table, frame, SECRET, told, today)
        assert not found.proposals and not found.strangers
        table = found.table
        assert table["person_key"].is_unique
        for human, key in zip(here, table["person_key"], strict=False):
            assert key_of.setdefault(human, key) == key
        assert len(set(key_of.values())) == len(key_of)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna@Small.example", " anna@small.EXAMPLE ", True),
        ("straße@a.example", "strasse@a.example", False),
        ("İnan@a.example", "inan@a.example", False),
        ("\u212aim@a.example", "kim@a.example", False),  # the kelvin sign
        ("ÄNNE@a.example", "änne@a.example", False),
        ("anna@a.example\u200b", "anna@a.example", False),
    ],
)
def test_addresses_are_the_same_by_ascii_letters_only(one, other, same):
    assert (plain_address(one) == plain_address(other)) is same


def test_second_managers_are_compared_by_who_they_are(small):
    seconds = np.where(staff()["person_id"] == "P020", "P004;P005", "")
    before = staff().assign(matrix_manager_id=seconds)
    night(small, before)
    after = renumber(before, [f"Q{row}" for row in range(24)])
    after["matrix_manager_id"] = np.where(after["person_id"] == "Q20", "Q4;Q5", "")
    told = Decisions(dict(zip(after["person_id"], before["person_id"], strict=True)))
    assert night(small, after, decisions=told).build.changes.unchanged == 24
