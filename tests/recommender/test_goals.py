import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import GoalError
from recommender.goals import MAX_GOAL_CHARACTERS, MAX_NEEDS, clean_goal, read_goal, with_whole


def test_a_simple_goal_is_its_own_only_need() -> None:
    goal = read_goal("  understand   SQL joins properly ")
    assert goal.text == "understand SQL joins properly"
    assert goal.needs == ("understand SQL joins properly",)
    encoded = np.array([[0.6, 0.8]], np.float32)
    assert with_whole(goal.needs, encoded) is encoded
    assert goal.row_of_need(0) == 0


def test_sentences_are_needs_and_the_whole_goal_is_their_sum_by_length() -> None:
    goal = read_goal("I want to learn to negotiate. Also, I have to get better at Excel!")
    assert goal.needs == ("I want to learn to negotiate.", "Also, I have to get better at Excel!")
    encoded = np.array([[1, 0], [0, 1]], np.float32)
    vectors = with_whole(("x" * 30, "y" * 40), encoded)
    assert vectors[0] == pytest.approx([0.6, 0.8])
    assert vectors[1:].tolist() == encoded.tolist()
    assert (goal.row_of_need(0), goal.row_of_need(1)) == (1, 2)


def test_a_fragment_joins_its_neighbour() -> None:
    whole = "Confidence. It went somewhere in 2022."
    assert read_goal(whole).needs == (whole,)


def test_the_shortest_neighbours_are_joined_where_there_are_too_many() -> None:
    long = "This is a sentence of some length about a thing that matters to me a lot."
    goal = read_goal(f"{long} {long} Here is a shorter one, yes. And another shorter one. {long}")
    assert goal.needs == (long, long, "Here is a shorter one, yes. And another shorter one.", long)


@pytest.mark.parametrize("text", ["", "   \n ", "🎉🎉🎉", "1234 !?", "...", "x" * 5000])
def test_what_cannot_be_answered_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(GoalError, match="say in a"):
        read_goal(text)


def test_what_is_no_text_is_dropped() -> None:
    goal = read_goal("learn \x1b[31mto\x00 sail\udcff well 👩\u200d💻")
    assert goal.text == "learn [31mto sail well 👩\u200d💻"
    assert goal.needs == (goal.text,)


def test_a_goal_that_was_kept_has_the_needs_it_was_typed_with() -> None:
    typed = "get the hang of SQL joins  \r\n\n lead a small team one day\n"
    assert clean_goal(typed) == "get the hang of SQL joins\nlead a small team one day"
    needs = ("get the hang of SQL joins", "lead a small team one day")
    assert read_goal(typed).needs == read_goal(clean_goal(typed)).needs == needs


@given(st.text(min_size=1, max_size=MAX_GOAL_CHARACTERS))
def test_no_word_is_lost_and_needs_are_few(text: str) -> None:
    if not any(character.isalpha() for character in text):
        return
    goal = read_goal(text)
    assert 1 <= len(goal.needs) <= MAX_NEEDS
    kept = "".join(character for need in goal.needs for character in need if character.isalnum())
    assert kept == "".join(character for character in text if character.isalnum())
