"""What made an order, in words and lines that need no arithmetic."""

from collections.abc import Sequence
from html import escape

from app.views.parts.texts import say
from recommender.explanation import Contribution

_LEAST_SHARE = 0.02
"""What is less of the whole than this is not worth a line."""

_COMMON = frozenset({"language", "hours", "fresh", "other_team", "other_department", "grams"})

_MOST_LINES = 5
"""What speaks for somebody, the largest first; the rest is small beside it."""

_A_LOT, _SOME = 0.25, 0.08
"""From which share of the whole a signal adds 'a lot', and from which 'something'."""


def contribution_lines(contributions: Sequence[Contribution]) -> str:
    """Draw what speaks most for somebody and all that speaks against, as HTML.

    What takes off stands apart, says so, and is hatched: a length alone has no sign.
    """
    total = sum(abs(part.contribution) for part in contributions)
    shown = [part for part in contributions if abs(part.contribution) > _LEAST_SHARE * total]
    speaks_for = [part for part in shown if part.contribution > 0][:_MOST_LINES]
    against = [part for part in shown if part.contribution < 0]
    return "".join(
        f'<p class="soft">{escape(say(title))}</p><ul class="adds">'
        + "".join(_line(part, total) for part in parts)
        + "</ul>"
        for title, parts in (("card.speaks_for", speaks_for), ("card.speaks_against", against))
        if parts
    )


def strongest_signals(contributions: Sequence[Contribution]) -> list[str]:
    """Say what speaks most for somebody, where no line of their profile does: at most two.

    What nearly everybody has, such as a language in common, is no reason.
    """
    speaking = [part for part in contributions if part.contribution > 0]
    speaking.sort(key=lambda part: -part.contribution)
    return [signal_words(part.signal) for part in speaking if part.signal not in _COMMON][:2]


def signal_words(signal: str) -> str:
    """Name what counts, in plain words."""
    return say(f"signal.{signal}")


def amount_words(contribution: float, total: float) -> str:
    """Say how much something adds or takes off, against the sum of all that counts."""
    share = abs(contribution) / total if total else 0.0
    amount = "a_lot" if share >= _A_LOT else "some" if share >= _SOME else "a_little"
    return say(f"card.{'adds' if contribution > 0 else 'takes'}_{amount}")


def _line(part: Contribution, total: float) -> str:
    width = 100 * abs(part.contribution) / total
    side = "plus" if part.contribution > 0 else "minus"
    return (
        f'<li><span class="what">{escape(signal_words(part.signal))}</span>'
        f'<span class="rod"><span class="{side}" style="width:{width:.0f}%"></span></span>'
        f'<span class="soft">{escape(amount_words(part.contribution, total))}</span></li>'
    )
