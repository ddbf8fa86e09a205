"""The administrator's commands: `python -m index COMMAND`.

Exit codes: 0 done, 1 a problem that the one line on stderr names, 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from recommender.errors import LearningRelationshipsError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("validate", help="check a people file")
    check.add_argument("people", type=Path)
    check.add_argument("--json", action="store_true")
    make = commands.add_parser(
        "build",
        help="build a snapshot from a people file",
        description="Build and verify a snapshot. The first one of an index folder is published "
        "at once, a later one waits for 'publish' unless --publish is given.",
    )
    make.add_argument("people", type=Path)
    make.add_argument("--index", type=Path, required=True, metavar="DIR")
    make.add_argument("--policy", type=Path, help="a policy file to keep with the snapshot")
    make.add_argument("--model", default="default", help="a model's folder or name")
    make.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    make.add_argument(
        "--publish", action="store_true", help="publish it even if it is not the first"
    )
    make.add_argument("--json", action="store_true")
    for name, told in (
        ("status", "say what serves"),
        ("verify", "check every byte of what serves"),
    ):
        command = commands.add_parser(name, help=told)
        command.add_argument("--index", type=Path, required=True, metavar="DIR")
        command.add_argument("--json", action="store_true")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except LearningRelationshipsError as error:
        print(error, file=sys.stderr)
        return 1


def _validate(options: argparse.Namespace) -> int:
    from index.people_report import validate_command

    return validate_command(options.people, as_json=options.json, stream=sys.stdout)


def _build(options: argparse.Namespace) -> int:
    from index.build import build
    from index.encoder import EncoderSettings

    report = build(
        options.people,
        options.index,
        settings=EncoderSettings(model=options.model, precision=options.precision),
        policy_text=options.policy.read_text(encoding="utf-8") if options.policy else None,
        publish=options.publish or None,
    )
    state = "published" if report.published else "staged"
    print(f"{state} {report.snapshot_id}: {report.n_people} people, {report.n_passages} passages")
    return 0


def _status(options: argparse.Namespace) -> int:
    from index.search import IndexReader

    manifest = IndexReader(options.index).current().manifest
    if options.json:
        print(json.dumps(manifest.model_dump(mode="json")))
    else:
        print(f"{manifest.snapshot_id}: {manifest.n_people} people, {manifest.n_passages} passages")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from index import snapshot as layout
    from index.search import IndexReader

    current = IndexReader(options.index).current()
    layout.check_snapshot(current.folder, current.manifest)
    print(f"{current.snapshot_id}: whole")
    return 0


_COMMANDS = {"validate": _validate, "build": _build, "status": _status, "verify": _verify}

if __name__ == "__main__":
    sys.exit(main())
