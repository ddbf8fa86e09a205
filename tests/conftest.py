"""What every test may use: the sample company's files, and one CPU thread a library."""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def halden() -> Path:
    """The folder of the sample company."""
    return REPOSITORY / "eval" / "datasets" / "halden"


@pytest.fixture(scope="session")
def halden_index(halden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company's index, built once by the real command; do not change it."""
    index_dir = tmp_path_factory.mktemp("halden") / "index"
    command = [sys.executable, "-m", "index", "build", str(halden / "people.csv")]
    done = subprocess.run(
        [*command, "--index", str(index_dir)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return index_dir
