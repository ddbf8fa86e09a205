"""Fitting on made-up judgements: a gain is taken, noise refused, the file stays readable."""

from pathlib import Path

import numpy as np
import pytest

from eval.__main__ import main
from eval.tuning.judged_lists import JudgedList, folds_of, ndcg
from eval.tuning.policy_file import write_numbers
from eval.tuning.strength import (
    Shown,
    calibrate,
    check_policy,
    fit_logistic,
    keeps_promise,
    shown_of,
)
from eval.tuning.weights import FEWEST, fit_kind, fit_weights
from recommender.errors import DatasetError, InputError, PolicyError
from recommender.policy import Policy, default_policy, default_policy_text, parse_policy
from recommender.relationships import Relationship

MENTOR, COACH = Relationship.MENTOR, Relationship.COACH
NAMES = tuple(default_policy().mentor.weights)
WORDS, STEP = NAMES.index("words"), NAMES.index("step")


def judged(n_lists: int, pays: int | None, seed: int = 0) -> list[JudgedList]:
    """Draw lists of thirty; where a signal pays, the three with most of it are good."""
    random = np.random.default_rng(seed)
    lists = []
    for number in range(n_lists):
        signals = random.uniform(0, 1, (30, len(NAMES)))
        luck = random.uniform(0, 1, 30) if pays is None else signals[:, pays]
        grades = np.zeros(30)
        grades[np.argsort(-luck)[:3]] = [3, 2, 2]
        lists.append(JudgedList(MENTOR, f"P{number // 2}", signals, grades))
    return lists


def test_a_weight_that_should_rise_rises_and_the_gain_is_sure() -> None:
    fit = fit_weights(judged(40, STEP), default_policy())
    now, fitted = fit.now[MENTOR], fit.fitted[MENTOR]
    assert fitted["step"] > 3 * now["step"]
    assert fitted["step"] / sum(fitted.values()) > 2 * now["step"] / sum(now.values())
    assert fit.is_sure
    assert fit.gain.value > 0.05
    assert set(fit.gains) == {MENTOR}
    assert fit.fitted[COACH] == fit.now[COACH]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_noise_is_not_a_gain(seed: int) -> None:
    assert not fit_weights(judged(40, None, seed), default_policy()).is_sure


def test_no_weight_changes_its_sign() -> None:
    # what pays is to have little of it
    lists = [
        JudgedList(part.relationship, part.seeker, 1 - part.signals, part.grades)
        for part in judged(40, WORDS)
    ]
    start = np.array(list(default_policy().mentor.weights.values()))
    assert fit_kind(lists, start)[WORDS] < 0.6 / 2
    assert (fit_kind(lists, start) >= 0).all()
    start[STEP] = -0.1
    assert fit_kind(judged(40, STEP), start)[STEP] <= 0


def test_with_few_lists_nothing_is_fitted() -> None:
    fit = fit_weights(judged(FEWEST - 1, STEP), default_policy())
    assert fit.fitted == fit.now
    assert not fit.is_sure


def test_the_lists_of_a_seeker_stay_in_one_fold() -> None:
    folds = folds_of(["a", "b", "a", "c", "d", "b", "e"], seed=3)
    assert folds[0] == folds[2]
    assert folds[1] == folds[5]
    assert sorted(set(folds.tolist())) == [0, 1, 2, 3, 4]


def test_ndcg_by_hand() -> None:
    # gains 7, 3, 0: best 7 + 3 / log2(3) = 8.893; got 3 + 7 / log2(3) = 7.416
    grades = np.array([3.0, 2.0, 0.0])
    assert ndcg(np.array([0.1, 0.2, 0.0]), grades) == pytest.approx(0.8340, abs=1e-4)
    assert ndcg(np.zeros(2), np.zeros(2)) == 0


def test_only_the_numbers_of_a_policy_file_change() -> None:
    text = default_policy_text()
    numbers = {"words": 0.0, "step": 1.25}
    changed = write_numbers(text, {(MENTOR, "weights"): numbers}, "policy.toml")
    before, after = text.splitlines(), changed.splitlines()
    differ = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    assert [now for _, now in differ] == ["words = 0", "step = 1.25"]
    policy = parse_policy(changed, "policy.toml")
    expected = default_policy().mentor.weights | numbers
    assert policy.mentor.weights == expected
    assert policy.coach == default_policy().coach


def test_what_a_short_policy_leaves_out_is_added() -> None:
    own = "# ours\n[coach.weights]  # tried\nwords = 0.8  # since May\n\n[limits]\nrequest_days = 7"
    tables = {
        (COACH, "weights"): {"words": 0.123, "step": 0.0},
        (MENTOR, "strength"): {"constant": -4.5},
    }
    changed = write_numbers(own, tables, "ours.toml")
    assert changed == (
        "# ours\n[coach.weights]  # tried\nwords = 0.123  # since May\nstep = 0\n\n"
        "[limits]\nrequest_days = 7\n\n[mentor.strength]\nconstant = -4.5\n"
    )
    policy = parse_policy(changed, "ours.toml")
    assert policy.coach.weights["step"] == 0
    assert policy.limits.request_days == 7


@pytest.mark.parametrize(
    ("own", "changed"),
    [
        ("[coach]\nweights = {words = 0.8} # x\n", "[coach]\nweights = {words = 1.5} # x\n"),
        ("coach.weights.words = 0.8\n", "coach.weights.words = 1.5\n"),
        ("\ufeff[ coach . weights ]\r\nwords=1\r\n", "[ coach . weights ]\nwords=1.5\n"),
        (
            "[coach.weights]\nwords = 1\n\n[limits]\nrequest_days = 7\n[coach]\n# here\n",
            "[coach.weights]\nwords = 1.5\n\n[limits]\nrequest_days = 7\n[coach]\n# here\n",
        ),
    ],
)
def test_tables_may_be_written_in_any_form(own: str, changed: str) -> None:
    assert write_numbers(own, {(COACH, "weights"): {"words": 1.5}}, "ours.toml") == changed


def test_what_is_no_policy_is_refused() -> None:
    tables = {(COACH, "weights"): {"words": 1.0}}
    with pytest.raises(InputError, match=r"ours\.toml is not valid TOML"):
        write_numbers("[coach\n", tables, "ours.toml")
    with pytest.raises(PolicyError, match="unknown signal"):
        write_numbers("", {(COACH, "weights"): {"wards": 1.0}}, "ours.toml")


def drawn(n_seekers: int, seed: int = 0, score: float = 3.0, margin: float = 6.0) -> Shown:
    """Draw five suggestions of each seeker that are good by a known chance."""
    random = np.random.default_rng(seed)
    n = 5 * n_seekers
    scores, above = random.normal(0.8, 0.5, n), random.exponential(0.2, n)
    chance = 1 / (1 + np.exp(4.5 - score * scores - margin * above))
    seekers = [f"P{number // 5}" for number in range(n)]
    return Shown(np.arange(n) % 4, seekers, scores, above, random.uniform(size=n) < chance)


def test_coefficients_are_recovered_and_cuts_hold_on_others() -> None:
    shown = drawn(400)
    found = fit_logistic(shown, np.ones(len(shown.good), np.bool_))
    assert found[:2] == pytest.approx([3, 6], rel=0.25)
    assert found[2:] == pytest.approx([-4.5] * 4, abs=0.8)
    calibration = calibrate(shown)
    assert calibration.holds
    assert keeps_promise(calibration.held)
    assert sum(one.share for one in calibration.held) == pytest.approx(1)
    # on seekers that nothing was fitted on
    limits = "".join(
        f"[{kind}.strength]\n" + "".join(f"{key} = {value}\n" for key, value in table.items())
        for kind, table in calibration.tables().items()
    )
    assert keeps_promise(check_policy(drawn(400, seed=1), parse_policy(limits, "x.toml")))


def test_a_score_that_says_nothing_makes_no_strong_match() -> None:
    calibration = calibrate(drawn(100, score=0.0, margin=0.0))
    held = {one.word: one for one in calibration.held}
    assert held["strong"].share < 0.02


def test_strength_needs_seekers_and_both_sorts_of_judgement() -> None:
    weights = {kind: default_policy().of(kind).weights for kind in Relationship}
    with pytest.raises(DatasetError, match="3 seekers were judged"):
        shown_of(judged(6, STEP), weights)


@pytest.fixture
def policy_out(tmp_path: Path) -> Path:
    return tmp_path / "fitted.toml"


@pytest.mark.parametrize("more", [[], ["--strength"]])
def test_few_judgements_write_nothing_and_say_why_in_a_line(
    small: Path, work: Path, policy_out: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["fit", str(small), "--policy", str(policy_out), "--work", str(work), *more]
    assert main(asked) == 1
    assert not policy_out.exists()
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert "cannot be calibrated" in error if more else "within noise" in error


def test_feedback_in_place_of_judgements_is_checked(
    small: Path, work: Path, policy_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feedback = tmp_path / "feedback.csv"
    feedback.write_text("goal_id,relationship,person_id,grade\nG1,coach,P99,3\n", encoding="utf-8")
    asked = ["fit", str(small), "--policy", str(policy_out), "--judgements", str(feedback)]
    assert main([*asked, "--work", str(work)]) == 1
    assert "person_id is not in people.csv" in capsys.readouterr().err


def test_a_policy_is_what_fit_starts_from() -> None:
    policy: Policy = parse_policy("[mentor.weights]\nstep = 2.0", "ours.toml")
    assert fit_weights(judged(10, STEP), policy).now[MENTOR]["step"] == 2.0
