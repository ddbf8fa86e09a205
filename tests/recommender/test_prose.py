"""What is no goal: an address, a letter, code."""

import pytest

from recommender.errors import GoalError
from recommender.goals import read_goal
from recommender.prose import looks_like_code


@pytest.mark.parametrize(
    "text", ["https://example.com/a?b=c", "www.example.com", "me@example.com", "x", "a b c", "7 %"]
)
def test_what_has_no_words_is_refused(text: str) -> None:
    with pytest.raises(GoalError, match="has no words"):
        read_goal(text)


@pytest.mark.parametrize(
    "text", ["Excel", "SQL", "get better at R", "see https://example.com, talks"]
)
def test_few_words_are_a_goal(text: str) -> None:
    assert read_goal(text).is_calibrated


@pytest.mark.parametrize(
    "text",
    [
        "for (int i = 0; i < 10; i++) { print(i); }",
        '=IF(A1>0, VLOOKUP(A1, B:C, 2), "") | $A$1',
        "SELECT * FROM people WHERE id = $1 AND name = '#';\n<script>x()</script>",
    ],
)
def test_code_is_no_prose(text: str) -> None:
    assert looks_like_code(text)
    assert not read_goal(text).is_calibrated


@pytest.mark.parametrize(
    "text",
    [
        "I want to learn C# and C++ (and maybe F#) this year, 2 h a week.",
        'Negotiate prices of $5 to $10 million & more; say "no" when I must.',
        "How do I read f(x) = x in a paper?",
    ],
)
def test_prose_with_signs_is_prose(text: str) -> None:
    assert not looks_like_code(text)
