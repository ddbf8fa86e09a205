"""Choosing a colleague: everyone in a small company, by a search in a large one."""

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from app.views.parts.people_picker import _MOST_LISTED
from recommender.people import People
from tests.app.small_company import people_frame, typed


def test_a_small_company_is_listed_whole() -> None:
    page = AppTest.from_function(_page, kwargs={"people": _company(1)}).run()
    assert len(page.selectbox[0].options) == 11
    assert not page.text_input
    page.selectbox[0].select("ANNA").run()
    assert page.text[0].value == "ANNA"


def test_a_large_company_is_searched_and_never_sent_whole() -> None:
    people = _company(200)
    assert len(people) > _MOST_LISTED
    page = AppTest.from_function(_page, kwargs={"people": people}).run()
    assert not page.selectbox, "nobody before a search"
    page.text_input[0].set_value("a").run()
    assert not page.selectbox, "one letter finds too many"
    page.text_input[0].set_value("aNNa").run()
    assert len(page.selectbox[0].options) == 50
    page.text_input[0].set_value("anna-7").run()
    assert page.selectbox[0].options == ["Anna (ANNA-7)"]
    page.text_input[0].set_value("[nobody*").run()
    assert not page.selectbox
    assert not page.exception


def _page(people) -> None:  # its source runs by itself, so no annotation
    import streamlit as st

    from app.views.parts.people_picker import pick_person

    st.text(pick_person("Who?", people, key="test"))


def _company(times: int) -> People:
    """The small company so many times over, with ids of their own."""
    frame = people_frame()
    copies = []
    for number in range(times):
        copy = frame.copy()
        if number:
            copy["person_id"] = copy["person_id"] + f"-{number}"
            copy["manager_id"] = copy["manager_id"].where(
                copy["manager_id"] == "", copy["manager_id"] + f"-{number}"
            )
        copies.append(copy)
    return People.from_frame(typed(pd.concat(copies)), np.datetime64("2026-11-01", "D"))
