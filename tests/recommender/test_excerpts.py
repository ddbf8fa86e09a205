"""Excerpts by hand."""

import pytest

from recommender.excerpts import excerpt


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("quay seven", "quay seven"),
        ("quay seven in spring", "quay …"),
        ("quay 7 and more", "quay 7 …"),
        ("quayquayquayquay", "quayquayqu …"),
    ],
)
def test_words_stay_whole_where_there_are_several(text: str, shown: str) -> None:
    assert excerpt(text, 10) == shown
