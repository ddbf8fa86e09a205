import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import GoalError
from recommender.goals import MAX_GOAL_CHARACTERS, MAX_PARTS, clean_goal, read_goal, with_whole


def test_a_simple_goal_is_its_own_only_need() -> None:
    goal = read_goal("  understand   SQL joins properly ")
    assert goal.text == "understand SQL joins properly"
    assert goal.needs == goal.parts == ("understand SQL joins properly",)
    encoded = np.array([[0.6, 0.8]], np.float32)
    assert with_whole(goal, encoded) is encoded
    assert goal.rows_of_needs() == [(goal.text, 0)]


def test_sentences_are_parts_and_the_whole_goal_is_their_sum_by_length() -> None:
    """30 and 40 characters: their directions stand 3 to 4 in the whole."""
    ropes, weather = "I want to splice any old rope.", "I want to know what the sky tells today."
    assert (len(ropes), len(weather)) == (30, 40)
    goal = read_goal(f"{ropes} {weather}")
    assert goal.needs == goal.parts == (ropes, weather)
    encoded = np.array([[1, 0], [0, 1]], np.float32)
    vectors = with_whole(goal, encoded)
    assert vectors[0] == pytest.approx([0.6, 0.8])
    assert vectors[1:].tolist() == encoded.tolist()
    assert goal.rows_of_needs() == [(ropes, 1), (weather, 2)]


def test_a_circumstance_counts_half_and_is_no_need() -> None:
    """60 characters of circumstance count as 30."""
    story = "It rained for weeks on end, and everybody had gone home ill."
    need = "I want to know what the sky tells today."
    assert (len(story), len(need)) == (60, 40)
    goal = read_goal(f"{story} {need}").with_needs([False, True])
    assert (goal.circumstances, goal.needs) == ((story,), (need,))
    assert goal.rows_of_needs() == [(need, 2)]
    vectors = with_whole(goal, np.array([[1, 0], [0, 1]], np.float32))
    assert vectors[0] == pytest.approx([0.6, 0.8])


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
def test_no_word_is_lost_and_parts_are_few(text: str) -> None:
    if not any(character.isalpha() for character in text):
        return
    goal = read_goal(text)
    assert 1 <= len(goal.needs) <= MAX_PARTS
    kept = "".join(character for need in goal.needs for character in need if character.isalnum())
    assert kept == "".join(character for character in text if character.isalnum())
