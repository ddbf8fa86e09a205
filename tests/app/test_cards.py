"""A card: one true line, badges in words that hurt nobody, and nothing of a profile as markup."""

from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.parts.cards import (
    card,
    full_power_words,
    initials,
    person_head,
    power_words,
    reason_order,
    why_lower,
)
from app.views.parts.contributions import contribution_lines, strongest_signals
from app.views.parts.suggestion_lists import certain, close_kinds
from app.views.parts.texts import DEFAULT, catalogue
from recommender.answers import Recommendation, Suggestion, SuggestionList
from recommender.explanation import Contribution, Evidence
from recommender.goals import read_goal
from recommender.kinds import predict_kinds
from recommender.power import Line, Power
from recommender.relationships import KINDS, Relationship
from recommender.rerank import LOAD, TOO_ALIKE
from recommender.signals import SIGNALS
from recommender.strength import Strength
from tests.app.small_company import as_people, people_frame

PEOPLE = as_people(people_frame())
GOAL = read_goal("learn to lead without orders")
STRONG, FAIR, WEAK = Strength


def evidence(field: str, passage: str, *, speaks: bool = True) -> Evidence:
    return Evidence(GOAL.needs[0], field, passage, 0.4, 1, speaks)


def part(signal: str, contribution: float) -> Contribution:
    return Contribution(signal, contribution, 1.0, contribution)


def suggestion(**changes: object) -> Suggestion:
    plain = Suggestion(
        rank=1,
        person_id="CARA",
        display_name="Cara",
        job_title="Title of Cara",
        score=0.5,
        strength=FAIR,
        probability=0.3,
        power="",
        evidence=(evidence("can_help_with", "Leading without orders"),),
        contributions=(part("passages", 0.3), part("step", 0.1)),
        first_conversation="I would like to talk.",
    )
    return replace(plain, **changes)


def text_of(html: str) -> str:
    """What is read of markup, without its tags."""
    out, inside = [], False
    for sign in html:
        inside = sign == "<" or (inside and sign != ">")
        out.append("" if inside or sign == ">" else sign)
    return unescape("".join(out))


def drawn(one: Suggestion, lowered: str = "") -> str:
    return card(one, PEOPLE, "ANNA", GOAL, lowered)


def test_what_people_offer_goes_before_what_they_tell() -> None:
    said = (
        evidence("about", "Once, in the rain"),
        evidence("role", "Head of Port"),
        evidence("can_help_with", "Leading"),
        evidence("experience", "Led a crew", speaks=False),
    )
    assert [item.field for item in reason_order(said)] == ["can_help_with", "about"]
    first = text_of(drawn(suggestion(evidence=said)))
    assert first.index("“Leading”") < first.index("“Once, in the rain”")


def test_a_title_is_no_reason() -> None:
    """It stands under the name; the card says that the work itself fits, and repeats nothing."""
    html = drawn(suggestion(evidence=(evidence("role", "Title of Cara, Port"),)))
    before_more = html.partition("<details>")[0]
    assert before_more.count("Title of Cara") == 1
    assert "their work itself" in before_more


@pytest.mark.parametrize("quoted", [(), (evidence("skills", "sailing", speaks=False),)])
def test_a_card_without_a_quotation_says_why_and_what_speaks_instead(quoted) -> None:
    first = text_of(drawn(suggestion(evidence=quoted)).partition("<details>")[0])
    assert "What speaks for them: what they wrote comes close to your goal" in first
    assert ("not quoted" in first) == (quoted == ())
    assert "sailing" not in first


@pytest.mark.parametrize("line", list(Line))
@pytest.mark.parametrize("levels", [None, -7, -3, -1, 0, 1, 2, 9])
def test_where_somebody_stands_is_said_without_looking_down(levels, line) -> None:
    said, full = power_words(Power(levels, line)), full_power_words(Power(levels, line))
    assert "below you" not in said
    assert "below you." not in full
    if levels is not None and levels < 0:
        assert "another level" in said
        assert f"level{'s' if levels < -1 else ''} above them" in full
    assert power_words(Power(2, Line.ANOTHER)) == "2 levels up, another line"


def test_a_stronger_one_never_stands_below_a_weaker_without_a_word() -> None:
    load, alike = part(LOAD, -0.1), part(TOO_ALIKE, -0.1)
    listed = (
        suggestion(person_id="A", strength=FAIR),
        suggestion(person_id="B", strength=STRONG, contributions=(part("passages", 1.0), load)),
        suggestion(person_id="C", strength=STRONG, contributions=(part("passages", 1.0), alike)),
        suggestion(person_id="D", strength=STRONG),
        suggestion(person_id="E", strength=WEAK),
        suggestion(person_id="F", strength=FAIR, contributions=(part("passages", 0.2), load)),
    )
    said = why_lower(listed)
    assert set(said) == {"B", "C", "D", "F"}
    assert "shown this colleague" in said["B"]
    assert "much alike" in said["C"]
    assert said["B"] in drawn(replace(listed[1], person_id="CARA"), said["B"])


@given(st.lists(st.sampled_from(list(Strength)), max_size=7))
def test_every_place_below_a_weaker_one_has_a_word(strengths: list[Strength]) -> None:
    order = [WEAK, FAIR, STRONG]
    listed = tuple(
        suggestion(person_id=str(number), strength=one) for number, one in enumerate(strengths)
    )
    said = why_lower(listed)
    for number, one in enumerate(strengths):
        weaker_above = any(order.index(up) < order.index(one) for up in strengths[:number])
        assert (str(number) in said) == weaker_above


def test_what_takes_off_stands_apart_and_says_so() -> None:
    html = contribution_lines((part("passages", 0.5), part("step", 0.1), part(LOAD, -0.2)))
    plus, minus = html.split("What takes some of it away")
    assert 'class="minus"' not in plus
    assert 'class="plus"' not in minus
    assert "takes off a lot" in minus
    assert "0." not in text_of(html), "no decimals"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*SIGNALS, LOAD, TOO_ALIKE, "reader"]),
            st.floats(-3, 3, allow_nan=False),
        ),
        max_size=12,
    )
)
def test_every_signal_has_plain_words_without_numbers(parts: list[tuple[str, float]]) -> None:
    html = contribution_lines([part(*one) for one in parts])
    assert not any(sign.isdigit() for sign in text_of(html))
    assert len(strongest_signals([part(*one) for one in parts])) <= 2


@given(st.text(min_size=1, max_size=40))
def test_whatever_a_profile_holds_is_text(text: str) -> None:
    one = suggestion(
        display_name=text,
        evidence=(evidence("about", text),),
        first_conversation=text,
    )
    html = drawn(one, text)
    assert html.count("<article") == html.count("</article>") == 1
    assert "<script" not in html
    tags = html.count("<")
    assert tags == drawn(suggestion(evidence=(evidence("about", "x"),)), "x").count("<")


@given(st.text(max_size=40))
def test_initials_are_two_signs_at_most(name: str) -> None:
    found = initials(name)
    assert all(not sign.isspace() for sign in found)
    assert len([sign for sign in found if sign.isalnum()]) <= 6, "ß and ŉ have wide capitals"
    assert person_head(name, "").startswith("<div")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gülmisal Çetin", "GÇ"),
        ("Sam van der Velden", "SV"),
        ("Cara", "C"),
        ("“Siobhán” (O’Neill)", "SO"),
        ("", ""),
        ("– ·", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_the_pages_name_a_kind_by_the_thing_that_the_answers_name() -> None:
    for kind in Relationship:
        assert catalogue(DEFAULT)[f"thing.{kind}"] == KINDS[kind].thing


@given(
    st.lists(st.floats(-4, 4), min_size=4, max_size=4),
    st.lists(st.lists(st.sampled_from(list(Strength)), max_size=3), min_size=4, max_size=4),
)
def test_nobody_is_asked_to_choose_a_kind_that_has_nobody(logits, strengths) -> None:
    lists = tuple(
        SuggestionList(kind, tuple(suggestion(strength=one) for one in own), {}, "")
        for kind, own in zip(Relationship, strengths, strict=True)
    )
    answer = Recommendation("ANNA", GOAL, "s", predict_kinds(np.array(logits)), lists)
    asked = close_kinds(answer)
    somebody = [part.relationship for part in lists if certain(part)]
    assert set(asked) <= set(somebody)
    best = [fit.relationship for fit in answer.reading.fits[:2]]
    assert list(asked) in ([], best)
    if answer.reading.is_close and set(best) <= set(somebody):
        assert list(asked) == best
