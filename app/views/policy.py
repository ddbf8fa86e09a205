"""The administrator's page of the policy: see it, try a change on goals, save it."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.services.identity import Identity
from app.services.policy_desk import Trial
from app.views.parts import company, notices
from app.views.parts.people_picker import pick_person
from app.views.parts.tables import table
from app.views.parts.texts import escape_markdown, label, say
from recommender.errors import LearningRelationshipsError
from recommender.policy import KindPolicy, Limits, ListSettings, Policy
from recommender.relationships import KINDS, Relationship
from recommender.signals import SIGNALS

_LINES = ("never", "skip_level", "allowed")
_ANY_LEVEL = 20
"""What stands for 'any' in a field of levels: the widest bound that the policy knows."""

_BOUNDS = {"min_levels_above": -_ANY_LEVEL, "max_levels_above": _ANY_LEVEL}


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.policy"), anchor=False)
    st.write(say("policy.lead"))
    desk = company.services().policy
    try:
        saved = desk.saved(identity)
    except LearningRelationshipsError as error:
        st.error(escape_markdown(str(error)))
        return
    kind = Relationship(
        st.segmented_control(
            say("find.kind"),
            list(Relationship),
            default=Relationship.MENTOR,
            required=True,
            format_func=lambda one: say(f"kind.{one}"),
        )
        or Relationship.MENTOR
    )
    st.caption(KINDS[kind].question)
    changes: dict[str, Any] = {str(kind): _edit_kind(kind, saved.of(kind))}
    with st.expander(say("policy.limits")):
        changes |= _edit_limits(saved)
    try:
        changed = desk.check(identity, changes)
    except LearningRelationshipsError as error:
        st.error(escape_markdown(str(error)))
        return
    _try_out(identity, kind, changed)
    _save(identity, saved, changed)


def _edit_kind(kind: Relationship, policy: KindPolicy) -> dict[str, Any]:
    st.subheader(say("policy.rules"), anchor=False)
    line = st.selectbox(
        say("policy.line_of_command"),
        _LINES,
        index=_LINES.index(policy.line_of_command),
        format_func=lambda name: say(f"policy.line_{name}"),
        key=f"line_{kind}",
    )
    levels = {name: _edit_level(kind, name, policy) for name in _BOUNDS}
    contractors = st.checkbox(
        say("policy.contractors"), value=policy.contractors, key=f"contractors_{kind}"
    )
    st.subheader(say("policy.weights"), anchor=False)
    st.caption(say("policy.weights_lead"))
    columns = st.columns(2, gap="medium")
    weights = {
        name: _edit_weight(kind, name, policy, columns[number % 2])
        for number, name in enumerate(SIGNALS)
    }
    used = {name: value for name, value in weights.items() if value or name in policy.weights}
    strength = {
        name: column.number_input(
            say(f"policy.{name}"),
            0.0,
            1.0,
            value=float(getattr(policy.strength, name)),
            step=0.05,
            key=f"{name}_{kind}",
        )
        for name, column in zip(("strong", "fair"), st.columns(2, gap="medium"), strict=True)
    }
    return {
        "line_of_command": line,
        **levels,
        "contractors": contractors,
        "weights": used,
        "strength": strength,
    }


def _edit_level(kind: Relationship, name: str, policy: KindPolicy) -> int | str:
    bound, now = _BOUNDS[name], getattr(policy, name)
    value = st.number_input(
        say(f"policy.{name}"),
        -_ANY_LEVEL,
        _ANY_LEVEL,
        value=bound if now == "any" else int(now),
        key=f"{name}_{kind}",
    )
    st.caption(say("policy.any_level", bound=bound))
    return "any" if value == bound else int(value)


def _edit_weight(
    kind: Relationship, name: str, policy: KindPolicy, column: DeltaGenerator
) -> float:
    signal = SIGNALS[name]
    value = column.number_input(
        signal.label.capitalize(),
        -100.0,
        100.0,
        value=float(policy.weights.get(name, 0.0)),
        step=0.05,
        key=f"weight_{name}_{kind}",
    )
    column.caption(signal.says)
    return float(value)


def _edit_limits(saved: Policy) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table_name, model, names in (
        ("limits", Limits, tuple(Limits.model_fields)),
        ("list", ListSettings, ("length",)),
    ):
        values = {}
        for name in names:
            values[name] = int(
                st.number_input(
                    str(model.model_fields[name].description),
                    0,
                    10_000,
                    value=int(getattr(getattr(saved, table_name), name)),
                    key=f"{table_name}_{name}",
                )
            )
        found[table_name] = values
    return found


def _try_out(identity: Identity, kind: Relationship, changed: Policy) -> None:
    st.subheader(say("policy.try"), anchor=False)
    st.caption(say("policy.try_lead"))
    people = company.current_snapshot().people
    seeker = pick_person(say("policy.seeker"), people, key="policy_seeker")
    goals = st.text_area(say("policy.goals"), value=say("policy.sample_goals"), height=110)
    if not st.button(say("policy.try_do"), disabled=seeker is None) or seeker is None:
        return
    for goal in [line.strip() for line in goals.splitlines() if line.strip()][:5]:
        st.markdown(f"**{escape_markdown(goal)}**")
        try:
            trial = company.services().policy.try_out(identity, changed, kind, seeker, goal)
        except LearningRelationshipsError as error:
            st.error(escape_markdown(str(error)))
            continue
        _show_trial(trial)


def _show_trial(trial: Trial) -> None:
    before = {one.person_id: one.rank for one in trial.now.suggestions}
    length = max(len(trial.now.suggestions), len(trial.changed.suggestions))
    lines = []
    for place in range(length):
        now = trial.now.suggestions[place] if place < len(trial.now.suggestions) else None
        then = trial.changed.suggestions[place] if place < len(trial.changed.suggestions) else None
        moved = "" if then is None else _moved(before.get(then.person_id), then.rank)
        lines.append(
            (
                place + 1,
                f"{now.display_name} ({now.score:.2f})" if now else "–",
                f"{then.display_name} ({then.score:.2f})" if then else "–",
                moved,
            )
        )
    heads = [say(f"policy.{name}") for name in ("place", "now", "changed", "moved")]
    st.html(table(heads, lines))


def _moved(before: int | None, now: int) -> str:
    if before is None:
        return say("policy.new")
    if before == now:
        return say("policy.same")
    return say("policy.from_place", place=before)


def _save(identity: Identity, saved: Policy, changed: Policy) -> None:
    st.subheader(say("policy.save"), anchor=False)
    if changed == saved:
        st.write(say("policy.unchanged"))
        return
    st.write(say("policy.save_lead"))
    st.button(
        say("policy.save_do"),
        type="primary",
        on_click=notices.take,
        args=(lambda: company.services().policy.save(identity, changed), label("policy.saved")),
    )
