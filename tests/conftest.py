"""What every test may use: the sample company's files, and one CPU thread a library."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from index.snapshot.manifest import FORMAT, FileRecord, sha256_of

# Limits of time belong to the benchmarks: elsewhere a busy machine would break them
settings.register_profile("project", deadline=None)
settings.load_profile("project")

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


@pytest.fixture(scope="session")
def make_older() -> Callable[..., Path]:
    """Turn a snapshot of an index folder into one of the format before; gives its new folder.

    It is whole and was published if it was before, but this version cannot open it. Its table of
    people may be `without` some columns.
    """

    def make(index_dir: Path, name: str, without: Sequence[str] = ()) -> Path:
        folder = index_dir / "snapshots" / name
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        (folder / "people_columns.arrow").unlink()
        del manifest["files"]["people_columns.arrow"], manifest["plan"]
        if without:
            people = folder / "people.parquet"
            pq.write_table(pq.read_table(people).drop_columns(list(without)), people)
            record = FileRecord(sha256=sha256_of(people), size=people.stat().st_size)
            manifest["files"][people.name] = record.model_dump()
        text = json.dumps(manifest | {"format": FORMAT - 1, "metric": "cosine"}, indent=1)
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        older = f"{name.split('-')[0]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        for path in (index_dir / "CURRENT", index_dir / "history.jsonl"):
            path.write_text(path.read_text(encoding="utf-8").replace(name, older), encoding="utf-8")
        return folder.rename(folder.with_name(older))

    return make
