import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder.load import load_encoder
from index.encoder.long_texts import LEAD_TOKENS, joined, with_leads
from index.encoder.protocol import EncoderSettings


def test_the_beginning_of_a_long_text_is_closed_like_any_text() -> None:
    short, long = [101, 7, 102], [101, *range(1000, 1100), 102]
    ids, numbers = with_leads([short, long])
    assert numbers.tolist() == [1]
    assert ids == [short, long, [101, *range(1000, 1000 + LEAD_TOKENS - 2), 102]]


def test_a_long_text_points_halfway_between_itself_and_its_beginning() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    assert joined(vectors, np.array([1])) == pytest.approx(
        np.array([[1, 0], [0.5**0.5, 0.5**0.5]], np.float32)
    )


@given(st.lists(st.integers(2, 200), max_size=8))
def test_only_long_texts_have_a_beginning_of_their_own(lengths: list[int]) -> None:
    texts = [[1, *range(3, 1 + length), 2] for length in lengths]
    ids, long = with_leads(texts)
    assert long.tolist() == [n for n, length in enumerate(lengths) if length > LEAD_TOKENS]
    assert ids[: len(texts)] == texts
    assert all(len(lead) == LEAD_TOKENS and lead[-1] == 2 for lead in ids[len(texts) :])


def test_how_a_long_text_begins_counts_and_a_short_text_is_as_it_was() -> None:
    encoder = load_encoder(EncoderSettings(adapter=False))
    title, rest = "Sailing a small boat in heavy weather.", "The form is due on Friday. " * 30
    alone, filled = encoder.encode_passages([title, rest])
    long = encoder.encode_passages([f"{title} {rest}"])[0]
    both = encoder.encode_passages([f"{title} {rest}", title])
    assert long == pytest.approx(both[0], abs=1e-5)
    assert both[1] == pytest.approx(alone, abs=1e-5)
    # the title is 9 of some 220 word pieces
    assert float(long @ alone) > 0.3
    assert float(filled @ alone) < 0.2


def test_both_runtimes_agree_on_long_texts() -> None:
    texts = ["plan the shift. " * 60, "short", "a much longer story of a port " * 12]
    onnx = load_encoder(EncoderSettings(adapter=False)).encode_queries(texts)
    torch = load_encoder(EncoderSettings(adapter=False, runtime="torch")).encode_queries(texts)
    assert onnx == pytest.approx(torch, abs=1e-5)


def test_a_setting_leaves_beginnings_out() -> None:
    with_them = load_encoder(EncoderSettings(adapter=False))
    without = load_encoder(EncoderSettings(adapter=False, leads=False))
    assert with_them.revision != without.revision
    texts = ["a short text", "Sail a boat. " + "The form is due on Friday. " * 30]
    cosines = (with_them.encode_passages(texts) * without.encode_passages(texts)).sum(axis=1)
    assert cosines[0] == pytest.approx(1.0, abs=1e-5)
    assert cosines[1] < 0.99


def test_progress_counts_texts_and_not_their_beginnings() -> None:
    told: list[tuple[int, int]] = []
    texts = ["a short text", "The form is due on Friday. " * 30, "another"]
    encoder = load_encoder(EncoderSettings(adapter=False))
    encoder.encode_passages(texts, lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
    assert {total for _, total in told} == {3}
