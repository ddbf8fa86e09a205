"""The night: build, gate, publish, prune, in one command and under one lock."""

import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import publishing
from index.build import BuildReport, build_locked
from index.encoder import Encoder, EncoderSettings, Progress
from index.folder import IndexFolder
from recommender.errors import GateError

GATE: tuple[str, ...] = (sys.executable, "-m", "eval", "gate")
"""The command that compares a candidate with what serves: exit 0 lets it pass."""
KEEP = 7
"""How many snapshots a night keeps."""


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did."""

    build: BuildReport
    gate: str
    """"passed", "first night" or "off"."""
    gate_seconds: float
    pruned: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Give what is printed as JSON."""
        return {
            "snapshot": self.build.snapshot_id,
            "published": self.build.published,
            **self.build.as_dict(),
            "gate": {"outcome": self.gate, "seconds": round(self.gate_seconds, 3)},
            "pruned": self.pruned,
        }


def run_night(
    people: Path,
    index_dir: Path,
    *,
    settings: EncoderSettings | None = None,
    policy_text: str | None = None,
    accept_drop: bool = False,
    gate: str | None = None,
    keep: int = KEEP,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> Night:
    """Build a snapshot, let the gate judge it, publish it, and prune old ones.

    Args:
        people: the people export.
        index_dir: the index folder; made where missing.
        settings: which model embeds.
        policy_text: the policy to keep with the snapshot; None for the project's defaults.
        accept_drop: build even if many people, or a whole department, are gone.
        gate: the gate's command line, to which `--candidate FOLDER --published FOLDER` is added;
            None for `python -m eval gate`, "" for no gate.
        keep: how many snapshots to keep.
        progress: called while passages are embedded.
        encoder: an encoder that is already loaded by `settings`.

    Raises:
        GateError: the gate did not let the snapshot pass; it is kept, unpublished.
        LearningRelationshipsError: as `index.build.build`.
    """
    index = IndexFolder(Path(index_dir))
    with index.locked():
        report = build_locked(
            index, people, settings=settings or EncoderSettings(), policy_text=policy_text,
            accept_drop=accept_drop, publish=False, progress=progress, encoder=encoder,
        )  # fmt: skip
        started = time.perf_counter()
        command = GATE if gate is None else tuple(shlex.split(gate))
        if report.compared_with is None or not command:
            outcome = "first night" if report.compared_with is None else "off"
        else:
            _ask(command, report, index.snapshot(report.compared_with))
            outcome = "passed"
        took = time.perf_counter() - started
        publishing.publish(index, report.snapshot_id, gate=outcome)
        report.published = True
        return Night(report, outcome, took, publishing.prune(index, keep))


def _ask(command: tuple[str, ...], report: BuildReport, published: Path) -> None:
    arguments = ["--candidate", str(report.folder), "--published", str(published)]
    try:
        done = subprocess.run(  # noqa: S603 (the administrator's own command)
            [*command, *arguments], stdout=sys.stderr, check=False
        )
    except OSError as error:
        raise GateError(f"the gate's command {command[0]!r} cannot be run: {error}") from error
    if done.returncode != 0:
        raise GateError(
            f"the gate ended with {done.returncode}: {report.snapshot_id} was built and is not "
            f"published, what served goes on serving. To publish it all the same: 'python -m index "
            f"publish {report.snapshot_id} --index {report.folder.parent.parent}'"
        )
