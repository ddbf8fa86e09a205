"""`python -m eval requests DATASET --out FILE`: what a language model would be asked."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.commands.options import add_dataset, add_setting, setting_of
from index.terminal import show


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("requests", help="what a language model would be asked to read")
    add_dataset(parser)
    add_setting(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--reads", type=int, default=20, help="people of each list (default: 20)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write a line a list: its key, and what would be sent; `--reader replay:` takes the answers.

    An answers' file has a line a list with the same `key` and `answer`: the model's JSON.
    """
    from eval.datasets.dataset import read_dataset
    from eval.systems.systems import open_snapshot
    from index.reader.reading_request import INSTRUCTIONS, MAX_LABELS, make_request
    from recommender.errors import InputError
    from recommender.live import LiveFacts
    from recommender.rank_goal import rank_goal
    from recommender.reader import Opinion, Shortlist

    if not 1 <= options.reads <= MAX_LABELS:
        raise InputError(f"--reads is {options.reads}; give 1 to {MAX_LABELS}")
    dataset, setting = read_dataset(options.dataset), setting_of(options)
    snapshot = open_snapshot(dataset, setting)
    lines: list[dict[str, str]] = []

    class Writer:
        """A reader that writes down what it is asked and says nothing."""

        name, reads, weight = "writer", options.reads, 0.0

        def read(self, shortlist: Shortlist) -> Sequence[Opinion] | None:
            request = make_request(shortlist)
            lines.append({"goal_id": goal_id, "key": request.key, "request": request.user_text})
            return None

    for ask in dataset.asks:
        if ask.seeker is not None and ask.relationship is not None:
            goal_id = ask.goal_id
            rank_goal(
                snapshot, ask.text, ask.seeker, [ask.relationship], setting.policy,
                LiveFacts.none(), limit=None, reader=Writer(),
            )  # fmt: skip
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    show(f"{len(lines)} requests → {options.out}; each is sent after these words:\n{INSTRUCTIONS}")
    return 0
