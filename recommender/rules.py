"""The hard rules, each written twice: for everyone at once, and for one pair in words.

A mask over all rows keeps a strict rule from costing more than a millisecond in a company of a
million; a sentence to the seeker says why one candidate is not suggested. Tests hold the two
together. Rules fail closed: where one needs a level or a place in the reporting lines that is not
recorded, the person is not suggested.

What is private to a candidate (leave, opt-in, places, pauses) is one rule, the last: so neither a
sentence nor a count tells the causes apart, and no count of a public rule depends on them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.live import LiveFacts, Rows
from recommender.org import NO_ROW, Org
from recommender.people import NO_LEVEL, People
from recommender.policy import KindPolicy
from recommender.relationships import Relationship

Mask = NDArray[np.bool_]
"""`(n_people,)` bool; row i is `People.ids[i]`."""


class SeekerView:
    """What the rules need to know of everyone, seen from one seeker; shared by the four kinds."""

    def __init__(self, people: People, seeker: int, live: LiveFacts) -> None:
        self.people = people
        self.seeker = seeker
        self.live = live

    @cached_property
    def own_level(self) -> int:
        """The seeker's level, `NO_LEVEL` where unknown."""
        return int(self.people.level[self.seeker])

    @cached_property
    def unplaced(self) -> Mask:
        """Who has no recorded place in the reporting lines; everyone if the seeker has none."""
        placed = self.people.org.placed
        return ~placed if placed[self.seeker] else np.ones(len(placed), np.bool_)

    @cached_property
    def chain(self) -> Mask:
        """Everyone above and below the seeker, and who has no recorded place."""
        return self.people.org.chain(self.seeker) | self.unplaced

    @cached_property
    def next_to(self) -> Mask:
        """The seeker's managers and direct reports, and who has no recorded place."""
        return self.people.org.next_to(self.seeker) | self.unplaced

    @cached_property
    def free(self) -> Mask:
        """Who is here and has a free place."""
        mask: Mask = self.people.capacity >= 1
        mask[self.live.capacity_rows] = self.live.capacity_free >= 1
        mask &= self.people.active
        mask[self.live.unavailable] = False
        return mask

    def marked(self, *rows: Rows) -> Mask | None:
        """Mark some rows; None for no rows."""
        if not any(len(some) for some in rows):
            return None
        mask = np.zeros(len(self.people), np.bool_)
        for some in rows:
            mask[some] = True
        return mask


@dataclass(frozen=True, slots=True)
class Pair:
    """A seeker and one candidate for one kind."""

    people: People
    seeker: int
    candidate: int
    relationship: Relationship
    kind: KindPolicy
    live: LiveFacts

    def is_among(self, rows: Rows | None) -> bool:
        """Return whether the candidate is one of some rows."""
        return rows is not None and self.candidate in rows.tolist()


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule: for everyone at once, and for one pair in words."""

    name: str
    """The word used in files and JSON."""
    excludes: Callable[[SeekerView, Relationship, KindPolicy], Mask | None]
    """Marks whom the rule keeps out; None where it keeps out nobody."""
    says: Callable[[Pair], str | None]
    """The sentence to the seeker about the candidate; None where the rule lets them through."""
    standing: bool = False
    """Whether it speaks of power or work, and so must still hold when a request is accepted, unlike
    whoever is hidden or full by then."""
    set_by_policy: bool = False
    """Whether a policy can loosen it."""


# --- for everyone at once ---------------------------------------------------------------------


def _mask_self(view: SeekerView, _: Relationship, __: KindPolicy) -> Mask | None:
    return view.marked(np.array([view.seeker]))


def _mask_hidden(view: SeekerView, relationship: Relationship, _: KindPolicy) -> Mask | None:
    return view.marked(view.live.hidden, *_of(view.live.hidden_for, relationship))


def _mask_declined(view: SeekerView, relationship: Relationship, _: KindPolicy) -> Mask | None:
    return view.marked(*_of(view.live.declined_for, relationship))


def _mask_contractor(view: SeekerView, _: Relationship, kind: KindPolicy) -> Mask | None:
    return None if kind.contractors else view.people.contractor


def _mask_level_gap(view: SeekerView, _: Relationship, kind: KindPolicy) -> Mask | None:
    if not kind.needs_levels:
        return None
    level = view.people.level
    if view.own_level <= NO_LEVEL:
        return np.ones(len(level), np.bool_)
    mask = level <= NO_LEVEL
    if kind.min_levels_above != "any":
        mask |= level < view.own_level + kind.min_levels_above
    if kind.max_levels_above != "any":
        mask |= level > view.own_level + kind.max_levels_above
    return mask


def _mask_line_of_command(view: SeekerView, _: Relationship, kind: KindPolicy) -> Mask | None:
    return view.chain if kind.line_of_command == "never" else None


def _mask_direct_line(view: SeekerView, _: Relationship, kind: KindPolicy) -> Mask | None:
    return view.next_to if kind.line_of_command == "skip_level" else None


def _mask_not_available(view: SeekerView, relationship: Relationship, _: KindPolicy) -> Mask | None:
    mask = view.people.is_open_to(relationship)
    mask[view.live.open_to_rows] = (view.live.open_to_bits & relationship.bit) != 0
    mask &= view.free
    return ~mask


def _of(rows: Mapping[Relationship, Rows], relationship: Relationship) -> tuple[Rows, ...]:
    return (rows[relationship],) if relationship in rows else ()


# --- for one pair, in words -------------------------------------------------------------------


def _says_self(pair: Pair) -> str | None:
    return "This is you." if pair.candidate == pair.seeker else None


def _says_hidden(pair: Pair) -> str | None:
    if pair.is_among(pair.live.hidden):
        return "You asked not to see them."
    if pair.is_among(pair.live.hidden_for.get(pair.relationship)):
        return f"You asked not to see them as a {pair.relationship}."
    return None


def _says_declined(pair: Pair) -> str | None:
    if not pair.is_among(pair.live.declined_for.get(pair.relationship)):
        return None
    return f"One of you has asked the other already, as a {pair.relationship}; see your requests."


def _says_contractor(pair: Pair) -> str | None:
    if pair.kind.contractors or not pair.people.contractor[pair.candidate]:
        return None
    return f"They are a contractor, and contractors are not suggested as a {pair.relationship}."


def _says_level_gap(pair: Pair) -> str | None:
    low, high = pair.kind.min_levels_above, pair.kind.max_levels_above
    if low == "any" and high == "any":
        return None
    wanted = f"a {pair.relationship} is {_level_range(low, high)}"
    theirs, own = (int(pair.people.level[row]) for row in (pair.candidate, pair.seeker))
    if own < 0:
        return f"Your level is not recorded, and {wanted}."
    if theirs < 0:
        return f"Their level is not recorded, and {wanted}."
    gap = theirs - own
    if (low == "any" or gap >= low) and (high == "any" or gap <= high):
        return None
    return f"They are {level_words(gap)}, and {wanted}."


def _says_line_of_command(pair: Pair) -> str | None:
    if pair.kind.line_of_command != "never":
        return None
    line = _unplaced_words(pair) or _line_words(pair)
    return f"{line}, and a {pair.relationship} is nobody in your line of command." if line else None


def _says_direct_line(pair: Pair) -> str | None:
    if pair.kind.line_of_command != "skip_level":
        return None
    org = pair.people.org
    is_manager = pair.candidate in org.managers(pair.seeker)
    is_report = pair.seeker in org.managers(pair.candidate)
    line = _unplaced_words(pair) or (_line_words(pair) if is_manager or is_report else None)
    if line is None:
        return None
    return f"{line}, and a {pair.relationship} is not your own manager or one of your own reports."


def _says_not_available(pair: Pair) -> str | None:
    people, live, candidate = pair.people, pair.live, pair.candidate
    kinds, places = int(people.open_to[candidate]), int(people.capacity[candidate])
    for row, bits in zip(live.open_to_rows, live.open_to_bits, strict=True):
        kinds = int(bits) if row == candidate else kinds
    for row, free in zip(live.capacity_rows, live.capacity_free, strict=True):
        places = int(free) if row == candidate else places
    available = (
        bool(people.active[candidate])
        and bool(kinds & pair.relationship.bit)
        and places >= 1
        and not pair.is_among(live.unavailable)
    )
    return None if available else "They are not available at the moment."


def _unplaced_words(pair: Pair) -> str | None:
    for row, whose in ((pair.seeker, "Your"), (pair.candidate, "Their")):
        has_manager = int(pair.people.manager[row]) != NO_ROW
        if not has_manager and not bool((pair.people.manager == row).any()):
            return f"{whose} place in the reporting lines is not recorded"
    return None


def _line_words(pair: Pair) -> str | None:
    org = pair.people.org
    if org.is_above(pair.candidate, pair.seeker):
        return "You report to them" + _how(org, pair.seeker, pair.candidate)
    if org.is_above(pair.seeker, pair.candidate):
        return "They report to you" + _how(org, pair.candidate, pair.seeker)
    return None


def _how(org: Org, lower: int, upper: int) -> str:
    if upper == org.manager[lower]:
        return ""
    return " in a second line" if upper in org.second_managers(lower) else " through others"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def level_words(gap: int) -> str:
    """Return where somebody stands: "two levels above you", "on your level"."""
    if gap == 0:
        return "on your level"
    number = _NUMBERS[abs(gap)] if abs(gap) < len(_NUMBERS) else str(abs(gap))
    levels = "level" if abs(gap) == 1 else "levels"
    return f"{number} {levels} {'above' if gap > 0 else 'below'} you"


def _level_range(low: int | str, high: int | str) -> str:
    """Return where a helper must stand; at least one of the bounds is a number."""
    if isinstance(low, int) and isinstance(high, int):
        if low == high:
            return level_words(low)
        if low == -high:
            return f"at most {level_words(high).removesuffix(' above you')} from you"
        return f"from {level_words(low)} to {level_words(high)}"
    if isinstance(low, int):
        return f"{level_words(low)} or higher"
    assert isinstance(high, int)
    return f"{level_words(high)} or lower"


NOT_AVAILABLE = "not_available"
"""The name of the rule about what is private to a candidate."""

RULES: tuple[Rule, ...] = (
    Rule("self", _mask_self, _says_self, standing=True),
    Rule("hidden", _mask_hidden, _says_hidden),
    Rule("declined", _mask_declined, _says_declined),
    Rule("contractor", _mask_contractor, _says_contractor, standing=True, set_by_policy=True),
    Rule("level_gap", _mask_level_gap, _says_level_gap, standing=True, set_by_policy=True),
    Rule(
        "line_of_command",
        _mask_line_of_command,
        _says_line_of_command,
        standing=True,
        set_by_policy=True,
    ),
    Rule("direct_line", _mask_direct_line, _says_direct_line, standing=True, set_by_policy=True),
    Rule(NOT_AVAILABLE, _mask_not_available, _says_not_available),
)
"""The hard rules in the order in which they count: what the seeker did, what everyone may know, and
last what is private to the candidate."""

STANDING_RULES: frozenset[str] = frozenset(rule.name for rule in RULES if rule.standing)
"""The names of the rules that must still hold at an acceptance."""

POLICY_RULES: frozenset[str] = frozenset(rule.name for rule in RULES if rule.set_by_policy)
"""The names of the rules that a policy sets; the others hold under any."""
