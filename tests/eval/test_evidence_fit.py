"""The fit of what makes the case, on made-up passages, and what is counted, by hand."""

import numpy as np

from eval.tuning.evidence_fit import JudgedPassages, fit_evidence, hold, leave_one_out
from recommender.evidence_model import FEATURES, EvidenceModel


def company(seed: int) -> JudgedPassages:
    """Draw passages of which the first feature alone decides the grade."""
    rng = np.random.default_rng(seed)
    features = rng.random((600, len(FEATURES)))
    grade = (features[:, 0] > 0.6).astype(int) + (features[:, 0] > 0.8)
    card = np.repeat(np.arange(100), 6)
    return JudgedPassages(features, grade, card % 5, card, card % 2 == 0)


def test_what_decides_is_found_and_holds_on_a_company_left_out() -> None:
    companies = {"a": company(1), "b": company(2), "c": company(3)}
    model = fit_evidence(list(companies.values()))
    assert np.argmax(np.abs(model.helps[:-1])) == np.argmax(np.abs(model.case[:-1])) == 0
    for held in leave_one_out(companies).values():
        assert held.n > 20
        assert held.misleads < 0.1
        assert held.case > 0.5


def test_counts_by_hand() -> None:
    """Two cards: of the first the two best of three are quoted, of the second none."""
    features = np.zeros((5, len(FEATURES)))
    features[:, 0] = [3.0, 2.0, 1.0, -3.0, -4.0]
    weights = (1.0, *[0.0] * len(FEATURES))
    passages = JudgedPassages(
        features, np.array([2, 0, 1, 2, 0]), np.zeros(5, int), np.array([0, 0, 0, 1, 1]),
        np.array([True] * 5),
    )  # fmt: skip
    held = hold(EvidenceModel(weights, weights, 0.6), passages)
    assert (held.n, held.case, held.misleads, held.good_with_a_case) == (2, 0.5, 0.5, 0.5)
