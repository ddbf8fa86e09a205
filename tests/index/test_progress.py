"""What is shown while a night runs: rates that are true, and lines that can be read in a log."""

import io
import json

import pytest

from index.night.progress import SAID, ProgressDisplay


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("index.night.progress.time.monotonic", lambda: now[0])
    return now


def test_the_rate_is_counted_from_the_first_texts_and_never_made_up(clock):
    out = io.StringIO()
    with ProgressDisplay(out) as display:
        display.part("embed")
        for seconds, done in ((0, 100), (1, 150), (20, 1100), (30, 4100)):
            clock[0] = 1000.0 + seconds
            display.update(done, 4100)
    assert out.getvalue().splitlines() == [
        "embedding",
        "embedding 100 of 4,100",
        "embedding 1,100 of 4,100, 50 texts/s, 1:00 left",
        "embedding 4,100 of 4,100, 133 texts/s",
    ]


def test_snapshots_are_counted_but_have_no_rate(clock):
    out = io.StringIO()
    with ProgressDisplay(out) as display:
        display.part("embed")
        display.update(10, 10)
        display.part("rewrite")
        for seconds, done in ((60, 0), (90, 1), (95, 2), (120, 3)):
            clock[0] = 1000.0 + seconds
            display.update(done, 3)
    assert out.getvalue().splitlines()[-4:] == [
        "rewriting snapshots",
        "rewriting snapshots 0 of 3",
        "rewriting snapshots 1 of 3, 1:00 left",
        "rewriting snapshots 3 of 3",
    ]


def test_every_part_is_told_in_plain_lines_without_control_characters(clock):
    out = io.StringIO()
    with ProgressDisplay(out) as display:
        for name in SAID:
            display.part(name)
    assert out.getvalue().splitlines() == list(SAID.values())
    assert "\x1b" not in out.getvalue()


def test_the_bar_stands_still_while_the_gate_writes():
    out = Terminal()
    with ProgressDisplay(out) as display:
        display.part("embed")
        display.update(50, 100)
        display.part("gate")
        before = out.getvalue()
        assert before.endswith("asking the gate\n")
        assert "50 of 100" in before
        display.part("publish")
    assert "publishing and pruning" in out.getvalue()[len(before) :]


def test_a_program_reads_every_part_and_how_far_it_is():
    out = io.StringIO()
    with ProgressDisplay(out, as_json=True) as display:
        for name in SAID:
            display.part(name)
        display.part("embed")
        for done in range(1, 101):
            display.update(done, 100)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["part"] for one in told[: len(SAID)]] == list(SAID)
    assert told[-1] == {"part": "embed", "done": 100, "total": 100}
