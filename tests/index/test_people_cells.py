"""What was cleaned in a people file is told with a count, an example and the remedy."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.people_file.absent_words import ABSENT_WORDS, TAKEN_AT_THEIR_WORD
from index.people_file.cells import LIST_COLUMNS, PROFILE_COLUMNS
from index.people_file.cleaning import plain_column
from index.people_file.emails import SignIn
from index.people_file.people_file import Inspection, inspect_people, read_people
from index.people_file.report import render_text
from index.people_file.time_zones import time_zone
from recommender.people import PEOPLE_COLUMNS
from recommender.profiles import passages_frame


def inspected(tmp_path: Path, columns: dict[str, list[str]]) -> Inspection:
    n_people = len(next(iter(columns.values())))
    minimal = {
        "person_id": [str(place) for place in range(n_people)],
        "display_name": ["A"] * n_people,
        "job_title": ["B"] * n_people,
    }
    path = tmp_path / "people.csv"
    pd.DataFrame(minimal | columns).to_csv(path, index=False)
    return inspect_people(path)


@pytest.mark.parametrize(
    ("column", "cells", "line"),
    [
        ("team", ["N/A", "n/a", "Rail", "-"],
         "3 rows, team: this word stands for nothing, and the cell counts as empty. Leave the cell"
         " empty. The first is 'N/A'. Rows 2, 3, 5."),
        ("skills", ["SQL; none", "SQL"], "row 2, skills 'SQL;none': this word stands for nothing"),
        ("about", ["a&nbsp;b", "c"], "row 2, about '&nbsp;': the text was escaped for the web"),
        ("languages", ["en", "English"], "Check that English is meant"),
        ("timezone", ["IST", "UTC"], "row 2, timezone 'IST': this short name is used in several"),
        ("timezone", ["Narnia", "UTC"], "row 2, timezone 'Narnia': this time zone is not known"),
        ("timezone", ["GMT+1", "UTC"], "no summer time"),
        ("timezone", ["Tokyo Standard Time", "UTC"], "Check that Asia/Tokyo is meant"),
        ("email", ["Ann <a@x.org>", "b@x.org"], "Write the address alone: a@x.org was read"),
        ("email", ["a@x.org", "A@X.org", "c@x.org"],
         "2 rows, email: several people have this e-mail address: with sign-in by OpenID Connect "
         "the person cannot sign in"),
        ("email", ["", "c@x.org"], "row 2, email: there is no e-mail address"),
        ("email", ["ann", "c@x.org"], "row 2, email 'ann': this is not one e-mail address"),
        ("team", ["#N/A", "Rail"], "row 2, team '#N/A': the cell holds a spreadsheet's error"),
        ("hire_date", ["0000-00-00", "2020-01-01"], "row 2, hire_date '0000-00-00': there is no"),
    ],
)  # fmt: skip
def test_what_is_cleaned_or_doubtful_is_one_warning_and_stops_nothing(
    tmp_path: Path, column: str, cells: list[str], line: str
) -> None:
    found = inspected(tmp_path, {column: cells})
    assert not [one for one in found.problems if one.severity == "error"]
    warnings = [row for row in render_text(found).splitlines() if f", {column}" in row]
    assert len(warnings) == 1
    assert line in warnings[0]


@pytest.mark.parametrize("column", ["status", "worker_type", "capacity", "manager_id"])
@pytest.mark.parametrize("cell", ["NULL", "N/A", "unknown"])
def test_what_decides_about_power_stays_strict(tmp_path: Path, column: str, cell: str) -> None:
    found = inspected(tmp_path, {column: [cell, ""]})
    assert [one.column for one in found.problems if one.severity == "error"] == [column]


def test_a_missing_column_of_addresses_is_one_warning(tmp_path: Path) -> None:
    warned = [one for one in inspected(tmp_path, {"team": ["a", "b"]}).problems
              if one.column == "email"]  # fmt: skip
    assert [one.message.rpartition(": ")[2] for one in warned] == [
        "with sign-in by OpenID Connect nobody can sign in"
    ]


@given(st.sampled_from(sorted(ABSENT_WORDS)), st.sampled_from(PROFILE_COLUMNS),
       st.sampled_from([str.upper, str.title, str.lower]))  # fmt: skip
def test_a_word_for_nothing_is_never_evidence(word: str, column: str, case: object) -> None:
    cells = pd.Series([f" {case(word)} "], dtype="str")  # type: ignore[operator]
    row = dict.fromkeys(PEOPLE_COLUMNS, "") | {column: plain_column(cells, column).cells[0]}
    passages = passages_frame(pd.DataFrame([row | {"job_title": "Planner"}]))
    assert passages["text"].tolist() == ["Planner", "Planner"]


@given(st.sampled_from(sorted(TAKEN_AT_THEIR_WORD)), st.sampled_from(["NULL", "n/a", "None"]))
def test_ids_names_and_what_decides_about_power_are_taken_at_their_word(
    column: str, cell: str
) -> None:
    assert plain_column(pd.Series([cell], dtype="str"), column).cells.tolist() == [cell]


@settings(deadline=None)  # the own names of all languages take a second, once
@given(st.sampled_from(sorted({*PEOPLE_COLUMNS} - {"timezone"})), st.text(max_size=40))
def test_what_is_plain_stays_as_it_is(column: str, text: str) -> None:
    once = plain_column(pd.Series([text], dtype="str"), column).cells
    assert plain_column(once, column).cells.tolist() == once.tolist()


WORDS = st.from_regex(r"[A-Za-z]{3,9}( [a-z]{3,9})?", fullmatch=True)
PIECES = st.lists(WORDS.filter(lambda word: word.lower() not in ABSENT_WORDS), min_size=1)


@settings(deadline=None)
@given(PIECES, st.sampled_from([";", ",", "|", "\n", " ; ", ", ", " | ", "\r\n", "\n• "]),
       st.sampled_from(LIST_COLUMNS))  # fmt: skip
def test_every_list_column_takes_the_same_separators(
    pieces: list[str], separator: str, column: str
) -> None:
    joined, wanted = (
        plain_column(pd.Series([mark.join(pieces)], dtype="str"), column).cells[0]
        for mark in (separator, ";")
    )
    assert joined == wanted
    if column != "languages":
        assert joined == ";".join(pieces)


@given(st.text(max_size=30))
def test_any_text_is_a_known_time_zone_or_none(text: str) -> None:
    name, fault = time_zone(text)
    assert name == "" or time_zone(name) == (name, "")
    assert bool(name) or bool(fault) or not text.strip()


@pytest.mark.parametrize("name", ["lists.csv", "escaped_text.csv"])
def test_the_sample_company_written_otherwise_reads_the_same(
    halden: Path, tmp_path: Path, name: str
) -> None:
    raw = pd.read_csv(halden / "people.csv", dtype=str, keep_default_na=False)
    wanted = read_people(halden / "people.csv").frame
    if name == "lists.csv":
        raw["languages"] = raw["languages"].str.lower().str.replace(";", " | ")
        raw["open_to"] = raw["open_to"].str.replace(";", "\n")
        raw["skills"] = raw["skills"].str.replace(";", "\n")
    else:
        for column in ("about", "can_help_with", "team", "display_name"):
            raw[column] = raw[column].str.replace("&", "&amp;").str.replace("'", "&#39;")
        raw["about"] = "<p>" + raw["about"] + "</p>"
    raw.to_csv(tmp_path / name, index=False)
    pd.testing.assert_frame_equal(read_people(tmp_path / name).frame, wanted)


def test_who_could_not_sign_in_is_counted() -> None:
    found = SignIn.of(pd.Series(["", "a@x.org", "A@x.org", "ann", "b@x.org"], dtype="str"))
    assert found.count == 4


def test_addresses_that_differ_beyond_ascii_case_are_two_peoples():
    assert SignIn.of(pd.Series(["straße@x.org", "strasse@x.org"], dtype="str")).count == 0
