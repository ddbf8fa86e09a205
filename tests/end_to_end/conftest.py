"""The pages as they are served: the real command, a fresh store, a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.store.migration import migrate
from tests.app.conftest import postgres  # noqa: F401  (a fixture)
from tests.end_to_end.browser import CHROMIUM, chromium
from tests.end_to_end.small_people import write_people_file

ADMINISTRATOR = "H0001"


@dataclass
class Server:
    """The pages, served by `python -m app serve` on a port of their own."""

    index_dir: Path
    store: str
    folder: Path
    """Where the command is called."""
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[str] | None = None
    address: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def start(self) -> Server:
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "app", "serve", "--index", str(self.index_dir)]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--store", self.store, "--address", self.address],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.wait()
        return self

    def wait(self) -> None:
        """Wait until it serves."""
        assert self.process is not None
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server stopped: {self.process.communicate()[0]}")
            if self.get("/_stcore/health")[0] == 200:
                return
            time.sleep(0.2)
        raise AssertionError("the server did not come up")

    def get(self, path: str) -> tuple[int, str]:
        """Ask the server; gives the status (0 where nobody answers) and the body."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def stop(self) -> str:
        """Stop as Ctrl-C does; gives everything that was printed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.communicate()[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for the session; without one the test is skipped, in CI it fails."""
    if not CHROMIUM.exists():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("Chromium is not installed; run: make system")
        pytest.skip("Chromium is not installed; run: make system")
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def small_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The people file of a company of nine."""
    return write_people_file(tmp_path_factory.mktemp("small") / "people.csv")


@pytest.fixture(scope="session")
def small_index(small_people: Path, repository: Path) -> Path:
    """Its index, built by the real command; do not change it."""
    index_dir = small_people.parent / "index"
    command = [sys.executable, "-m", "index", "build", str(small_people)]
    subprocess.run([*command, "--index", str(index_dir)], cwd=repository, check=True)
    return index_dir


@pytest.fixture(scope="module")
def new_server(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """Start servers on copies of an index (the sample company's); all are stopped at the end."""
    servers: list[Server] = []

    def start(
        store: str = "",
        index: Path | None = None,
        folder: Path = repository,
        port: int = 0,
        address: str = "127.0.0.1",
        **environment: str,
    ) -> Server:
        own = tmp_path_factory.mktemp("served")
        index = index or request.getfixturevalue("halden_index")
        shutil.copytree(index, own / "index", symlinks=True)
        store = store or f"sqlite:///{own / 'store.sqlite'}"
        migrate(store)
        environment = {
            "PYTHONPATH": str(repository),
            "LEARNING_RELATIONSHIPS_ADMINS": ADMINISTRATOR,
            **environment,
        }
        server = Server(own / "index", store, folder, environment, port, address=address)
        servers.append(server.start())
        return server

    yield start
    for server in servers:
        if server.process is not None and server.process.poll() is None:
            server.stop()
