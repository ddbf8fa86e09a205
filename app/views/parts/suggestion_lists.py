"""The colleagues of an answer: a tab for each kind, cards in two columns, guesses folded away."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from app.services.identity import Identity
from app.views.parts import dialogs, search
from app.views.parts.cards import card, why_lower
from app.views.parts.kinds import kind_badge, kind_label
from app.views.parts.read_closely import read_in_place
from app.views.parts.search import Search
from app.views.parts.texts import counted, escape_markdown, label, say
from app.views.parts.why_not import show_why_not
from recommender.answers import Recommendation, Suggestion, SuggestionList
from recommender.people import People
from recommender.recommend import NO_OWN_WORDS
from recommender.relationships import KINDS, Relationship
from recommender.strength import Strength

_BUTTONS: dict[Strength, dict[str, str]] = {
    Strength.STRONG: {"type": "primary"},
    Strength.FAIR: {"type": "secondary"},
    Strength.WEAK: {"type": "tertiary"},
}


def show_lists(identity: Identity, sought: Search, answer: Recommendation, people: People) -> None:
    """Draw an answer.

    Args:
        identity: who asks.
        sought: what is looked for.
        answer: the answer.
        people: everyone of the snapshot that the answer comes from.
    """
    lists = _in_order(sought, answer)
    if len(lists) == 1:
        _show_list(identity, sought, answer, lists[0], people)
        return
    _ask_which(sought, answer)
    titles = [_title(part) for part in lists]
    filled = (title for title, part in zip(titles, lists, strict=True) if part.suggestions)
    tabs = st.tabs(
        titles,
        default=next(filled, titles[0]),
        key=f"lists_{sought.goal.id}_{sought.meant}",
        on_change="rerun",
    )
    for tab, part in zip(tabs, lists, strict=True):
        if tab.open:
            with tab:
                _show_list(identity, sought, answer, part, people)


def certain(part: SuggestionList) -> list[Suggestion]:
    """Return the suggestions that are more than guesses."""
    return [one for one in part.suggestions if one.strength is not Strength.WEAK]


def _title(part: SuggestionList) -> str:
    name = "find.tab" if certain(part) else "find.tab_empty"
    return say(name, kind=kind_label(part.relationship))


def _in_order(sought: Search, answer: Recommendation) -> list[SuggestionList]:
    """Put the kind first that the seeker means, or else the kinds that suit the goal best.

    Kinds that have nobody stand last.
    """
    places = {fit.relationship: place for place, fit in enumerate(answer.reading.fits)}
    return sorted(
        answer.lists,
        key=lambda part: (
            part.relationship is not sought.meant,
            not certain(part),
            places[part.relationship],
        ),
    )


def close_kinds(answer: Recommendation) -> tuple[Relationship, ...]:
    """Return the two kinds that suit the goal about equally; none where one has nobody."""
    filled = {part.relationship for part in answer.lists if certain(part)}
    first, second = (fit.relationship for fit in answer.reading.fits[:2])
    return (first, second) if answer.reading.is_close and {first, second} <= filled else ()


def _ask_which(sought: Search, answer: Recommendation) -> None:
    """Ask which of two kinds is meant, in things."""
    kinds = close_kinds(answer)
    if sought.meant is not None or not kinds:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="which"):
        st.html(f'<p class="lr">{escape(say("find.which"))}</p>', width="content")
        for kind in kinds:
            if st.button(say(f"thing.{kind}").capitalize(), key=f"meant_{kind}"):
                search.start(replace(sought, meant=kind))
                st.rerun()


def _show_list(
    identity: Identity,
    sought: Search,
    answer: Recommendation,
    part: SuggestionList,
    people: People,
) -> None:
    kind = KINDS[part.relationship]
    st.html(
        f'<p class="lr purpose">{kind_badge(part.relationship)} '
        f'<span class="soft">{escape(kind.purpose)}</span></p>'
    )
    part = read_in_place(identity, sought, part)
    sure = certain(part)
    guesses = [one for one in part.suggestions if one not in sure]
    if part.note == NO_OWN_WORDS:
        st.info(escape_markdown(part.note))
    if not sure:
        _show_nobody(answer, part)
    _show_cards(identity, sought, answer, part.relationship, sure, people)
    if guesses:
        with st.expander(counted("find.less_certain", len(guesses))):
            _show_cards(identity, sought, answer, part.relationship, guesses, people)
    show_why_not(identity, sought, part, people)


def _show_nobody(answer: Recommendation, part: SuggestionList) -> None:
    """Say that nobody fits, and what can be done about it."""
    others = [
        say(f"kind.{other.relationship}")
        for other in answer.lists
        if other is not part and certain(other)
    ]
    lead = "find.nobody_fits" if part.suggestions else "find.nobody_may"
    steps = [say("find.nobody_words")] if part.suggestions else []
    steps += [say("find.nobody_kinds", kinds=", ".join(others))] if others else []
    if len(answer.lists) == 1:
        steps.append(say("find.nobody_ways"))
    steps.append(say("find.nobody_later"))
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    st.html(
        f'<section class="lr nobody"><h2>{escape(say("find.nobody"))}</h2>'
        f"<p>{escape(say(lead))}</p><ul>{items}</ul></section>"
    )


def _show_cards(
    identity: Identity,
    sought: Search,
    answer: Recommendation,
    relationship: Relationship,
    suggestions: Sequence[Suggestion],
    people: People,
) -> None:
    if not suggestions:
        return
    lowered = why_lower(suggestions)
    with st.container(key=f"cards_{relationship}_{suggestions[0].strength}"):
        for one in suggestions:
            key = f"{relationship}_{one.person_id}"
            with st.container(border=True, key=f"card_{one.strength}_{key}"):
                why = lowered.get(one.person_id, "")
                st.html(card(one, people, identity.person_id, answer.goal, why))
                with st.container(horizontal=True, vertical_alignment="center"):
                    _show_actions(identity, sought, relationship, one, key)


def _show_actions(
    identity: Identity, sought: Search, relationship: Relationship, one: Suggestion, key: str
) -> None:
    look = _BUTTONS[one.strength]["type"]
    ask = label("card.ask", name=one.display_name)
    if st.button(ask, key=f"ask_{key}", type=look):  # type: ignore[arg-type]
        dialogs.ask(identity, sought.asked, relationship, one)
    if st.button(say("card.not_for_me"), key=f"hide_{key}", type="tertiary"):
        dialogs.not_for_me(identity, sought.asked, relationship, one)
