"""Broken rules in a run, found by code of its own: slow, plain, and apart from the recommender's.

The recommender decides who may be suggested with masks over numbered reporting lines. Whether it
did so rightly is not asked of those masks again: here every pair is looked at by itself, walking
from manager to manager through the ids of the people file.
"""

from collections import Counter
from collections.abc import Iterable

from recommender.errors import UnknownPersonError
from recommender.people import People
from recommender.policy import KindPolicy, Policy
from recommender.relationships import Relationship

_COLUMNS = (
    "status", "job_level", "worker_type", "manager_id", "matrix_manager_id", "open_to", "capacity",
)  # fmt: skip

Pair = tuple[str, str, Relationship]
"""A seeker's id, a suggested person's id, and the kind."""


class RuleBook:
    """The people file as a set of plain facts about each person."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._known: dict[str, dict[str, str] | None] = {}

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
        facts = self._facts(person)
        if facts is None or self._facts(seeker) is None:
            return ["unknown_person"]
        broken = []
        if person == seeker:
            broken.append("self")
        if facts["status"] != "active":
            broken.append("not_active")
        if str(kind) not in facts["open_to"].split(";"):
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
        own, theirs = self._fact(seeker, "job_level"), self._fact(person, "job_level")
        if not own or not theirs:
            return False
        gap = int(theirs) - int(own)
        return (low == "any" or gap >= low) and (high == "any" or gap <= high)

    def _lines_fit(self, seeker: str, person: str, *, whole: bool) -> bool:
        """Check that neither stands above the other, in the whole line or directly."""
        if not (self._is_placed(seeker) and self._is_placed(person)):
            return False
        up, down = self._line_above(seeker), self._line_above(person)
        if whole:
            return person not in up and seeker not in down
        return person not in self._managers(seeker) and seeker not in self._managers(person)

    def _is_placed(self, person: str) -> bool:
        manager = self._fact(person, "manager_id")
        return self._facts(manager) is not None or bool(self._fact(person, "has_report"))

    def _line_above(self, person: str) -> list[str]:
        line: list[str] = []
        waiting = self._managers(person)
        while waiting:
            upper = waiting.pop(0)
            if upper not in line:
                line.append(upper)
                waiting += self._managers(upper)
        return line

    def _managers(self, person: str) -> list[str]:
        """List who is directly above, in the first line and in second ones."""
        named = [
            self._fact(person, "manager_id"),
            *self._fact(person, "matrix_manager_id").split(";"),
        ]
        return [manager for manager in named if self._facts(manager) is not None]

    def _fact(self, person: str, column: str) -> str:
        facts = self._facts(person)
        assert facts is not None
        return facts[column]

    def _facts(self, person: str) -> dict[str, str] | None:
        """Look a person up; None where there is nobody of this id."""
        if person not in self._known:
            try:
                row = self._people.row(person)
                facts = {name: self._people.text(row, name) for name in _COLUMNS}
                has_report = bool((self._people.manager == row).any())
                facts["has_report"] = "yes" if has_report else ""
            except UnknownPersonError:
                facts = None
            self._known[person] = facts
        return self._known[person]
