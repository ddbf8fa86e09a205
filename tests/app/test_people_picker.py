"""Choosing a colleague by a search as one types."""

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from app.views.parts.people_picker import MOST_SHOWN
from recommender.people import People
from tests.app.small_company import people_frame, typed


def test_nobody_is_listed_before_a_search_but_who_is_suggested() -> None:
    page = AppTest.from_function(_page, kwargs={"people": _company(1)}).run()
    assert not page.radio
    page = AppTest.from_function(_page, kwargs={"people": _company(1), "suggested": ["EVE"]}).run()
    assert page.radio[0].options == ["Eve (EVE)"]
    assert page.text[0].value == "None", "whom the page suggests is not chosen by that"
    page.radio[0].set_value("EVE").run()
    assert page.text[0].value == "EVE"


def test_a_large_company_is_searched_and_never_sent_whole() -> None:
    people = _company(200)
    page = AppTest.from_function(_page, kwargs={"people": people}).run()
    page.text_input[0].set_value("a").run()
    assert not page.radio, "one letter finds too many"
    page.text_input[0].set_value("aNNa").run()
    assert len(page.radio[0].options) == MOST_SHOWN
    assert page.text[0].value == "None"
    page.text_input[0].set_value("anna-7").run()
    assert page.text[0].value == "ANNA-7", "the only one found is chosen"
    page.text_input[0].set_value("[nobody*").run()
    assert not page.radio
    assert page.text[0].value == "None"
    assert not page.exception


def test_another_search_forgets_who_was_chosen() -> None:
    page = AppTest.from_function(_page, kwargs={"people": _company(1)}).run()
    page.text_input[0].set_value("gdynia").run()
    page.radio[0].set_value("CARA").run()
    assert page.text[0].value == "CARA"
    page.text_input[0].set_value("lodz").run()
    assert page.text[0].value == "None"


def _page(people, suggested=()) -> None:  # its source runs by itself, so no annotation
    import streamlit as st

    from app.views.parts.people_picker import pick_person

    st.text(pick_person("Who?", people, key="test", suggested=suggested))


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
