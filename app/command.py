"""The one command of an installed service: `learning-relationships COMMAND …`.

It lives here, at the employee's door, and hands `index` and `eval` the rest of the line by the
name of their room, as `python -m` does: rooms on one floor do not import each other.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from app.__main__ import add_commands, run
from index.disk.private import keep_private
from index.terminal import write_any_letter
from recommender import __version__

NAME = "learning-relationships"

ROOMS = {
    "index": "the administrator's commands: people file, nights, what serves",
    "eval": "the evaluator's commands: how good the matches are",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in ROOMS:
        room = import_module(f"{given[0]}.__main__")
        return int(room.main(given[1:], prog=f"{NAME} {given[0]}"))
    write_any_letter()
    keep_private()
    parser = argparse.ArgumentParser(
        prog=NAME, description="Suggests colleagues to learn with, with reasons that are true."
    )
    parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_commands(commands)
    for room_name, what in ROOMS.items():
        commands.add_parser(room_name, help=what)
    return run(parser.parse_args(given))
