"""Start the pages: Streamlit in the foreground, on loopback."""

import os
import socket
import sys
from pathlib import Path

from index.search import IndexReader
from recommender.errors import InputError

ADDRESS = "127.0.0.1"


def serve(index_dir: Path, port: int) -> int:
    """Check that the index opens and the port is free, then become the Streamlit server.

    Raises:
        SnapshotError: there is no index in `index_dir`, or it is damaged.
        InputError: the port is taken.
    """
    snapshot = IndexReader(index_dir).current()
    _check_port(port)
    print(
        f"learning-relationships: {len(snapshot.people)} people, http://{ADDRESS}:{port}",
        flush=True,
    )
    environment = {**os.environ, "LR_INDEX": str(index_dir.resolve())}
    page = Path(__file__).parent / "main.py"
    arguments = [
        sys.executable, "-m", "streamlit", "run", str(page),
        f"--server.address={ADDRESS}", f"--server.port={port}", "--server.headless=true",
        "--browser.gatherUsageStats=false", "--server.fileWatcherType=none",
        "--client.toolbarMode=minimal", "--client.showErrorDetails=none",
    ]  # fmt: skip
    os.execve(sys.executable, arguments, environment)  # noqa: S606


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            raise InputError(
                f"port {port} is taken; choose another: make app PORT={port + 1}"
            ) from None
