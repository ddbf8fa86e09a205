"""Who has power over whom: the levels between two people, and their lines of command."""

from dataclasses import dataclass
from enum import StrEnum

from recommender.people import NO_LEVEL, People
from recommender.rules import level_words


class Line(StrEnum):
    """Where a helper stands in the reporting lines, seen from the seeker; the value is the name."""

    UNKNOWN = "unknown"
    MANAGER = "manager"
    REPORT = "report"
    SECOND_MANAGER = "second_manager"
    SECOND_REPORT = "second_report"
    ABOVE = "above"
    BELOW = "below"
    SAME_MANAGER = "same_manager"
    NOTHING_IN_COMMON = "nothing_in_common"
    ANOTHER = "another"


_SAYS: dict[Line, str] = {
    Line.UNKNOWN: "reporting line not known",
    Line.MANAGER: "your manager",
    Line.REPORT: "reports to you",
    Line.SECOND_MANAGER: "your manager in a second line",
    Line.SECOND_REPORT: "reports to you in a second line",
    Line.ABOVE: "above you in your own line of command",
    Line.BELOW: "below you in your own line of command",
    Line.SAME_MANAGER: "with the same manager as you",
    Line.NOTHING_IN_COMMON: "in a part of the organisation with no manager in common",
    Line.ANOTHER: "in another line of command",
}


@dataclass(frozen=True, slots=True)
class Power:
    """How a helper stands to a seeker."""

    levels: int | None
    """Levels that the helper stands above the seeker, below zero where below; None where one of
    the two levels is not recorded."""
    line: Line

    def __str__(self) -> str:
        """Return both in a sentence's words."""
        levels = "level not known" if self.levels is None else level_words(self.levels)
        return f"{levels}, {_SAYS[self.line]}"


def power_between(people: People, seeker: int, helper: int) -> Power:
    """Return how the person of one row stands to the person of another."""
    own, theirs = int(people.level[seeker]), int(people.level[helper])
    levels = None if NO_LEVEL in (own, theirs) else theirs - own
    return Power(levels, _line(people, seeker, helper))


def _line(people: People, seeker: int, helper: int) -> Line:
    org = people.org
    if not (org.placed[seeker] and org.placed[helper]):
        return Line.UNKNOWN
    checks = (
        (Line.MANAGER, org.manager[seeker] == helper),
        (Line.REPORT, org.manager[helper] == seeker),
        (Line.SECOND_MANAGER, helper in org.second_managers(seeker)),
        (Line.SECOND_REPORT, seeker in org.second_managers(helper)),
        (Line.ABOVE, org.is_above(helper, seeker)),
        (Line.BELOW, org.is_above(seeker, helper)),
        (Line.SAME_MANAGER, org.manager[seeker] == org.manager[helper]),
        (Line.NOTHING_IN_COMMON, org.top(seeker) != org.top(helper)),
    )
    return next((line for line, holds in checks if holds), Line.ANOTHER)
