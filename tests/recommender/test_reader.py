"""A reader's word in the order and in the reasons, worked by hand on the small company."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from recommender.answers import Request
from recommender.live import LiveFacts
from recommender.policy import parse_policy
from recommender.profiles import Field
from recommender.reader import READER, Case, Opinion, Shortlist
from recommender.recommend import recommend, why_not
from recommender.relationships import Relationship
from recommender.strength import Strength
from tests.recommender.company import CY, ED, FAY, Shelf, small_company

PEOPLE = small_company()
SHELF = Shelf(PEOPLE, [ED, FAY, CY], [[1.0, 0.0], [0.6, 0.8], [1.0, 0.0]])
POLICY = parse_policy("[list]\nalike_penalty = 0.0\n", "ours.toml")
REQUEST = Request("cy", "learn to keep the books", Relationship.MENTOR)


@dataclass
class Shelved:
    """Assign each person, by row, the opinion that a test wrote down."""

    opinions: dict[int, Opinion]
    reads: int = 20
    weight: float = 2.0
    name: str = "shelved"
    asked: list[Shortlist] = field(default_factory=list)

    def read(self, shortlist: Shortlist) -> Sequence[Opinion] | None:
        self.asked.append(shortlist)
        rows = shortlist.ranking.rows[: shortlist.n].tolist()
        return [self.opinions[row] for row in rows] if self.opinions else None


def opinion(fit: float, good: float, *cases: Case) -> Opinion:
    return Opinion(fit, np.array([0.0, 1 - good, good, 0.0]), cases)


FAY_FITS = {ED: opinion(0.0, 0.1), FAY: opinion(1.0, 0.9, Case(0, 1, 0.8))}


def test_its_word_is_one_more_signal_of_an_exact_sum_and_makes_the_strength() -> None:
    (plain,) = recommend(SHELF, REQUEST, POLICY).lists
    assert [one.person_id for one in plain.suggestions] == ["ed", "fay"]
    (read,) = recommend(SHELF, REQUEST, POLICY, reader=Shelved(FAY_FITS)).lists
    assert [one.person_id for one in read.suggestions] == ["fay", "ed"]
    fay, before = read.suggestions[0], plain.suggestions[1]
    assert fay.score == pytest.approx(before.score + 2.0 * 1.0)
    assert sum(part.contribution for part in fay.contributions) == pytest.approx(fay.score)
    assert [part.contribution for part in fay.contributions if part.signal == READER] == [2.0]
    assert [one.strength for one in read.suggestions] == [Strength.STRONG, Strength.WEAK]


def test_only_what_makes_the_case_is_quoted_and_nothing_where_nothing_does() -> None:
    (part,) = recommend(SHELF, REQUEST, POLICY, reader=Shelved(FAY_FITS)).lists
    fay, ed = part.suggestions
    assert [(item.passage, item.need, item.speaks) for item in fay.evidence] == [
        ("passage 1", "learn to keep the books", True)
    ]
    assert ed.evidence == ()
    assert "passage" not in ed.first_conversation


def test_what_its_owner_withdrew_is_not_quoted_whatever_the_reader_says() -> None:
    live = LiveFacts(quotable={FAY: frozenset({Field.SKILLS})})
    (part,) = recommend(SHELF, REQUEST, POLICY, live, Shelved(FAY_FITS)).lists
    assert part.suggestions[0].person_id == "fay"
    assert part.suggestions[0].evidence == ()


def test_whoever_is_not_read_stays_behind_those_who_are() -> None:
    reader = Shelved({ED: opinion(0.0, 0.1)}, reads=1)
    (part,) = recommend(SHELF, REQUEST, POLICY, reader=reader).lists
    assert [one.person_id for one in part.suggestions] == ["ed", "fay"]
    assert [shortlist.n for shortlist in reader.asked] == [1]


def test_where_it_cannot_read_the_signals_stand_alone() -> None:
    (alone,) = recommend(SHELF, REQUEST, POLICY).lists
    (failed,) = recommend(SHELF, REQUEST, POLICY, reader=Shelved({})).lists
    assert failed.suggestions == alone.suggestions


def test_why_not_tells_of_the_list_that_was_read() -> None:
    assert why_not(SHELF, REQUEST, "fay", POLICY).rank == 2
    assert why_not(SHELF, REQUEST, "fay", POLICY, reader=Shelved(FAY_FITS)).rank == 1
