"""`python -m eval fit DATASET --policy OUT`: weights and strengths from judgements or feedback."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.commands.options import add_dataset, add_model, setting_of
from eval.systems.readers import NONE
from index.terminal import show

if TYPE_CHECKING:
    from eval.metrics.intervals import Difference
    from eval.tuning.strength import Held
    from eval.tuning.weights import Fit


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "fit", help="fit a policy's weights to judgements, and what strong and weak mean"
    )
    add_dataset(parser)
    parser.add_argument(
        "--policy", type=Path, required=True, metavar="OUT", dest="out",
        help="the policy file to write",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=Path, metavar="FILE", dest="policy",
        help="the policy to start from; default: the project's",
    )  # fmt: skip
    parser.add_argument(
        "--judgements", type=Path, metavar="FILE",
        help="goal_id,relationship,person_id,grade in place of the dataset's; feedback, say",
    )  # fmt: skip
    parser.add_argument(
        "--strength", action="store_true", help="keep the weights; fit strong and weak only"
    )
    add_model(parser)
    parser.set_defaults(run=run, reader=NONE)  # weights are fitted to signals alone


def run(options: argparse.Namespace) -> int:
    """Print what was found, and write the policy where it is more than noise.

    Raises:
        InputError: the gain is within noise, or strong and weak do not hold; nothing is written.
    """
    from eval.datasets.dataset import read_dataset
    from eval.systems.systems import open_snapshot
    from eval.tuning.judged_lists import read_lists, with_judgements
    from eval.tuning.policy_file import write_numbers
    from eval.tuning.strength import calibrate, shown_of
    from eval.tuning.weights import fit_weights
    from recommender.errors import InputError
    from recommender.relationships import Relationship

    setting = setting_of(options)
    dataset = read_dataset(options.dataset)
    if options.judgements:
        dataset = with_judgements(dataset, options.judgements)
    lists = read_lists(dataset, open_snapshot(dataset, setting), setting.policy)
    weights = {kind: setting.policy.of(kind).weights for kind in Relationship}
    tables = {}
    if not options.strength:
        fit = fit_weights(lists, setting.policy)
        show(render_fit(fit))
        if not fit.is_sure:
            raise InputError(
                f"the gain is within noise ({_say(fit.gain)}); nothing is written, "
                "keep the policy or gather more judgements"
            )
        weights = {kind: dict(own) for kind, own in fit.fitted.items()}
        tables = {(kind, "weights"): own for kind, own in weights.items()}
    found = calibrate(shown_of(lists, weights))
    show(render_held(found.held))
    if not found.holds:
        raise InputError(
            "strong and weak do not hold on seekers they were not fitted on; nothing is written, "
            "gather more judgements"
        )
    tables |= {(kind, "strength"): own for kind, own in found.tables().items()}
    name = options.policy.name if options.policy else "policy.toml"
    text = write_numbers(setting.policy_text, tables, name)
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"the policy {options.out} cannot be written: {error}") from None
    show(f"→ {options.out}")
    return 0


def render_fit(fit: "Fit") -> str:
    """Write the weights before and after, and what they gain on other seekers."""
    lines = ["kind     signal             now  fitted"]
    for kind, weights in fit.fitted.items():
        if kind not in fit.gains:
            lines.append(f"{kind:8} too few judged lists: its weights are kept")
            continue
        for name, weight in weights.items():
            lines.append(f"{kind:8} {name:14} {fit.now[kind][name]:7.3f} {weight:7.3f}")
    lines.append("nDCG@5 on seekers that it was not fitted on, less that of the current weights:")
    lines += [f"  {kind:8} {_say(gain)}" for kind, gain in fit.gains.items()]
    lines.append(f"  all      {_say(fit.gain)}")
    return "\n".join(lines)


def render_held(held: "tuple[Held, ...]") -> str:
    """Write how many of each strength are good."""
    return "\n".join(
        [
            "strength  share   good",
            *(f"{one.word:8} {one.share:6.3f} {one.good:6.3f}" for one in held),
        ]
    )


def _say(gain: "Difference") -> str:
    return f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}], n {gain.n}"
