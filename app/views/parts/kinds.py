"""How the four kinds look: an icon, a mark and a colour of their own, the same on every page."""

from html import escape

from app.views.parts.texts import say
from recommender.relationships import Relationship

ICONS: dict[Relationship, str] = {
    Relationship.MENTOR: "explore",
    Relationship.COACH: "exercise",
    Relationship.SPONSOR: "rocket_launch",
    Relationship.PEER: "handshake",
}
"""Names of Material symbols, which Streamlit brings: a compass, a dumb-bell, a rocket, hands."""

SHAPES: dict[Relationship, str] = {
    Relationship.MENTOR: "▲",
    Relationship.COACH: "■",
    Relationship.SPONSOR: "◆",
    Relationship.PEER: "●",
}
"""A mark for pictures: told apart without colour, and drawn without a font of symbols."""


def kind_label(kind: Relationship) -> str:
    """Name a kind with its icon, for a place that reads Markdown."""
    return f":material/{ICONS[kind]}: {say(f'kind.{kind}')}"


def kind_badge(kind: Relationship) -> str:
    """Draw a kind with its icon and colour, as HTML."""
    return (
        f'<span class="kind kind-{kind}"><span class="icon" aria-hidden="true">{ICONS[kind]}</span>'
        f"{escape(say(f'kind.{kind}'))}</span>"
    )
