import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import goals
from recommender.errors import GoalError
from recommender.goals import (
    MAX_GOAL_CHARACTERS,
    MAX_PART_CHARACTERS,
    MAX_PARTS,
    clean_goal,
    read_goal,
    split_goal,
    with_whole,
)
from recommender.prose import has_words


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
    """All of them say what is sought, so that nothing is left out."""
    long = "I would like somebody to help me with how I speak in front of people, please?"
    text = f"{long} {long} I would like to learn how. Who could show me that? {long}"
    goal = read_goal(text)
    assert goal.unread == ()
    assert goal.needs == (
        long, long, "I would like to learn how. Who could show me that?", long,
    )  # fmt: skip
    assert split_goal(text).parts == goal.parts


CV = """Senior surgeon at the Royal Infirmary 2009-2021, in charge of 14 people and 2.1 million.
Led the move of three theatres in 2014; waiting time fell from 31 to 19 minutes.
Trained 40 residents and published twelve papers on knees.
Chair of the works council from 2016 on.
Before that, six years in emergency medicine in Leeds."""
WISH = "I would like somebody to help me to give talks in front of people without fear."


@pytest.mark.parametrize(
    "text", [f"{CV}\n{WISH}", f"{WISH}\n{CV}", f"{CV}\nWhat I really need: {WISH}\n{CV}"]
)
def test_a_pasted_profile_does_not_drown_the_wish(text: str) -> None:
    goal = read_goal(text)
    assert WISH in goal.text
    assert "surgeon" not in goal.text
    assert any("surgeon" in part for part in goal.unread)


def test_a_language_that_the_words_are_not_of_is_read_whole() -> None:
    text = "\n".join(
        f"Potrzebuję kogoś, kto pomoże mi z prezentacjami numer {n}." for n in range(6)
    )
    assert read_goal(text).unread == ()


def test_more_than_the_encoder_reads_is_told() -> None:
    endless = "I want to learn how to " + "talk and " * 300
    goal = read_goal(endless)
    assert all(len(part) <= MAX_PART_CHARACTERS for part in goal.parts)
    assert "".join([*goal.parts, *goal.unread]).count("talk") == 300


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
    if not has_words(clean_goal(text)):
        return
    goal = read_goal(text)
    assert 1 <= len(goal.needs) <= MAX_PARTS
    parts = "".join([*goal.parts, *goal.unread])
    assert sorted(filter(str.isalnum, parts)) == sorted(filter(str.isalnum, clean_goal(text)))


def test_a_goal_of_millions_of_characters_is_refused_before_it_is_looked_at(monkeypatch):
    monkeypatch.setattr(goals, "clean_goal", lambda _: pytest.fail("it was cleaned"))
    for text in ("a" * 20_000_000, " " * 20_000_000 + "a", "\0\n" * 10_000_000):
        with pytest.raises(GoalError, match=r"0,\d{3},\d{3} characters, more than 4,000"):
            read_goal(text)


def test_a_goal_with_much_white_space_is_still_read():
    assert read_goal("learn " + " " * 30_000 + "to weld").text == "learn to weld"
