"""`python -m eval gate --candidate SNAPSHOT --published SNAPSHOT`: may it be published?

Exit codes: 0 pass, 1 fail (the reasons are printed), 2 could not judge.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from eval.commands.accidents import missing_extra, place_of
from eval.gate.exit_codes import NOT_JUDGED
from index.terminal import show
from recommender.errors import LearningRelationshipsError


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("gate", help="whether a new snapshot may replace the one serving")
    parser.add_argument("--candidate", type=Path, required=True, metavar="SNAPSHOT")
    parser.add_argument("--published", type=Path, required=True, metavar="SNAPSHOT")
    parser.add_argument("--dataset", type=Path, metavar="D", help="judged goals of this company")
    parser.add_argument("--limits", type=Path, metavar="FILE", help="what may differ (gate.toml)")
    parser.add_argument(
        "--accept-drop",
        action="store_true",
        help="people and departments may be gone: it is meant; a night that was told so sets "
        "LEARNING_RELATIONSHIPS_ACCEPT_DROP=1",
    )
    parser.add_argument("--json", action="store_true", help="write JSON in place of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the report; what keeps the gate from judging is printed on stderr.

    Whatever fails, it ends with "could not judge" and never with the code of a verdict.
    """
    try:
        return _judge(options)
    except LearningRelationshipsError as error:
        says = str(error)
    except ModuleNotFoundError as error:
        says = missing_extra(error) or place_of(error)
    except KeyboardInterrupt:
        says = "stopped"
    except Exception as error:
        says = place_of(error)
    show(f"could not judge: {says}", sys.stderr)
    return NOT_JUDGED


def _judge(options: argparse.Namespace) -> int:
    from eval.datasets.dataset import read_dataset
    from eval.gate.gate import open_sides, run_gate
    from eval.gate.limits import read_limits
    from index.night.nightly import ACCEPT_DROP

    limits = read_limits(options.limits)
    if options.accept_drop or os.environ.get(ACCEPT_DROP) == "1":
        limits = limits.model_copy(update={"people": limits.people.lifted()})
    dataset = read_dataset(options.dataset) if options.dataset else None
    report = run_gate(open_sides(options.candidate, options.published), limits, dataset)
    if options.json:
        show(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        show(report.to_text())
    sys.stdout.flush()
    return report.exit_code
