"""Which kind fits, worked by hand."""

import numpy as np
import pytest

from recommender.kinds import predict_kinds
from recommender.relationships import KINDS, Relationship


def test_shares_are_a_softmax_and_the_best_comes_first() -> None:
    reading = predict_kinds(np.log([0.1, 0.6, 0.1, 0.2]))
    assert reading.best is Relationship.COACH
    assert [fit.share for fit in reading.fits] == pytest.approx([0.6, 0.2, 0.1, 0.1])
    assert reading.question is None


def test_two_close_kinds_are_asked_about() -> None:
    reading = predict_kinds(np.log([0.41, 0.02, 0.02, 0.55]))
    assert reading.best is Relationship.PEER
    peer, mentor = KINDS[Relationship.PEER].thing, KINDS[Relationship.MENTOR].thing
    assert reading.question == f"Which is closer to what you want: to {peer}, or to {mentor}?"


def test_equal_kinds_stand_in_their_order() -> None:
    assert [fit.relationship for fit in predict_kinds(np.zeros(4)).fits] == list(Relationship)
