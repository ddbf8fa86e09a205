"""Looking people up: case, marks, quotes and the order of words must not matter."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.names import Names, fold, names_of
from recommender.people import People
from tests.app.small_company import people_frame, typed

NAMES = (
    "Gülmisal Çetin",
    "Siobhán O’Neill",
    "Jacob den Teuling",
    "Łukasz Żółć-Ørsted",
    "Çiğdem Işık",
)

NAMED = st.text(
    st.characters(categories=["Ll", "Lu"], max_codepoint=0x17F), min_size=2, max_size=9
)  # the letters of Europe


def among(*names: str) -> Names:
    return Names(
        tuple(map(fold, names)),
        tuple(f"h{number}" for number in range(len(names))),
        tuple(
            "engineer rotterdam" if number % 2 else "planner gent" for number in range(len(names))
        ),
    )


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("cetin", "Gülmisal Çetin"),
        ("O'Neill", "Siobhán O’Neill"),
        ("oneill siobhan", "Siobhán O’Neill"),
        ("O Neill", "Siobhán O’Neill"),
        (unicodedata.normalize("NFD", "Çetin"), "Gülmisal Çetin"),
        ("Çetin, Gülmisal", "Gülmisal Çetin"),
        ("zolc orsted", "Łukasz Żółć-Ørsted"),
        ("LUKASZ", "Łukasz Żółć-Ørsted"),
        ("isik", "Çiğdem Işık"),
        ("IŞIK", "Çiğdem Işık"),
        ("teuling den", "Jacob den Teuling"),
        ("h2", "Jacob den Teuling"),
    ],
)
def test_people_are_found_as_they_are_typed(asked: str, name: str) -> None:
    assert [NAMES[row] for row in among(*NAMES).search(asked, 8)] == [name]


def test_titles_and_places_are_looked_at_where_no_name_fits() -> None:
    names = among("Ann Gent", "Ben Baker")
    assert names.search("gent", 8) == [0], "a name goes before a place"
    assert names.search("rotterdam engineer", 8) == [1]
    assert names.search("baker rotterdam", 8) == [1]
    assert names.search("nobody", 8) == names.search("", 8) == names.search("-", 8) == []


def test_whole_words_go_before_pieces() -> None:
    names = among("Joanna Annan", "Zoe Ann", "Anne Zett")
    assert names.search("ann", 8) == [1, 2, 0]
    assert names.search("ann", 1) == [1]


@given(parts=st.lists(NAMED, min_size=1, max_size=4), data=st.data())
def test_any_order_case_and_marks_find_the_same(parts: list[str], data: st.DataObject) -> None:
    """A name is found by all of its words, shuffled, in any case, composed or not, bare or not."""
    names = among("Somebody Else", " ".join(parts), "Another One")
    shuffled = data.draw(st.permutations(parts))
    look = data.draw(st.sampled_from([str, str.upper, str.lower, str.casefold, fold]))
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
    between = data.draw(st.sampled_from([" ", ", ", "  ", "-"]))
    asked = unicodedata.normalize(form, between.join(map(look, shuffled)))
    if len(fold(asked).replace(" ", "")) < 2:
        return
    assert 1 in names.search(asked, 8)


@given(st.text())
def test_folding_is_settled_at_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered(text: str) -> None:
    found = among(*NAMES).search(text, 3)
    assert len(found) <= 3
    assert len(set(found)) == len(found)


def test_names_stand_in_a_goal_only_whole() -> None:
    names = among(*NAMES, "Will Baker")
    assert names.named_in("I want to learn from Gulmisal CETIN, how she plans.") == [0]
    assert names.named_in("ask siobhan o'neill or den Jacob den Teuling") == [1, 2]
    assert names.named_in("Jacob, or somebody who will bake") == []
    assert names.named_in("") == []


def test_a_snapshot_is_folded_once() -> None:
    people = People.from_frame(typed(people_frame()), np.datetime64("2026-11-01", "D"))
    assert names_of(people) is names_of(people)
    assert names_of(people).search("anna", 8) == [people.row("ANNA")]
