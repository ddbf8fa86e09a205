"""Small groups are withheld: nobody is found in a figure, nor by subtracting one from another."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def withhold(people: Mapping[Key, int], smallest: int) -> dict[Key, int | None]:
    """Withhold counts of few people, and one more where the rest would give them away.

    Whoever knows the total of a column finds a single withheld count by subtraction. So counts are
    withheld, the smallest first, until those withheld hold `smallest` people together.

    Args:
        people: how many distinct people are in each cell of one column.
        smallest: the smallest group that is shown; 0 is shown, as it is nobody.

    Returns:
        The same cells, None where withheld.

    Source: primary and complementary cell suppression, Hundepool et al., "Statistical Disclosure
    Control", 2012, chapter 4.
    """
    hidden = {key for key, count in people.items() if 0 < count < smallest}
    shown = sorted(
        (key for key, count in people.items() if count >= smallest), key=lambda key: people[key]
    )
    while hidden and shown and sum(people[key] for key in hidden) < smallest:
        hidden.add(shown.pop(0))
    return {key: None if key in hidden else count for key, count in people.items()}
