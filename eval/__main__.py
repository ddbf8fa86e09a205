"""The evaluator's commands: `python -m eval COMMAND`.

Exit codes: 0 done, 1 a problem (one line on stderr), 2 wrong usage; `gate` has its own.
"""

import argparse
import sys
from collections.abc import Sequence

from eval.commands import (
    audit,
    bench,
    compare,
    evidence,
    fit,
    fit_evidence,
    fit_wishes,
    gate,
    kinds,
    languages,
    load,
    measure,
    needs,
    nights,
    report,
    requests,
    speed,
    strength,
    train,
    validate,
)
from eval.commands import run as run_command
from eval.commands.accidents import missing_extra
from index.disk.private import keep_private
from index.terminal import show, write_any_letter
from recommender.errors import LearningRelationshipsError

COMMANDS = (
    validate, run_command, measure, kinds, needs, evidence, languages, strength, load, compare, fit,
    fit_evidence, fit_wishes, audit, gate, report, requests, bench, speed, nights, train,
)  # fmt: skip
"""In the order of `--help`. To add one, write a module with `register`."""


def main(arguments: Sequence[str] | None = None, prog: str = "python -m eval") -> int:
    """Run one command and return its exit code; `prog` is how usage names it."""
    parser = argparse.ArgumentParser(
        prog=prog, description="How good the matches are, and for whom they are worse."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.register(commands)
    write_any_letter()
    keep_private()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except LearningRelationshipsError as error:
        show(f"error: {error}", sys.stderr)
    except ModuleNotFoundError as error:
        says = missing_extra(error)
        if says is None:
            raise
        show(f"error: {says}", sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        show("stopped", sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
