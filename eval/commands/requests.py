"""`python -m eval requests DATASET --out FILE`: what a language model would be asked."""

import argparse
import json
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.commands.options import add_dataset, add_setting, setting_of
from index.arguments import at_least_one
from index.terminal import show

if TYPE_CHECKING:
    from eval.datasets.dataset import Ask, Dataset


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("requests", help="what a language model would be asked to read")
    add_dataset(parser)
    add_setting(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--reads", type=int, default=20, help="people of each list (default: 20)")
    parser.add_argument(
        "--goals", type=at_least_one, metavar="N",
        help="so many lists, drawn evenly from the kinds among goals that name one (default: all)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write a line a list: its key, and what would be sent; `--reader replay:` takes the answers.

    An answers' file has a line a list with the same `key` and `reads`, and `answer`: the model's
    JSON.
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
    lines: list[dict[str, str | int]] = []

    class Writer:
        """A reader that writes down what it is asked and says nothing."""

        name, reads, weight = "writer", options.reads, 0.0

        def read(self, shortlist: Shortlist) -> Sequence[Opinion] | None:
            request = make_request(shortlist)
            line = {"goal_id": goal_id, "key": request.key, "reads": options.reads}
            lines.append(line | {"request": request.user_text})
            return None

    asks = dataset.asks if options.goals is None else draw(dataset, options.goals, options.seed)
    for ask in asks:
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


def draw(dataset: "Dataset", count: int, seed: int) -> "list[Ask]":
    """Draw lists by goals that name a kind, one kind after the other; judgements are not looked at.

    Returns:
        `count` of them, or all where there are fewer, in a seeded order.
    """
    named = set(dataset.goals.loc[dataset.goals["relationship"] != "", "goal_id"])
    asks = [ask for ask in dataset.asks if ask.goal_id in named]
    order = np.random.default_rng(seed).permutation(len(asks))
    by_kind: dict[str, list[Ask]] = {ask.kind: [] for ask in sorted(asks, key=lambda ask: ask.kind)}
    for number in order.tolist():
        by_kind[asks[number].kind].append(asks[number])
    turns = chain.from_iterable(zip_longest(*by_kind.values()))
    return [ask for ask in turns if ask is not None][:count]
