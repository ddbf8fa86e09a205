"""The administrator's page of the policy: see it, try a change on goals, save it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.services.identity import Identity
from app.services.impossible_policy import find_impossible
from app.services.night_verdict import Lamp
from app.services.policy_desk import Difference, Trial, differences
from app.views.parts import company, notices
from app.views.parts.kinds import kind_label
from app.views.parts.people_picker import pick_person
from app.views.parts.texts import counted, error_words, escape_markdown, label, say
from app.views.parts.verdicts import show_verdict
from recommender.errors import LearningRelationshipsError
from recommender.policy import KindPolicy, Policy, default_policy
from recommender.relationships import Relationship
from recommender.signals import SIGNALS

_LINES = ("never", "skip_level", "allowed")
_ANY_LEVEL = 20
"""What stands for 'any' in a field of levels: the widest bound that the policy knows."""

_BOUNDS = {"min_levels_above": -_ANY_LEVEL, "max_levels_above": _ANY_LEVEL}
_NUMBERS = {
    "limits": ("request_days", "cooldown_days_after_decline", "open_requests_per_helper"),
    "list": ("length",),
}
_MOST_GOALS = 5
_EFFECT_GOALS = 2

_EDITS = "policy_edits"
"""What was edited and not saved, by table of the file; it outlives a change of kind or page."""
_ROUND = "policy_round"
"""Counts how often all was put back; a part of the fields' names, so that they begin anew."""
_EFFECTS = "policy_effects"


def show(identity: Identity) -> None:
    """Draw the page."""
    st.title(say("page.policy"), anchor=False)
    desk = company.services().policy
    try:
        saved = desk.saved(identity)
        waits = desk.waits(identity)
    except LearningRelationshipsError as error:
        show_verdict(Lamp.BAD, say("policy.verdict_broken"))
        st.error(error_words(error))
        return
    edits: dict[str, Any] = st.session_state.setdefault(_EDITS, {})
    verdict = st.container()
    fields, beside = st.columns([3, 2], gap="large")
    with fields:
        kind = _choose_kind()
        edits[kind.value] = _edit_kind(kind, saved.of(kind), edits.get(kind.value))
        with st.expander(say("policy.limits")):
            edits.update(_edit_numbers(saved, edits))
    with beside:
        impossible = list(find_impossible(edits))
        for one in impossible:
            kind_word = say(f"kind.{one.relationship}")
            st.error(label(f"policy.impossible_{one.says}", kind=kind_word, **one.fills))
        changed = None if impossible else _checked(identity, edits)
        if changed is not None:
            found = differences(saved, changed)
            _show_pending(identity, found, changed)
            _try_out(identity, kind, changed)
    with verdict:
        _show_verdict(waits, changed, saved)


def _show_verdict(waits: bool, changed: Policy | None, saved: Policy) -> None:
    more = say("policy.lead")
    if changed is None:
        show_verdict(Lamp.BAD, say("policy.verdict_impossible"), more)
    elif count := len(differences(saved, changed)):
        show_verdict(Lamp.LOOK, counted("policy.verdict_edited", count), more)
    elif waits:
        show_verdict(Lamp.LOOK, say("policy.verdict_waits"), more)
    else:
        own = len(differences(default_policy(), saved))
        none = say("policy.verdict_serves_none")
        show_verdict(Lamp.GOOD, counted("policy.verdict_serves", own) if own else none, more)


def _checked(identity: Identity, edits: Mapping[str, Any]) -> Policy | None:
    try:
        return company.services().policy.check(identity, edits)
    except LearningRelationshipsError as error:
        st.error(error_words(error))
        return None


def _choose_kind() -> Relationship:
    return Relationship(
        st.segmented_control(
            say("policy.kind"),
            list(Relationship),
            default=Relationship.MENTOR,
            required=True,
            format_func=kind_label,
            key="policy_kind",
            persist_state="session",
        )
        or Relationship.MENTOR
    )


def _edit_kind(
    kind: Relationship, saved: KindPolicy, edited: Mapping[str, Any] | None
) -> dict[str, Any]:
    now = edited or saved.model_dump()
    strength = now["strength"]
    st.subheader(say("policy.weights"), anchor=False)
    st.caption(say("policy.weights_lead"))
    effects: dict[str, int] = st.session_state.get(_EFFECTS, {}).get(kind.value, {})
    columns = st.columns(2, gap="medium")
    weights = {}
    for number, name in enumerate(SIGNALS):
        with columns[number % 2]:
            weights[name] = float(
                st.number_input(
                    say(f"policy.signal_{name}"),
                    -100.0,
                    100.0,
                    value=float(now["weights"].get(name, 0.0)),
                    step=0.05,
                    key=_key(f"weight_{name}", kind),
                    help=escape_markdown(SIGNALS[name].says),
                )
            )
            if name in effects:
                count = effects[name]
                none = say("policy.effect_none")
                st.caption(counted("policy.effect", count) if count else none)
    st.subheader(say("policy.rules"), anchor=False)
    line = st.selectbox(
        say("policy.line_of_command"),
        _LINES,
        index=_LINES.index(now["line_of_command"]),
        format_func=lambda name: say(f"policy.line_{name}"),
        key=_key("line", kind),
    )
    columns = st.columns(2, gap="medium")
    levels = {}
    for column, name in zip(columns, _BOUNDS, strict=True):
        with column:
            levels[name] = _edit_level(kind, name, now[name])
    contractors = st.checkbox(
        say("policy.contractors"), value=now["contractors"], key=_key("contractors", kind)
    )
    columns = st.columns(2, gap="medium")
    bounds = {}
    for column, name in zip(columns, ("strong", "fair"), strict=True):
        with column:
            bounds[name] = float(
                st.number_input(
                    say(f"policy.{name}"), 0.0, 1.0, value=float(strength[name]), step=0.05,
                    key=_key(name, kind),
                )
            )  # fmt: skip
    kept = {name: value for name, value in weights.items() if value or name in saved.weights}
    return {
        "line_of_command": line,
        **levels,
        "contractors": contractors,
        "weights": kept,
        "strength": {**strength, **bounds},
    }


def _key(name: str, kind: Relationship | None = None) -> str:
    return f"policy_{name}_{kind}_{st.session_state.get(_ROUND, 0)}"


def _edit_level(kind: Relationship, name: str, now: int | str) -> int | str:
    bound = _BOUNDS[name]
    value = st.number_input(
        say(f"policy.{name}"),
        -_ANY_LEVEL,
        _ANY_LEVEL,
        value=bound if now == "any" else int(now),
        key=_key(name, kind),
        help=say("policy.any_level", bound=bound),
    )
    return "any" if value == bound else int(value)


def _edit_numbers(saved: Policy, edits: Mapping[str, Any]) -> dict[str, Any]:
    return {
        table: {
            name: int(
                st.number_input(
                    say(f"policy.{name}"),
                    0,
                    10_000,
                    value=int(edits.get(table, {}).get(name, getattr(getattr(saved, table), name))),
                    key=_key(name),
                )
            )
            for name in names
        }
        for table, names in _NUMBERS.items()
    }


def _show_pending(identity: Identity, found: list[Difference], changed: Policy) -> None:
    st.subheader(say("policy.pending"), anchor=False)
    if found:
        table = pd.DataFrame(
            [(*_where(one), _value(one.before), _value(one.after)) for one in found],
            columns=["kind", "what", "before", "after"],
        )
        st.dataframe(
            table,
            hide_index=True,
            column_config={
                name: st.column_config.TextColumn(say(f"policy.pending_{name}"))
                for name in table.columns
            },
        )
        st.caption(say("policy.save_lead"))
    else:
        st.write(say("policy.unchanged"))
    with st.container(horizontal=True):
        if found:
            st.button(
                say("policy.save_do"),
                type="primary",
                icon=":material/save:",
                on_click=notices.take,
                args=(
                    lambda: _save(identity, changed),
                    say("policy.saved"),
                ),
            )
            st.button(
                say("policy.discard"), icon=":material/undo:", on_click=_begin_with, args=({},)
            )
        if differences(default_policy(), changed):
            st.button(
                say("policy.defaults"),
                type="tertiary",
                on_click=_begin_with,
                args=(_edits_of(default_policy()),),
            )


def _save(identity: Identity, changed: Policy) -> None:
    company.services().policy.save(identity, changed)
    _begin_with({})


def _begin_with(edits: dict[str, Any]) -> None:
    st.session_state[_EDITS] = edits
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_EFFECTS, None)


def _edits_of(policy: Policy) -> dict[str, Any]:
    """Turn a policy into edits of everything that the page edits."""
    tree = policy.model_dump()
    edits: dict[str, Any] = {kind.value: tree[kind.value] for kind in Relationship}
    for kind in Relationship:
        weights = edits[kind.value]["weights"]
        edits[kind.value]["weights"] = {name: weights.get(name, 0.0) for name in SIGNALS}
    return edits | {
        table: {name: tree[table][name] for name in names} for table, names in _NUMBERS.items()
    }


def _where(one: Difference) -> tuple[str, str]:
    table, *names = one.path
    kind = say(f"kind.{table}") if table in list(Relationship) else say("policy.everywhere")
    name = names[-1]
    is_weight = names[0] == "weights"
    return kind, say(f"policy.signal_{name}" if is_weight else f"policy.{name}")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return say("policy.yes" if value else "policy.no")
    if value is None:
        return "0"
    if value in _LINES:
        return say(f"policy.line_{value}")
    return say("policy.no_bound") if value == "any" else f"{value:g}"


def _try_out(identity: Identity, kind: Relationship, changed: Policy) -> None:
    st.subheader(say("policy.try"), anchor=False)
    st.caption(say("policy.try_lead"))
    people = company.current_snapshot().people
    seeker = pick_person(say("policy.seeker"), people, key="policy_seeker")
    text = st.text_area(
        say("policy.goals"),
        value=say("policy.sample_goals"),
        height=110,
        key="policy_goals",
        persist_state="session",
    )
    goals = [line.strip() for line in text.splitlines() if line.strip()][:_MOST_GOALS]
    with st.container(horizontal=True):
        compare = st.button(say("policy.try_do"), disabled=seeker is None)
        weigh = st.button(say("policy.effects_do"), disabled=seeker is None)
    if seeker is None:
        return
    if weigh and _weigh(identity, kind, changed, seeker, goals[:_EFFECT_GOALS]):
        st.rerun()
    if not compare:
        return
    for goal in goals:
        st.markdown(f"**{escape_markdown(goal)}**")
        try:
            trial = company.services().policy.try_out(identity, changed, kind, seeker, goal)
        except LearningRelationshipsError as error:
            st.error(error_words(error))
            continue
        _show_trial(trial)


def _weigh(
    identity: Identity, kind: Relationship, changed: Policy, seeker: str, goals: list[str]
) -> bool:
    with st.spinner(say("policy.effects_wait")):
        try:
            found = company.services().policy.effects(identity, changed, kind, seeker, goals)
        except LearningRelationshipsError as error:
            st.error(error_words(error))
            return False
    st.session_state[_EFFECTS] = {kind.value: found}
    return True


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
                f"{place + 1}. {now.display_name}" if now else "–",
                f"{place + 1}. {then.display_name}" if then else "–",
                moved,
            )
        )
    names = ["now", "changed", "moved"]
    st.dataframe(
        pd.DataFrame(lines, columns=names),
        hide_index=True,
        column_config={
            name: st.column_config.TextColumn(
                say(f"policy.{name}"), width="small" if name == "moved" else "medium"
            )
            for name in names
        },
    )


def _moved(before: int | None, now: int) -> str:
    if before is None:
        return say("policy.new")
    if before == now:
        return say("policy.same")
    return say("policy.from_place", place=before)
