"""CSV that a spreadsheet opens as text."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.exports import to_csv


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+48 123", "'+48 123"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＝1+1", "'＝1+1"),
        ('"=1', "'\"=1"),
        ("\0=1", "'\0=1"),
        ("x;=1+1", "x;'=1+1"),
        ("x\t=1+1;+2", "x\t'=1+1;'+2"),
        ('x|" =1', "x|'\" =1"),
        ("x, @SUM(A1)", "x,' @SUM(A1)"),
        ("x\n=1", "x\n'=1"),
        ("a-b; c+d = e", "a-b; c+d = e"),
        ("Port, Gdynia", "Port, Gdynia"),
        ("", ""),
        (None, ""),
        (-2, "-2"),
        (0.5, "0.5"),
    ],
)
def test_a_cell(cell, written):
    assert read(to_csv(["name"], [[cell]])) == [["name"], [written]]


def test_the_bytes_of_a_table():
    assert to_csv(["a", "ż"], [[1, "x"]]) == b"\xef\xbb\xbfa,\xc5\xbc\r\n1,x\r\n"


FORMULAS = st.text(st.sampled_from("=+-@＝;,|\t\r\n \"'ax1"))


@given(
    st.lists(st.lists(FORMULAS, min_size=2, max_size=2), max_size=4),
    st.sampled_from(";,|\t"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_NONE]),
)
def test_no_cell_is_a_formula_by_whatever_sign_the_file_is_parted(rows, separator, quoting):
    text = to_csv(["a", "b"], rows).decode("utf-8-sig")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting)
    for cell in (cell for line in lines for cell in line):
        assert not cell.lstrip(' "').startswith(("=", "+", "-", "@", "＝"))


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_no_text_begins_a_formula(rows):
    for row in read(to_csv(["a", "b"], rows)):
        for cell in row:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
