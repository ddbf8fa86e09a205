"""Nobody is found in a figure: not in one, not by subtracting one from another, nor by waiting.

A figure counts at least so many people, leaves as many of its group out, and comes in steps of that
size. Departments and places are shown only where whatever the two tells apart is as large a group.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Key = TypeVar("Key", bound=Hashable)

Names = NDArray[np.object_]
"""`(n_people,)`: in which part of the company each person is."""


def coarse(count: int, of: int, smallest: int) -> int | None:
    """Round a count of some of a group's members; withhold it where few are in it or few are not.

    None, a few and none at all read the same, and so do all and nearly all.

    Args:
        count: how many of the group.
        of: how many the group has.
        smallest: the smallest number of people that a figure may speak of; also the step.

    Returns:
        The nearest multiple of `smallest`, or None.

    Source: primary suppression and rounding, Hundepool et al., "Statistical Disclosure Control",
    2012, chapter 5; a figure about nearly all tells of each: Machanavajjhala et al., "l-diversity",
    2007.
    """
    if count < smallest or of - count < smallest:
        return None
    return round_to(count, smallest)


def round_to(count: int, step: int) -> int:
    """Round to the nearest multiple of a step, a half up."""
    return (2 * count + step) // (2 * step) * step


def withhold(people: Mapping[Key, int], smallest: int) -> set[Key]:
    """Return which groups are not shown, so that the sum of all gives none of them away.

    Groups are withheld, the smallest first, until those withheld hold `smallest` people together.

    Args:
        people: how many people are in each group of one division.
        smallest: the smallest group that is shown.

    Source: primary and complementary cell suppression, Hundepool et al., 2012, chapter 4.
    """
    hidden = {key for key, count in people.items() if count < smallest}
    shown = sorted(people.keys() - hidden, key=lambda key: (people[key], str(key)))
    while hidden and shown and sum(people[key] for key in hidden) < smallest:
        hidden.add(shown.pop(0))
    return hidden


def shown_parts(first: Names, second: Names, smallest: int) -> tuple[set[str], set[str]]:
    """Return which parts of two divisions of one company may both be shown.

    Whoever knows who works where subtracts the one table from the other. What any sums of both
    tables tell apart is made of cells: the people of one part of the first and one of the second.
    So parts of the second are joined until no cell holds fewer than `smallest`.

    Args:
        first: everybody's part in the division that goes before.
        second: everybody's part in the other.
        smallest: the smallest group that any difference may speak of.
    """
    firsts = Counter(first.tolist())
    hidden_first = withhold(firsts, smallest)
    seconds = Counter(second.tolist())
    hidden = withhold(seconds, smallest)
    joined_first = [None if one in hidden_first else one for one in first.tolist()]
    while True:
        cells = Counter(
            (one, other if other not in hidden else None)
            for one, other in zip(joined_first, second.tolist(), strict=True)
        )
        small = {other for (_, other), count in cells.items() if count < smallest}
        if not small:
            break
        left = sorted(seconds.keys() - hidden, key=lambda key: (seconds[key], str(key)))
        if not left:
            break
        mixed = small - {None}
        hidden |= mixed or {left[0]}
    return firsts.keys() - hidden_first, seconds.keys() - hidden


def dominated(parts: Sequence[int]) -> bool:
    """Return whether one person makes up more than half of a sum, which then is theirs."""
    return 2 * max(parts, default=0) > sum(parts)
