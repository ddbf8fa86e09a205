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
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
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


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_no_text_begins_a_formula(rows):
    for row in read(to_csv(["a", "b"], rows)):
        for cell in row:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
