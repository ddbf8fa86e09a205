"""A goal and its needs in one pass: each need is the mean of its own tokens."""

from dataclasses import replace

import numpy as np
import pytest

from index.encoder import EncoderSettings, load_encoder
from index.onnx_runtime import _feed, _spans
from recommender.goals import read_goal

GOAL = "I want to lead a crane team safely. How do I tell my manager that the plan is too tight?"


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(EncoderSettings(adapter=False))


def test_spans_hold_the_tokens_of_each_need():
    # "Sail far. Sail on." as [CLS] Sail far . Sail on . [SEP]
    offsets = [(0, 0), (0, 4), (5, 8), (8, 9), (10, 14), (15, 17), (17, 18), (0, 0)]
    assert _spans(offsets, "Sail far. Sail on.", ["Sail far.", "Sail on."]) == [
        [1, 2, 3],
        [4, 5, 6],
    ]
    assert _spans(offsets, "Sail far. Sail on.", ["Sail on.", "Sail far."]) is None
    # the tokens end before the second need does
    assert _spans(offsets[:5], "Sail far. Sail on.", ["Sail far.", "Sail on."]) is None


def test_the_goal_is_as_ever_and_a_need_is_the_mean_of_its_tokens(encoder):
    goal = read_goal(GOAL)
    assert len(goal.needs) == 2
    vectors = encoder.encode_goal(goal.texts)
    assert np.abs(vectors[0] - encoder.encode_queries([goal.text])[0]).max() < 1e-6
    encoding = encoder.tokenizer.encode(goal.text)
    tokens = encoder.session.run(["tokens"], _feed([encoding.ids], 0))[0][0]
    first = [at for at, (_, end) in enumerate(encoding.offsets) if 0 < end <= len(goal.needs[0])]
    expected = tokens[first].mean(axis=0)
    assert vectors[1] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-6)


def test_a_need_stays_near_to_what_it_says_alone(encoder):
    goal = read_goal(GOAL)
    cosines = encoder.encode_goal(goal.texts)[1:] @ encoder.encode_queries(goal.needs).T
    assert (np.argmax(cosines, axis=1) == [0, 1]).all()


def test_a_goal_longer_than_the_model_reads_is_embedded_part_by_part(encoder):
    texts = ("crane " * 600 + "and then something else", "crane " * 600, "and then something else")
    assert np.abs(encoder.encode_goal(texts) - encoder.encode_queries(texts)).max() < 1e-6


def test_a_model_that_pools_otherwise_embeds_part_by_part(encoder):
    texts = read_goal(GOAL).texts
    other = replace(encoder, folder=replace(encoder.folder, pools_by_mean=False))
    assert np.abs(other.encode_goal(texts) - other.encode_queries(texts)).max() < 1e-6
