"""The night: build, gate, publish, prune, in one command and under one lock."""

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.disk.index_folder import IndexFolder
from index.encoder.protocol import Encoder, EncoderSettings, Progress
from index.night.build import BuildReport, Part, build_locked, read_export
from index.night.export_file import ANY_EXPORT, Expected
from index.night.identities import NOTHING_SAID, Decisions
from index.night.own_packages import with_own_packages
from index.night.progress import GATE as GATE_PART
from index.serving import publishing
from index.snapshot.manifest import FORMAT
from recommender.errors import BuildError, GateError, LearningRelationshipsError

GATE: tuple[str, ...] = (sys.executable, "-m", "eval", "gate")
"""The command that compares a candidate with what serves: exit 0 lets it pass."""
ACCEPT_DROP = "LEARNING_RELATIONSHIPS_ACCEPT_DROP"
"""Environment of the gate: "1" where the administrator said that a drop of people is meant."""
KEEP = 7
"""How many snapshots a night keeps."""
FIRST, NOTHING_WHOLE, OFF, PASSED = "first night", "nothing whole to compare with", "off", "passed"
PASSED_OTHER_FORMAT = "passed, as far as another format can be compared"
ACCEPTED_UNREAD = "accepted without a comparison, since the people published cannot be read"
"""What came of the gate."""


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did."""

    build: BuildReport
    gate: str
    """What came of it: `FIRST`, `NOTHING_WHOLE`, `OFF`, `PASSED`, `PASSED_OTHER_FORMAT` or
    `ACCEPTED_UNREAD`."""
    pruned: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return what is printed as JSON."""
        took = round(self.build.seconds.get(GATE_PART, 0.0), 3)
        return {
            "snapshot": self.build.snapshot_id,
            "published": self.build.published,
            **self.build.as_dict(),
            "gate": {"outcome": self.gate, "seconds": took},
            "pruned": self.pruned,
        }


def run_night(
    people: Path,
    index_dir: Path,
    *,
    settings: EncoderSettings | None = None,
    policy_text: str | None = None,
    expected: Expected = ANY_EXPORT,
    decisions: Decisions = NOTHING_SAID,
    accept_drop: bool = False,
    accept_managers: bool = False,
    gate: str | None = None,
    keep: int = KEEP,
    progress: Progress | None = None,
    part: Part | None = None,
    encoder: Encoder | None = None,
) -> Night:
    """Build a snapshot, let the gate judge it, publish it, and prune old ones.

    Args:
        people: the people export.
        index_dir: the index folder; made where missing.
        settings: which model embeds.
        policy_text: the policy to keep with the snapshot; None for the project's defaults.
        expected: what the export must be.
        decisions: whose the numbers are, where that is not certain.
        accept_drop: build even if many people, or a whole department, are gone, or nobody can
            tell.
        accept_managers: build even if many people have another manager.
        gate: the gate's command line, to which `--candidate FOLDER --published FOLDER` is added;
            None for `python -m eval gate`, "" for no gate. Any gate is told of `accept_drop`
            by the environment.
        keep: how many snapshots to keep.
        progress: called while passages are embedded.
        part: called as each part of the work begins.
        encoder: an encoder that is already loaded by `settings`.

    Raises:
        GateError: the gate did not let the snapshot pass; it is kept, unpublished.
        LearningRelationshipsError: as `index.night.build.build`.
    """
    index = IndexFolder(Path(index_dir))
    if keep < 1:
        raise BuildError("at least one snapshot must be kept")
    command = GATE if gate is None else _split(gate)
    with _told_to_history(index, take_lock=True):
        export = read_export(Path(people), policy_text, expected=expected, part=part)
    with index.locked(), _told_to_history(index):
        is_first = not index.published_ids()
        report = build_locked(
            index, export, settings=settings or EncoderSettings(),
            decisions=decisions, accept_drop=accept_drop, accept_managers=accept_managers,
            publish=False, progress=progress, encoder=encoder,
        )  # fmt: skip
        outcome = OFF
        if report.unreadable is not None:
            outcome = ACCEPTED_UNREAD
        elif report.compared_with is None:
            outcome = FIRST if is_first else NOTHING_WHOLE
        elif command:
            try:
                with report.timed(GATE_PART):
                    published = index.snapshot(report.compared_with)
                    _ask(command, report, published, accept_drop=accept_drop)
            except GateError:
                publishing.prune(index, keep)  # refused night after night, they would fill the disk
                raise
            outcome = PASSED if report.compared_format == FORMAT else PASSED_OTHER_FORMAT
        with report.timed("publish"):
            publishing.publish(index, report.snapshot_id, gate=outcome)
            report.published = True
            pruned = publishing.prune(index, keep)
        return Night(report, outcome, pruned)


@contextlib.contextmanager
def _told_to_history(index: IndexFolder, *, take_lock: bool = False) -> Iterator[None]:
    """Keep in the history that a night stopped, and by what kind of error; never its words.

    Who does not hold the lock takes it for that; where another command holds it, nothing is kept.
    """
    try:
        yield
    except LearningRelationshipsError as error:
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(LearningRelationshipsError))  # a full disk
            if take_lock:
                stack.enter_context(index.locked())
            index.record("stopped", why=type(error).__name__)
        raise


def _split(gate: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(gate))
    except ValueError as error:
        raise GateError(f"the gate's command {gate!r} cannot be read: {error}") from None


def _ask(
    command: tuple[str, ...], report: BuildReport, published: Path, *, accept_drop: bool
) -> None:
    arguments = ["--candidate", str(report.folder), "--published", str(published)]
    environment = os.environ | {ACCEPT_DROP: "1" if accept_drop else ""}
    if command is GATE:
        environment = with_own_packages(environment)
    try:
        done = subprocess.run(  # noqa: S603 (the administrator's own command)
            [*command, *arguments], stdout=sys.stderr, check=False, env=environment
        )
    except OSError as error:
        raise GateError(f"the gate's command {command[0]!r} cannot be run: {error}") from error
    if done.returncode != 0:
        raise GateError(
            f"the gate ended with {done.returncode}: {report.snapshot_id} was built and is not "
            f"published, what served goes on serving. To publish it all the same: 'python -m index "
            f"publish {report.snapshot_id} --index {report.folder.parent.parent}'"
        )
