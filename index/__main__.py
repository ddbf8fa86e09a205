"""The administrator's commands: `python -m index COMMAND`.

With --json a command prints one line: what it did, or {"error", "message", "exit_code"}.

exit codes:
  0  done
  1  a problem; one line on stderr says which, and what to do
  2  wrong usage
  3  the gate did not let the new snapshot pass; it is kept, unpublished
  4  another build or publish is at work in the same index folder
  5  far fewer people than are published, or nobody can tell, since this version cannot read them;
     --accept-drop says that it is meant; or many people have another manager than is published,
     and --accept-managers says that this is
   6  person_ids may be other people's than before; the message says how many and what to do

Whatever the code: what served before goes on serving, unless it is 0.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from index.arguments import at_least_one
from index.disk.private import keep_private
from index.terminal import show, write_any_letter
from recommender.errors import (
    BusyError,
    DropError,
    GateError,
    IdentityError,
    LearningRelationshipsError,
    ManagersError,
)

EXIT_CODES: dict[type[LearningRelationshipsError], int] = {
    GateError: 3,
    BusyError: 4,
    DropError: 5,
    ManagersError: 5,
    IdentityError: 6,
}


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_building(commands)
    _add_serving(commands)
    return parser


def _add_building(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("validate", help="check a people file and list every problem")
    check.add_argument("people", type=Path, metavar="PEOPLE")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.add_argument(
        "--all", action="store_true", help="list each problem, be there thousands alike"
    )
    make = commands.add_parser(
        "build",
        help="build a snapshot from a people file",
        description="Build a snapshot and verify it. The first one of an index folder is published "
        "at once; a later one waits for 'publish', unless --publish is given.",
    )
    make.add_argument("--publish", action="store_true", help="publish it, first or not")
    night = commands.add_parser(
        "nightly",
        help="build, gate, publish and prune, unattended",
        description="Build a snapshot, verify it, let the gate compare it with the published one, "
        "publish it, and prune old ones. On the first night there is nothing to compare with.",
    )
    night.add_argument(
        "--gate",
        metavar="COMMAND",
        help="a command to which --candidate FOLDER --published FOLDER is added; exit 0 lets the "
        "snapshot pass (default: python -m eval gate; '' for none)",
    )
    night.add_argument(
        "--keep", type=at_least_one, default=7, help="snapshots to keep (default: 7)"
    )
    night.add_argument(
        "--progress",
        choices=("text", "json"),
        default="text",
        help="how stderr tells how far it is; json: an object a line (default: text)",
    )
    for command in (make, night):
        command.add_argument("people", type=Path, metavar="PEOPLE")
        _add_index(command)
        command.add_argument("--policy", type=Path, help="the policy file to keep with it")
        command.add_argument("--model", default="default", help="a model's folder or name")
        command.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
        command.add_argument("--runtime", choices=("onnx", "torch"), default="onnx")
        command.add_argument("--no-adapter", action="store_true", help="leave the model as it is")
        command.add_argument("--allow-download", action="store_true", help="of a model by its name")
        command.add_argument(
            "--accept-drop",
            action="store_true",
            help="go on though over 20 %% of the people, or a whole department, are gone, or "
            "nobody can tell; the gate is told by LEARNING_RELATIONSHIPS_ACCEPT_DROP=1 in its "
            "environment",
        )
        command.add_argument(
            "--accept-managers",
            action="store_true",
            help="go on though over 10 %% of the people have another manager than is published",
        )
        _add_people_options(command)


def _add_people_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--renumbered",
        type=Path,
        metavar="FILE",
        help="people who came under another person_id: a CSV file with the columns old_id,new_id, "
        "as a night that stopped with 6 leaves it in the index folder",
    )
    whose = command.add_mutually_exclusive_group()
    whose.add_argument(
        "--accept-renamed",
        action="store_true",
        help="people whose e-mail and name both changed are the same people",
    )
    whose.add_argument(
        "--accept-reissued",
        action="store_true",
        help="people with a person_id of somebody else are other people; they inherit nothing",
    )
    command.add_argument(
        "--expect-rows", type=at_least_one, metavar="N", help="stop unless the export has N people"
    )
    command.add_argument(
        "--expect-sha256", metavar="HASH", help="stop unless the export has this checksum"
    )


def _add_serving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    show = commands.add_parser("status", help="say what serves, what is kept, what happened")
    verify = commands.add_parser("verify", help="check every byte against its checksum")
    verify.add_argument("--snapshot", metavar="ID", help="only this one (default: everything)")
    publish = commands.add_parser("publish", help="let readers move to a snapshot that was built")
    publish.add_argument("snapshot", nargs="?", metavar="ID", help="default: the newest that waits")
    back = commands.add_parser("rollback", help="let readers go back to the one before")
    back.add_argument("--to", metavar="ID", help="default: the newest published before this one")
    prune = commands.add_parser("prune", help="remove old snapshots and unused embeddings")
    prune.add_argument("--keep", type=at_least_one, required=True, metavar="N")
    forget = commands.add_parser(
        "forget",
        help="remove a person now from every kept snapshot and from the cache",
        description="Remove a person from every kept snapshot and from the cache. The next export "
        "must leave them out too: what it holds comes back with the next night.",
    )
    forget.add_argument("person", metavar="PERSON_ID")
    forget.add_argument(
        "--unreadable",
        action="store_true",
        help="remove the snapshots whose people cannot be read, though no other has the person",
    )
    for command in (show, verify, publish, back, prune, forget):
        _add_index(command)


def _add_index(command: argparse.ArgumentParser) -> None:
    command.add_argument("--index", type=Path, required=True, metavar="DIR", help="index folder")
    command.add_argument("--json", action="store_true", help="print JSON")


def main(arguments: Sequence[str] | None = None, prog: str = "python -m index") -> int:
    """Run one command and return its exit code; `prog` is how usage names it."""
    write_any_letter()
    keep_private()
    options = _parser(prog).parse_args(arguments)
    from index.commands import COMMANDS

    try:
        return COMMANDS[options.command](options)
    except LearningRelationshipsError as error:
        return _failed(options, type(error).__name__, str(error), EXIT_CODES.get(type(error), 1))
    except OSError as error:
        what = error.strerror or error
        return _failed(options, "OSError", f"{error.filename or 'a file'}: {what}", 1)
    except KeyboardInterrupt:
        return _failed(options, "Stopped", "stopped; what served goes on serving", 1)


def _failed(options: argparse.Namespace, kind: str, message: str, code: int) -> int:
    """Print on stderr what went wrong, and on stdout too where a program listens."""
    show(message, sys.stderr)
    if options.json:
        show(json.dumps({"error": kind, "message": message, "exit_code": code}))
    return code


if __name__ == "__main__":
    sys.exit(main())
