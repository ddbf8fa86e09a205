"""A real PostgreSQL for the session: Debian's programs, a folder of its own, nothing kept."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest


@dataclass
class Postgres:
    """A PostgreSQL cluster of this session: trusts loopback, keeps nothing."""

    bin: Path
    data: Path
    port: int
    as_postgres: list[str]

    def control(self, *arguments: str) -> None:
        subprocess.run(
            [*self.as_postgres, str(self.bin / "pg_ctl"), "-D", str(self.data), "-w", *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/",
        )  # fmt: skip

    def start(self) -> None:
        options = f"-p {self.port} -k '' -h 127.0.0.1 -c fsync=off -c full_page_writes=off"
        self.control("-o", options, "-l", str(self.data.parent / "log"), "start")

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")

    def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"lr_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self.url(name)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


def _postgres_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_postgres() -> list[str] | None:
    """PostgreSQL refuses to run as root; another user runs it as themselves."""
    if os.geteuid() != 0:
        return []
    runuser = shutil.which("runuser")
    return [runuser, "-u", "postgres", "--"] if runuser else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    binaries, as_postgres = _postgres_bin(), _as_postgres()
    if binaries is None or as_postgres is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("PostgreSQL is not installed; run: make system")
        pytest.skip("PostgreSQL is not installed; run: make system")
    folder = Path(tempfile.mkdtemp(prefix="lr-postgres-"))
    if as_postgres:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = Postgres(binaries, folder / "data", port, as_postgres)
    cluster.control("-o", "-A trust -U postgres -E UTF8 --no-sync --locale=C", "initdb")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
