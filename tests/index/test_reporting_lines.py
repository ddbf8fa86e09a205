"""When somebody goes, nobody who was above anybody through them stops being above."""

import numpy as np
from hypothesis import given, settings

from index.night.reporting_lines import close_lines
from recommender.people import People
from tests.recommender.organisations import AS_OF, Person, organisations, people_of


@settings(deadline=None)
@given(organisations())
def test_power_through_a_person_outlasts_them(organisation: list[Person]) -> None:
    before = people_of(organisation)
    for gone in range(len(before)):
        frame = before.frame.copy()
        close_lines(frame, gone)
        after = People.from_frame(frame.drop(index=gone), AS_OF)
        others = np.delete(np.arange(len(before)), gone)
        for row in others.tolist():
            was = set(before.ids[before.org.above(row)]) - {f"p{gone}"}
            assert was <= set(after.ids[after.org.above(after.row(f"p{row}"))])


def test_people_of_a_version_without_second_managers_are_closed_too() -> None:
    frame = people_of([Person(), Person(manager=0), Person(manager=1)]).frame
    frame = frame.drop(columns="matrix_manager_id")
    close_lines(frame, 1)
    assert frame["manager_id"].tolist() == ["", "p0", "p0"]
    assert People.from_frame(frame.drop(index=1), AS_OF).second.tolist() == []
