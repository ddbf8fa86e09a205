"""What each of the administrator's commands does and prints; `index.__main__` names them."""

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.disk.index_folder import IndexFolder
from index.encoder.protocol import EncoderSettings
from index.night import erasure
from index.night.build import BuildReport, build
from index.night.export_file import Expected
from index.night.identities import Decisions
from index.night.nightly import run_night
from index.night.progress import ProgressDisplay
from index.night.renumbered import read_renumbered
from index.people_file.people_file import inspect_people
from index.people_file.report import can_be_used, render_json, render_text
from index.serving import publishing
from index.serving.status import describe, find_all_damage, find_other_formats
from index.snapshot.manifest import FORMAT
from index.terminal import show
from recommender.errors import PolicyError


def _validate(options: Namespace) -> int:
    found = inspect_people(options.people)
    render = render_json if options.json else render_text
    show(render(found, every=options.all))
    return 0 if can_be_used(found) else 1


def _build(options: Namespace) -> int:
    with ProgressDisplay() as display:
        report = build(
            options.people,
            options.index,
            settings=_settings(options),
            policy_text=_policy(options.policy),
            expected=Expected(options.expect_rows, options.expect_sha256),
            decisions=_decisions(options),
            accept_drop=options.accept_drop,
            accept_managers=options.accept_managers,
            publish=options.publish or None,
            progress=display.update,
            part=display.part,
        )
    outcome = {"snapshot": report.snapshot_id, "published": report.published}
    _say(options, outcome | report.as_dict(), _told(report))
    return 0


def _nightly(options: Namespace) -> int:
    with ProgressDisplay(as_json=options.progress == "json") as display:
        night = run_night(
            options.people,
            options.index,
            settings=_settings(options),
            policy_text=_policy(options.policy),
            expected=Expected(options.expect_rows, options.expect_sha256),
            decisions=_decisions(options),
            accept_drop=options.accept_drop,
            accept_managers=options.accept_managers,
            gate=options.gate,
            keep=options.keep,
            progress=display.update,
            part=display.part,
        )
    lines = [f"gate: {night.gate}", f"snapshots removed: {len(night.pruned)}"]
    _say(options, night.as_dict(), [*_told(night.build), *lines])
    return 0


def _settings(options: Namespace) -> EncoderSettings:
    return EncoderSettings(
        model=options.model,
        runtime=options.runtime,
        precision=options.precision,
        adapter=not options.no_adapter,
        allow_download=options.allow_download,
    )


def _decisions(options: Namespace) -> Decisions:
    return Decisions(
        renumbered=read_renumbered(options.renumbered) if options.renumbered else {},
        renamed=options.accept_renamed,
        reissued=options.accept_reissued,
    )


def _policy(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"the policy file {path} cannot be read: {error}") from error


def _told(report: BuildReport) -> list[str]:
    changes = report.changes
    took = ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.seconds.items())
    state = "published" if report.published else "built, waiting to be published:"
    other = [
        f"compared with the people of {report.compared_with}, whose format "
        f"{report.compared_format} this version cannot open"
    ]
    known = report.identities
    again = (
        f"known again: {known.get('carried', 0):,} under another number, "
        f"{known.get('renamed', 0):,} on your word; "
        f"{known.get('reissued', 0):,} with a number that was somebody else's"
    )
    return [
        f"{state} {report.snapshot_id}",
        *(other if report.compared_format not in (None, FORMAT) else []),
        f"people: {report.n_people:,} ({changes.added:,} added, {changes.changed:,} changed, "
        f"{changes.moved:,} moved, {changes.unchanged:,} unchanged; {changes.left:,} left)",
        *([again] if any(known.values()) else []),
        f"passages: {report.n_passages:,} ({report.n_texts:,} different texts, "
        f"{report.n_embedded:,} embedded now)",
        *_told_of_texts(report.n_people, report.n_without_own_words),
        f"warnings about the people file: {report.n_warnings:,}",
        f"people who could not sign in by OpenID Connect: {report.n_without_sign_in:,}"
        f"{' (validate says why)' if report.n_without_sign_in else ''}",
        f"seconds: {sum(report.seconds.values()):.1f} ({took})",
    ]


def _told_of_texts(n_people: int, n_without: int) -> list[str]:
    """Return what a company with few texts can expect; nothing where most people have some."""
    if 2 * n_without <= n_people:
        return []
    who = "nobody has" if n_without == n_people else f"{n_without:,} of {n_people:,} people lack"
    return [
        f"texts: {who} about, can_help_with, experience or skills. Rules, hierarchy and "
        "availability work as ever; such people are found by job title and department only, "
        "without a reason of their own. Add one of these columns to the export for more"
    ]


def _status(options: Namespace) -> int:
    state = describe(IndexFolder(options.index).existing())
    lines = [f"serving: {state['current'] or 'nothing'}"]
    lines += [f"problem: {state['problem']}"] if state["problem"] else []
    for snapshot in state["snapshots"]:
        if "problem" in snapshot:
            lines.append(f"  {snapshot['id']}  {snapshot['state']:9}  {snapshot['problem']}")
            continue
        people = snapshot["report"].get("people", {})
        changes = ", ".join(
            f"{people[name]:,} {name}"
            for name in ("added", "changed", "moved", "left")
            if people.get(name)
        )
        lines.append(
            f"  {snapshot['id']}  {snapshot['state']:9}  {snapshot['people']:,} people, "
            f"{snapshot['passages']:,} passages, {snapshot['bytes'] / 1e6:,.1f} MB; "
            f"{changes or 'nothing changed'}"
        )
        without = people.get("without_own_words", 0)
        lines += [f"    {line}" for line in _told_of_texts(snapshot["people"], without)]
    lines.append(f"embeddings kept: {state['cache_bytes'] / 1e6:,.1f} MB")
    lines.append("history:")
    for entry in state["history"]:
        what = entry.get("snapshot") or entry.get("why") or ", ".join(entry.get("removed", []))
        lines.append(f"  {entry['at']}  {entry['action']:8}  {what}  by {entry['by']}")
    _say(options, state, lines)
    return 1 if state["problem"] else 0


def _verify(options: Namespace) -> int:
    index = IndexFolder(options.index).existing()
    checked, bad = find_all_damage(index, options.snapshot)
    other = find_other_formats(index, checked)
    lines = [f"{_snapshots(len(checked))} checked: all whole"]
    lines += [f"of another format, which this version cannot open: {', '.join(other)}"] * bool(
        other
    )
    found = {"checked": checked, "damage": bad, "other_format": other}
    _say(options, found, [] if bad else lines)
    for sentence in bad:
        show(sentence, sys.stderr)
    return 1 if bad else 0


def _publish(options: Namespace) -> int:
    index = IndexFolder(options.index).existing()
    with index.locked():
        name = publishing.publish(index, options.snapshot)
    _say(options, {"current": name}, [f"published {name}"])
    return 0


def _rollback(options: Namespace) -> int:
    index = IndexFolder(options.index).existing()
    with index.locked():
        name = publishing.rollback(index, options.to)
    _say(options, {"current": name}, [f"rolled back to {name}"])
    return 0


def _prune(options: Namespace) -> int:
    index = IndexFolder(options.index).existing()
    with index.locked():
        removed = publishing.prune(index, options.keep)
    _say(options, {"removed": removed}, [f"removed {_snapshots(len(removed))}"])
    return 0


def _forget(options: Namespace) -> int:
    index = IndexFolder(options.index).existing()
    with index.locked(), ProgressDisplay() as display:
        done = erasure.forget(
            index,
            options.person,
            unreadable=options.unreadable,
            progress=display.update,
            part=display.part,
        )
    told = f"forgotten; written again without the person: {_snapshots(len(done.written))}"
    if done.removed:
        told += f"; removed, since damaged or of another format: {', '.join(done.removed)}"
    told += ". Take the person out of the export too, or the next night brings them back"
    _say(options, {"snapshots": done.written, "removed": done.removed}, [told])
    return 0


def _snapshots(n: int) -> str:
    return "1 snapshot" if n == 1 else f"{n:,} snapshots"


def _say(options: Namespace, value: dict[str, Any], lines: list[str]) -> None:
    if options.json:
        show(json.dumps(value, ensure_ascii=False))
    elif lines:
        show("\n".join(lines))


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "validate": _validate,
    "build": _build,
    "nightly": _nightly,
    "status": _status,
    "verify": _verify,
    "publish": _publish,
    "rollback": _rollback,
    "prune": _prune,
    "forget": _forget,
}
