"""A profile as passages: nothing is lost, and nothing private gets in."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.people import PEOPLE_COLUMNS
from recommender.profiles import (
    EMBEDDED_COLUMNS,
    MAX_PASSAGE_CHARACTERS,
    NEVER_EMBEDDED,
    Field,
    passages_frame,
    passages_of,
)

EMPTY = dict.fromkeys(EMBEDDED_COLUMNS, "")

texts = st.text(st.characters(exclude_characters="⟦⟧", exclude_categories=["Cs"]), max_size=60)
profiles = st.fixed_dictionaries(dict.fromkeys(EMBEDDED_COLUMNS, texts))


def test_a_profile_is_cut_as_its_owner_wrote_it() -> None:
    cells = {
        "about": "I keep  the\nlights on.",
        "can_help_with": "Night shifts.",
        "experience": "Electrician, 2009\n\n  Foreman, 2015  ",
        "skills": "wiring; German ;;python (the snake)",
        "job_title": "Facilities Lead",
        "department": "Sites",
        "team": "Sites",
    }
    assert list(passages_of(**cells)) == [
        (Field.ABOUT, "I keep the lights on."),
        (Field.CAN_HELP_WITH, "Night shifts."),
        (Field.EXPERIENCE, "Electrician, 2009"),
        (Field.EXPERIENCE, "Foreman, 2015"),
        (Field.SKILLS, "wiring, German, python (the snake)"),
        (Field.ROLE, "Facilities Lead, Sites"),
        (
            Field.PROFILE,
            "Facilities Lead, Sites\nI keep the lights on.\nNight shifts.\nElectrician, 2009\n"
            "Foreman, 2015\nwiring, German, python (the snake)",
        ),
    ]


def test_an_empty_profile_is_its_role() -> None:
    found = list(passages_of(**(EMPTY | {"job_title": "Stoker"})))
    assert found == [(Field.ROLE, "Stoker"), (Field.PROFILE, "Stoker")]


def test_a_very_long_line_is_cut() -> None:
    found = dict(passages_of(**(EMPTY | {"about": "word " * 1000})))
    assert len(found[Field.ABOUT]) == MAX_PASSAGE_CHARACTERS


def test_each_column_is_either_embedded_or_never() -> None:
    assert sorted(EMBEDDED_COLUMNS + NEVER_EMBEDDED) == sorted(PEOPLE_COLUMNS)


@settings(max_examples=50, deadline=None)
@given(st.lists(profiles, min_size=1, max_size=4))
def test_nothing_that_is_never_embedded_gets_into_a_passage(drawn: list[dict[str, str]]) -> None:
    """Each such cell holds a mark that no drawn text can hold."""
    frame = pd.DataFrame(drawn, columns=list(EMBEDDED_COLUMNS), dtype="str")
    for column in NEVER_EMBEDDED:
        frame[column] = [f"⟦{column} {row}⟧" for row in range(len(drawn))]
    found = passages_frame(frame[list(PEOPLE_COLUMNS)])
    assert found["person_row"].is_monotonic_increasing
    assert set(found["person_row"]) == set(range(len(drawn)))
    assert not found["text"].str.contains("⟦").any()
    bare = passages_frame(frame[list(EMBEDDED_COLUMNS)])
    pd.testing.assert_frame_equal(found, bare)


@settings(deadline=None)
@given(profiles)
def test_the_passages_hold_every_word_once_and_the_profile_holds_the_passages(
    cells: dict[str, str],
) -> None:
    *parts, (last, whole) = passages_of(**cells)
    assert last is Field.PROFILE
    assert [field for field, _ in parts] == sorted(field for field, _ in parts)
    by_field: dict[Field, list[str]] = {field: [] for field in Field}
    for field, text in parts:
        by_field[field] += text.split()
    assert by_field[Field.ABOUT] == cells["about"].split()
    assert by_field[Field.CAN_HELP_WITH] == cells["can_help_with"].split()
    assert by_field[Field.EXPERIENCE] == cells["experience"].split()
    names = [" ".join(name.split()) for name in cells["skills"].split(";") if name.strip()]
    assert " ".join(by_field[Field.SKILLS]) == ", ".join(names)
    role = " ".join(by_field[Field.ROLE])
    for column in ("job_title", "department", "team"):
        assert " ".join(cells[column].split()) in role
    assert sorted(whole.split("\n")) == sorted(text for _, text in parts)
