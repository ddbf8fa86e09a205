"""A sentence that speaks like goals is told from one that speaks like profiles."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.tuning.wish_fit import Texts, fit_wishes, hold, leave_one_out
from recommender.wish_model import WishModel

GOALS = [f"I want to learn how to {verb}. Who could show me?" for verb in
         ("sew", "sail", "sing", "saw", "sell", "ski", "surf", "swim")]  # fmt: skip
THINGS = ("red", "blue", "fast", "slow", "long", "short", "old")
PROFILES = [
    f"Led {n} people for {n} years.\nBuilt the {thing} line from scratch in 2011."
    for n, thing in enumerate(THINGS, 3)
]


def test_the_largest_run_of_sentences_is_the_wish() -> None:
    """By hand: 2 - 1 + 2 beats 2 alone, and -3 ends the run."""
    model = WishModel({"wish": 2.0, "well": -1.0, "work": -3.0}, 0.0)
    assert model.find_wish(["work", "wish", "well", "wish", "work", "wish"]) == range(1, 4)
    assert model.find_wish(["what is this", "wish"]) == range(2), "most words are unknown"


def test_what_was_learnt_holds_on_others() -> None:
    texts = Texts(GOALS, PROFILES)
    found = hold(fit_wishes([texts]), Texts(["I want to learn how to fly. Who could show me?"],
                                            PROFILES), seed=1)  # fmt: skip
    assert found.kept == 1
    assert found.lost == 0
    others = Texts(GOALS[:6], PROFILES[:6])
    held = leave_one_out({"a": texts, "b": others}, texts)
    assert set(held) == {"a", "b"}


def test_the_command_writes_what_the_recommender_reads(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "wishes.json"
    assert main(["fit-wishes", str(small), "--out", str(out)]) == 0
    assert "of a goal is kept" in capsys.readouterr().out
    found = json.loads(out.read_text("utf-8"))
    model = WishModel(found["weights"], found["constant"])
    assert model.logit("I would like to learn how to do that?") > model.logit("Led 40 people.")
