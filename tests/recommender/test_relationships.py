"""The four kinds, and the words by which files name them."""

import json

from recommender.relationships import KINDS, Relationship


def test_the_words_of_the_files() -> None:
    assert [str(kind) for kind in Relationship] == ["mentor", "coach", "sponsor", "peer"]
    assert Relationship("peer") == "peer"
    assert json.dumps({Relationship.MENTOR: Relationship.COACH}) == '{"mentor": "coach"}'


def test_each_kind_has_a_bit_of_its_own() -> None:
    assert [kind.bit for kind in Relationship] == [1, 2, 4, 8]


def test_each_kind_answers_its_own_question() -> None:
    assert list(KINDS) == list(Relationship)
    assert all(kind.relationship is name for name, kind in KINDS.items())
    assert [kind.question for kind in KINDS.values()] == [
        "Where do you want to go?",
        "How can you improve your performance?",
        "How can we accomplish things together that will advance both of our careers?",
        "How can we help each other get better?",
    ]
