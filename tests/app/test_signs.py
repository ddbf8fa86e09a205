"""Signs that a database or a codec chokes on, typed by people or put into an address."""

import pytest

from recommender.errors import InputError, LearningRelationshipsError
from recommender.relationships import Relationship
from tests.app.small_company import ANNA

SIGNS = "a\0b\ud800c\udfffd\x1b[2Je"
MENTOR = Relationship.MENTOR


def test_what_people_type_is_kept_without_them(services):
    goal = services.finding.save_goal(ANNA, f"learn {SIGNS}")
    assert goal.text == "learn abcd[2Je"
    request = services.asking.send(ANNA, goal.id, MENTOR, "CARA", f"Dear Cara,\n\n{SIGNS}")
    (sent,) = services.asking.sent(ANNA)
    assert (sent.id, sent.message) == (request.id, "Dear Cara,\n\nabcd[2Je")
    with pytest.raises(InputError, match="the message is empty"):
        services.asking.send(ANNA, goal.id, MENTOR, "FAY", "\0\ud800")


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_an_id_with_them_is_nobodys_in_words(services, sign):
    goal = services.finding.save_goal(ANNA, "learn to lead")
    for ask in (
        lambda: services.finding.goal(ANNA, sign),
        lambda: services.finding.delete_goal(ANNA, sign),
        lambda: services.asking.send(ANNA, goal.id, MENTOR, sign, "Hello"),
        lambda: services.asking.send(ANNA, sign, MENTOR, "CARA", "Hello"),
        lambda: services.answering.accept(ANNA, sign),
    ):
        with pytest.raises(LearningRelationshipsError):
            ask()
    assert [one.id for one in services.finding.goals(ANNA)] == [goal.id]
