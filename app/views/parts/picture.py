"""A picture of a learning network: who, how far in the organisation; legible without colour."""

from collections.abc import Sequence
from html import escape
from math import cos, pi, sin

from app.services.network import Tie
from app.views.parts.kinds import SHAPES
from app.views.parts.texts import counted, say

_RINGS = (2, 4)
"""The most steps that stand on the first and on the second ring; the rest is on the third."""

_FIRST_ANGLE = -pi / 4

_RADII = (17, 30, 43)
"""The rings' radii in percent of the picture's width."""


def picture(ties: Sequence[Tie]) -> str:
    """Draw the ties around the person, nearer ones nearer, with a list of who they are, as HTML."""
    rings = "".join(
        f'<span class="ring" style="left:{50 - r}%;top:{50 - r}%;width:{2 * r}%;height:{2 * r}%">'
        "</span>"
        for r in _RADII
    )
    marks, lines = [], []
    for number, tie in enumerate(ties, start=1):
        x, y = _place(number - 1, len(ties), _ring(tie))
        kind, shape = tie.relationship, SHAPES[tie.relationship]
        style = f"left:{x:.1f}%;top:{y:.1f}%"
        marks.append(f'<span class="mark kind-{kind}" style="{style}">{shape}{number}</span>')
        lines.append(f"<li>{_line(number, tie)}</li>")
    return (
        '<section class="lr net">'
        f'<div class="rings" role="img" aria-label="{escape(_summary(ties), quote=True)}">'
        f'{rings}<span class="mark me">{escape(say("network.me"))}</span>{"".join(marks)}</div>'
        f'<div><ul class="plain">{"".join(lines)}</ul>'
        f'<p class="soft">{escape(say("network.rings"))}</p></div></section>'
    )


def distance(tie: Tie) -> str:
    """Show how far away somebody is in the organisation."""
    return say("network.far") if tie.steps is None else counted("network.steps", tie.steps)


def _ring(tie: Tie) -> int:
    if tie.steps is None:
        return len(_RINGS)
    return sum(tie.steps > most for most in _RINGS)


def _place(position: int, total: int, ring: int) -> tuple[float, float]:
    angle = _FIRST_ANGLE + 2 * pi * position / total
    return 50 + _RADII[ring] * cos(angle), 50 + _RADII[ring] * sin(angle)


def _line(number: int, tie: Tie) -> str:
    name = tie.other.display_name or say("who.left")
    role = say("network.i_help" if tie.i_help else "network.helps_me")
    kind = say(f"kind.{tie.relationship}")
    span = say("network.other_department" if tie.other_department else "network.same_department")
    return (
        f'<span aria-hidden="true">{SHAPES[tie.relationship]}</span>{number} '
        f"<strong>{escape(name)}</strong> · {escape(kind)}, {escape(role)}"
        f'<br><span class="soft">{escape(distance(tie))} · {escape(span)}</span>'
    )


def _summary(ties: Sequence[Tie]) -> str:
    names = ", ".join(
        f"{tie.other.display_name or say('who.left')} ({say(f'kind.{tie.relationship}')}, "
        f"{distance(tie)})"
        for tie in ties
    )
    return say("network.picture", names=names)
