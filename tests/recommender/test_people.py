"""Everyone as columns: what absence means, and what is refused."""

import numpy as np
import pytest

from recommender.errors import InputError, UnknownPersonError
from recommender.org import NO_ROW
from recommender.people import NO_CODE, NO_LEVEL, People
from recommender.relationships import Relationship
from tests.recommender.company import ADA, BO, CY, DI, ED, FAY, GUS, small_company
from tests.recommender.organisations import Person, people_of


def test_the_columns_of_the_small_company() -> None:
    people = small_company()
    assert len(people) == 7
    assert people.level.tolist() == [8, 6, 4, 4, 6, 5, NO_LEVEL]
    assert people.manager.tolist() == [NO_ROW, ADA, BO, BO, ADA, ED, NO_ROW]
    assert people.org.line_up(FAY) == [ED, ADA]
    assert people.department.name(CY) == "Engineering"
    assert people.department.codes[GUS] == NO_CODE
    assert people.department.name(GUS) == ""
    assert np.isnat(people.updated_on[FAY])
    assert people.updated_on[BO] == np.datetime64("2024-11-01")


def test_absence_opts_nobody_in() -> None:
    people = small_company(open_to=["", "mentor", "mentor;peer", "", "", "", " coach ; peer "])
    open_to = {kind: np.flatnonzero(people.is_open_to(kind)).tolist() for kind in Relationship}
    assert open_to == {"mentor": [BO, CY], "coach": [GUS], "sponsor": [], "peer": [CY, GUS]}


def test_languages_are_bits_of_the_most_spoken_first() -> None:
    """English is spoken by four, Polish by two, then by name."""
    people = small_company()
    assert people.language_names == ("English", "Polish", "Dutch", "Portuguese")
    assert people.languages.tolist() == [0b101, 0b1, 0b11, 0b1000, 0b1, 0, 0b10]


def test_only_the_64_most_spoken_languages_are_kept() -> None:
    spoken = ";".join(f"L{number:03}" for number in range(70))
    people = small_company(languages=["L069", spoken, "", "", "", "", ""])
    assert len(people.language_names) == 64
    assert people.language_names[:2] == ("L069", "L000")
    assert int(people.languages[1]) == 2**64 - 1


def test_people_are_found_by_id() -> None:
    people = small_company()
    assert people.row("fay") == FAY
    assert people.rows(["gus", "nobody", "ada"]).tolist() == [GUS, ADA]
    assert people.rows([]).tolist() == []
    with pytest.raises(UnknownPersonError, match="no person with the id 'Fay'"):
        people.row("Fay")


def test_a_cell_is_text_and_absence_is_empty() -> None:
    people = small_company()
    assert people.text(DI, "job_title") == "Developer"
    assert people.text(GUS, "job_level") == ""
    assert people.text(GUS, "updated_on") == ""
    assert people.text(CY, "job_level") == "4"


def test_ids_that_stand_twice_are_refused() -> None:
    with pytest.raises(InputError, match="id stands twice"):
        small_company(person_id=["ada", "bo", "cy", "cy", "ed", "fay", "gus"])


def test_a_manager_who_is_nobody_is_refused() -> None:
    """Else Cy would pass for the top of a line, and Ada could mentor her."""
    with pytest.raises(InputError, match="1 people have a manager whose id is nobody's"):
        small_company(manager_id=["", "ada", "gone", "bo", "ada", "ed", ""])


def test_a_cycle_of_managers_is_refused() -> None:
    with pytest.raises(InputError, match="cycle"):
        _ = small_company(manager_id=["fay", "ada", "bo", "bo", "ada", "ed", ""]).org


def test_an_empty_company_has_no_rows() -> None:
    people = people_of([])
    assert isinstance(people, People)
    assert len(people) == 0
    assert len(people.org.enter) == 0


def test_one_person_alone_is_not_placed() -> None:
    assert people_of([Person()]).org.placed.tolist() == [False]
