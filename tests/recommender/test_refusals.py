"""What is turned down is not looked for; what somebody lacks is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.goals import read_goal
from recommender.refusals import take_refusals


@pytest.mark.parametrize(
    ("text", "kept", "refused"),
    [
        ("I want to present well, not Excel again", "I want to present well", "not Excel again"),
        ("No more Excel: teach me Python", "teach me Python", "No more Excel"),
        ("anything but sales, I like design", "I like design", "anything but sales"),
        ("Python instead of Excel please", "Python", "instead of Excel please"),
        ("I don't want a course, but practice", "but practice", "I don't want a course"),
        ("I do not want to learn Excel. Python it is.", "Python it is",
         "I do not want to learn Excel"),
    ],
)  # fmt: skip
def test_what_is_turned_down_is_parted(text: str, kept: str, refused: str) -> None:
    assert take_refusals(text) == (kept, (refused,))


@pytest.mark.parametrize(
    "text",
    [
        "I am not good at presenting",
        "I do not know how to negotiate",
        "I have no experience in sales",
        "I don't want to move",
        "I cannot speak without notes",
        "How do I say no to customers?",
        "I lecture instead of asking",
        "no more than ten minutes for a talk",
    ],
)
def test_what_somebody_lacks_is_no_refusal(text: str) -> None:
    assert take_refusals(text) == (text, ())


def test_a_goal_that_only_refuses_is_read_as_it_is() -> None:
    goal = read_goal("Not Excel again.")
    assert goal.without_refusals() == goal


def test_a_part_that_only_refuses_goes() -> None:
    goal = read_goal("I want to give talks without fear. Not another Excel course please.")
    without = goal.without_refusals()
    assert without.parts == ("I want to give talks without fear.",)
    assert without.refused == ("Not another Excel course please",)
    assert "Excel" not in without.words


@given(st.text(max_size=300))
def test_nothing_is_invented(text: str) -> None:
    kept, refused = take_refusals(text)
    assert all(one in text for one in refused)
    assert set(kept.split()) <= set(text.replace(",", " ").split()) | set(text.split()) | {
        word.strip(" ,;:–—-.!?…") for word in text.split()
    }
