"""Sessions that search at once, with a snapshot published under them."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Server
from tests.end_to_end.load import load

pytestmark = [pytest.mark.slow, pytest.mark.bench]

SESSIONS, SECONDS = 10, 20.0
PEOPLE = [
    ("P3", "I want somebody who teaches presenting talks."),
    ("P7", "I would like to lead a small team one day. What does it take?"),
    ("P8", "Chcę mówić swobodniej po angielsku na spotkaniach."),
    ("P9", "I want to understand engines well enough to explain a delay."),
]


def test_ten_sessions_search_while_a_snapshot_is_published(
    small_index: Path, small_people: Path, repository: Path, new_server: Callable[..., Server]
) -> None:
    """No error, nobody notices, and the new snapshot serves at the end."""
    server = new_server(index=small_index)
    before = (server.index_dir / "CURRENT").read_text().strip()
    command = [sys.executable, "-m", "index", "build", str(small_people), "--publish"]

    async def run() -> dict[str, object]:
        searching = asyncio.create_task(
            load(server.url, SESSIONS, SECONDS, people=PEOPLE, wait_s=1.0)
        )
        await asyncio.sleep(SECONDS / 4)
        await asyncio.to_thread(
            subprocess.run,
            [*command, "--index", str(server.index_dir)],
            cwd=repository, check=True, capture_output=True,
        )  # fmt: skip
        return (await searching).as_dict()

    started = time.monotonic()
    with ThreadPoolExecutor(1) as thread:  # the browser of other tests keeps this thread's loop
        figures = thread.submit(asyncio.run, run()).result()
    print(figures, f"{time.monotonic() - started:.0f} s")
    assert figures["errors"] == 0, figures["first_errors"]
    assert int(str(figures["searches"])) > SESSIONS
    after = (server.index_dir / "CURRENT").read_text().strip()
    assert after != before
    assert after in server.get("/ready")[1]
