"""Broken rules in a run, found by code of its own: slow, plain, and apart from the recommender's.

The recommender decides who may be suggested with masks over numbered reporting lines. Whether it
did so rightly is not asked of those masks again: here every pair is looked at by itself, walking
from manager to manager through the ids of the people file.
"""

from collections import Counter
from collections.abc import Iterable

from recommender.people import People
from recommender.policy import KindPolicy, Policy
from recommender.relationships import Relationship

Pair = tuple[str, str, Relationship]
"""A seeker's id, a suggested person's id, and the kind."""


class RuleBook:
    """The people file as a set of plain facts about each person."""

    def __init__(self, people: People) -> None:
        frame = people.frame
        self._facts = {
            str(row["person_id"]): row
            for row in frame[
                ["person_id", "status", "job_level", "worker_type", "manager_id", "open_to",
                 "capacity"]
            ].to_dict("records")
        }  # fmt: skip
        self._managers = {str(row["manager_id"]) for row in self._facts.values()}

    def count_violations(self, pairs: Iterable[Pair], policy: Policy) -> Counter[str]:
        """Count the broken rules by name over suggested pairs."""
        counts: Counter[str] = Counter()
        for seeker, person, kind in pairs:
            counts.update(self.broken_rules(seeker, person, kind, policy.of(kind)))
        return counts

    def broken_rules(
        self, seeker: str, person: str, kind: Relationship, rules: KindPolicy
    ) -> list[str]:
        """Name the rules that suggesting `person` to `seeker` breaks."""
        if person not in self._facts or seeker not in self._facts:
            return ["unknown_person"]
        facts = self._facts[person]
        broken = []
        if person == seeker:
            broken.append("self")
        if facts["status"] != "active":
            broken.append("not_active")
        if str(kind) not in str(facts["open_to"]).split(";"):
            broken.append("not_opted_in")
        if int(facts["capacity"]) < 1:
            broken.append("no_capacity")
        if not rules.contractors and facts["worker_type"] == "contractor":
            broken.append("contractor")
        if not self._level_fits(seeker, person, rules):
            broken.append("level_gap")
        if rules.line_of_command != "allowed" and not self._lines_fit(
            seeker, person, whole=rules.line_of_command == "never"
        ):
            broken.append("line_of_command")
        return broken

    def _level_fits(self, seeker: str, person: str, rules: KindPolicy) -> bool:
        low, high = rules.min_levels_above, rules.max_levels_above
        if low == "any" and high == "any":
            return True
        own, theirs = self._facts[seeker]["job_level"], self._facts[person]["job_level"]
        if str(own) == "<NA>" or str(theirs) == "<NA>":
            return False
        gap = int(theirs) - int(own)
        return (low == "any" or gap >= low) and (high == "any" or gap <= high)

    def _lines_fit(self, seeker: str, person: str, *, whole: bool) -> bool:
        """Say that neither stands above the other, in the whole line or directly."""
        if not (self._is_placed(seeker) and self._is_placed(person)):
            return False
        up, down = self._line_above(seeker), self._line_above(person)
        if whole:
            return person not in up and seeker not in down
        return up[:1] != [person] and down[:1] != [seeker]

    def _is_placed(self, person: str) -> bool:
        return str(self._facts[person]["manager_id"]) in self._facts or person in self._managers

    def _line_above(self, person: str) -> list[str]:
        line: list[str] = []
        upper = str(self._facts[person]["manager_id"])
        while upper in self._facts and upper not in line:
            line.append(upper)
            upper = str(self._facts[upper]["manager_id"])
        return line
