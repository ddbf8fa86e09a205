"""Whether the people of tonight's export are the ones of last night, whatever their numbers say."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from index.people_file.emails import plain_address
from index.snapshot.identities import COLUMNS, prints_of
from recommender.errors import InputError

FORMER_DAYS = 400
"""How long the fingerprints of people who are gone are kept, so that nobody takes their place."""
FORMER_PRINTS = 8
"""How many earlier e-mails and names of one human are known again."""
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the administrator says of people who look like others."""

    renumbered: Mapping[str, str] = field(default_factory=dict)
    """New number to the old one of the same human; to "" where the human is new."""
    renamed: bool = False
    """Whoever has a number still is who had it, though e-mail and name changed."""
    reissued: bool = False
    """Whoever has a number of somebody else is another human."""


NOTHING_SAID = Decisions()
"""What an unattended night is told."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Tonight's humans, and what has to be asked before they are believed."""

    table: pd.DataFrame
    """As `index.snapshot.identities.COLUMNS`."""
    carried: int
    """People who came under another number."""
    renamed: int
    """People who are the same on the administrator's word alone."""
    reissued: int
    """People who have a number that was another human's."""
    proposals: Sequence[tuple[str, str]]
    """Old and new number of people who seem to be the same."""
    strangers: Sequence[str]
    """Numbers of which neither e-mail nor name with hire date fit any more."""

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {"carried": self.carried, "renamed": self.renamed, "reissued": self.reissued}


@dataclass(frozen=True, slots=True)
class _Seen:
    """Tonight's people by row: their numbers and fingerprints."""

    ids: list[str]
    email: list[str]
    """Empty where there is none, or where several people share it."""
    name: list[str]
    """Of name and hire date, or of the name alone where no date is given."""
    bare_name: list[str]
    """Of the name alone: what was kept before the export had hire dates."""
    dated: list[bool]

    @classmethod
    def read(cls, people: pd.DataFrame, secret: bytes) -> "_Seen":
        emails = [plain_address(text) for text in _column(people, "email")]
        shared = Counter(emails)
        names = [" ".join(text.split()).casefold() for text in _column(people, "display_name")]
        days = [text[:10] for text in _column(people, "hire_date")]
        return cls(
            ids=_column(people, "person_id"),
            email=[
                _print(secret, "email", text) if text and shared[text] == 1 else ""
                for text in emails
            ],
            name=[
                _print(secret, "name", f"{name}\n{day}") if name else ""
                for name, day in zip(names, days, strict=True)
            ],
            bare_name=[_print(secret, "name", f"{name}\n") if name else "" for name in names],
            dated=[bool(day) for day in days],
        )


class _Matching:
    """Which earlier human each of tonight's people is."""

    def __init__(self, before: pd.DataFrame | None, now: _Seen) -> None:
        self.now = now
        table = pd.DataFrame(columns=list(COLUMNS)) if before is None else before
        self.before = table.reset_index(drop=True)
        self.ids = table["person_id"].astype(str).tolist()
        self.email = table["email_print"].astype(str).tolist()
        self.name = table["name_print"].astype(str).tolist()
        # the present stand before the former, and the newly gone before the long gone
        self.had: dict[str, list[int]] = {}
        for old, number in enumerate(self.ids):
            self.had.setdefault(number, []).append(old)
        self.held = {number: rows[0] for number, rows in self.had.items()}
        self.same: dict[int, int] = {}
        self.taken: set[int] = set()
        self.new: set[int] = set()
        """Rows of which the administrator says that they are new people."""

    def take(self, row: int, old: int) -> None:
        self.same[row] = old
        self.taken.add(old)

    def is_alike(self, row: int, old: int) -> bool:
        """Return whether e-mail, or name with hire date, is the same."""
        names = {self.now.name[row], self.now.bare_name[row]} - {""}
        email = self.now.email[row]
        return (email != "" and email == self.email[old]) or self.name[old] in names

    def fits(self, row: int, old: int) -> bool:
        """Return whether e-mail or name stayed, or nothing can be compared."""
        emails, names = (self.now.email[row], self.email[old]), (self.now.name[row], self.name[old])
        return self.is_alike(row, old) or not (all(emails) or all(names))

    def decide(self, renumbered: Mapping[str, str]) -> int:
        """Apply the administrator's list; what is done already is passed over."""
        rows = {number: row for row, number in enumerate(self.now.ids)}
        for new_id, old_id in renumbered.items():
            row, holder = rows.get(new_id), self.held.get(new_id)
            if row is None:
                raise InputError(
                    f"the list of renumbered people has new_id {new_id!r}, which is nobody's in "
                    "the people file; correct the list"
                )
            if not old_id:
                self.new.add(row)
                continue
            if holder is not None and old_id != new_id and self.fits(row, holder):
                continue
            old = self._meant(row, old_id)
            if old is None or old in self.taken:
                what = "was nobody's" if old is None else "stands twice"
                raise InputError(
                    f"the list of renumbered people has old_id {old_id!r}, which {what}; "
                    "correct the list"
                )
            self.take(row, old)
        return sum(self.now.ids[row] != self.ids[old] for row, old in self.same.items())

    def _meant(self, row: int, old_id: str) -> int | None:
        """Choose among all who had a number: who is like the row, else who had it last."""
        had = self.had.get(old_id, [])
        alike = (old for old in had if self.is_alike(row, old))
        return next(alike, had[0] if had else None)

    def keep(self) -> None:
        """Let everybody stay who has the same number, and e-mail or name too."""
        for row in self._open():
            holder = self.held.get(self.now.ids[row])
            if holder is not None and holder not in self.taken and self.fits(row, holder):
                self.take(row, holder)

    def proposals(self) -> dict[int, int]:
        """Find who came under another number: the e-mail, else name and hire date, only once."""
        found: dict[int, int] = {}
        for theirs, ours in ((self.now.email, self.email), (self._dated_names(), self.name)):
            gone = set(found.values()) | self.taken
            free = [old for old in range(len(self.ids)) if old not in gone]
            rows = [row for row in self._open() if row not in found]
            once, before = Counter(theirs[row] for row in rows), Counter(ours[old] for old in free)
            place = {ours[old]: old for old in free if ours[old] and before[ours[old]] == 1}
            found |= {
                row: place[theirs[row]]
                for row in rows
                if once[theirs[row]] == 1 and theirs[row] in place
            }
        return found

    def strangers(self, proposed: Mapping[int, int]) -> list[int]:
        """Find who has a number of somebody who is nowhere else, and is like them in nothing."""
        elsewhere = {-1, *self.taken, *proposed.values()}
        rows = [row for row in self._open() if row not in proposed]
        return [row for row in rows if self.held.get(self.now.ids[row], -1) not in elsewhere]

    def _open(self) -> list[int]:
        rows = range(len(self.now.ids))
        return [row for row in rows if row not in self.same and row not in self.new]

    def _dated_names(self) -> list[str]:
        return [
            name if dated else "" for name, dated in zip(self.now.name, self.now.dated, strict=True)
        ]


def identify(
    before: pd.DataFrame | None,
    after: pd.DataFrame,
    secret: bytes,
    decisions: Decisions,
    today: date,
) -> Identified:
    """Find out which human each row of an export is.

    Args:
        before: the humans known so far, as `COLUMNS`; None for nobody.
        after: a validated people frame.
        secret: of the index folder.
        decisions: the administrator's.
        today: the day of the night.

    Raises:
        InputError: a decision names a number that is not there, or one twice.
    """
    matching = _Matching(before, _Seen.read(after, secret))
    carried = matching.decide(decisions.renumbered)
    renamed = len(matching.same) - carried
    matching.keep()
    proposed = matching.proposals()
    strangers = matching.strangers(proposed)
    if decisions.renamed:
        for row in strangers:
            matching.take(row, matching.held[matching.now.ids[row]])
        renamed += len(strangers)
    table = _table(matching, secret, today)
    given_again = [
        row for row, number in enumerate(matching.now.ids)
        if row not in matching.same and number in matching.held
    ]  # fmt: skip
    ids = matching.now.ids
    return Identified(
        table=table,
        carried=carried,
        renamed=renamed,
        reissued=len(given_again),
        proposals=[(matching.ids[old], ids[row]) for row, old in proposed.items()],
        strangers=(
            [] if decisions.renamed or decisions.reissued else [ids[row] for row in strangers]
        ),
    )


def first_identities(people: pd.DataFrame, secret: bytes, today: date) -> pd.DataFrame:
    """Return the humans of a snapshot that has none on record: everybody is who has the number."""
    return _table(_Matching(None, _Seen.read(people, secret)), secret, today)


def _table(matching: _Matching, secret: bytes, today: date) -> pd.DataFrame:
    """Assign every human a key: the one they have, else their number, else one made of it."""
    now, before = matching.now, matching.before
    known = before["person_key"].astype(str).tolist()
    former = [prints_of(row) for row in before.itertuples(index=False)]
    given, numbers = set(known), set(now.ids)
    keys, earlier = [], []
    for row in range(len(now.ids)):
        old = matching.same.get(row)
        own = {now.email[row], now.name[row]}
        keys.append(known[old] if old is not None else _new_key(now, row, secret, given, numbers))
        past = sorted(former[old] - own) if old is not None else []
        earlier.append(";".join(past[:FORMER_PRINTS]))
    present = pd.DataFrame(
        {
            "person_key": keys,
            "person_id": now.ids,
            "email_print": now.email,
            "name_print": now.name,
            "former_prints": earlier,
            "last_seen": today.isoformat(),
        }
    )
    oldest = (today - timedelta(days=FORMER_DAYS)).isoformat()
    gone = before[~before.index.isin(matching.taken)]
    gone = gone[gone["last_seen"].astype(str) >= oldest]
    table = pd.concat([present, gone[present.columns]], ignore_index=True).astype(str)
    return table.assign(lineage=_print(secret, "lineage", ""))[list(COLUMNS)]


def _new_key(now: _Seen, row: int, secret: bytes, given: set[str], numbers: set[str]) -> str:
    number = now.ids[row]
    if number not in given:
        return number
    told = _print(secret, "key", "\n".join((number, now.email[row], now.name[row])))
    key = f"{number[: 199 - _DIGITS]}~{told[:_DIGITS]}"
    while key in given or key in numbers:
        key = f"{number[: 199 - _DIGITS]}~{_print(secret, 'key', key)[:_DIGITS]}"
    return key


def _column(people: pd.DataFrame, name: str) -> list[str]:
    """Return a column as text, "" where it is absent."""
    if name not in people:
        return [""] * len(people)
    cells: list[str] = people[name].astype("string").fillna("").astype(str).tolist()
    return cells


def _print(secret: bytes, kind: str, text: str) -> str:
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=16, key=secret, person=kind.encode()
    ).hexdigest()
