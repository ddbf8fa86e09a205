"""One suggestion as a card.

Whatever comes from a profile goes through `st.text`, which shows it as it is: no HTML, no Markdown.
"""

import html

import streamlit as st

from recommender.explanation import Contribution, Strength
from recommender.recommend import Suggestion

_STRENGTH_WORDS = {
    Strength.STRONG: "●●● strong match",
    Strength.FAIR: "●●○ fair match",
    Strength.WEAK: "●○○ weak match",
}
_SHADES = ("#1f5f8b", "#3f8f6b", "#b3701d", "#7a5195", "#a23b55", "#52616b", "#2f7f7f", "#8a6d3b")


def show_card(suggestion: Suggestion) -> None:
    """Draw one suggestion with its reasons."""
    with st.container(border=True):
        st.text(f"{suggestion.rank}. {suggestion.display_name}")
        st.text(f"{suggestion.job_title} · {suggestion.power}")
        st.caption(_STRENGTH_WORDS[suggestion.strength])
        for item in suggestion.evidence:
            st.text(f"“{item.passage}”")
            st.caption(f"{item.field.replace('_', ' ')}, similarity {item.similarity:.2f}")
        with st.expander("Why, and how to begin"):
            for item in suggestion.evidence:
                st.text(f"Speaks to: {item.need}")
            st.html(contribution_bar(suggestion.contributions))
            st.text(suggestion.first_conversation)


def contribution_bar(contributions: tuple[Contribution, ...]) -> str:
    """Draw what each signal adds to the score as one stacked bar with a legend in words."""
    total = sum(abs(part.contribution) for part in contributions) or 1.0
    pieces, words = [], []
    for part, shade in zip(contributions, _SHADES * 2, strict=False):
        label = html.escape(f"{part.label} {part.contribution:+.3f}")
        share = 100 * abs(part.contribution) / total
        pieces.append(f'<span style="width:{share:.1f}%;background:{shade}"></span>')
        words.append(f'<li><span style="background:{shade}" aria-hidden="true"></span>{label}</li>')
    score = sum(part.contribution for part in contributions)
    return (
        "<style>.lr-bar{display:flex;height:.7rem;border-radius:.2rem;overflow:hidden}"
        ".lr-legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem .9rem;margin:.4rem 0 0;"
        "padding:0;font-size:.85rem}.lr-legend span{display:inline-block;width:.7rem;height:.7rem;"
        "margin-right:.3rem;border-radius:.1rem}</style>"
        f'<div class="lr-bar" role="img" aria-label="Score {score:.3f}">{"".join(pieces)}</div>'
        f'<ul class="lr-legend">{"".join(words)}</ul>'
    )
