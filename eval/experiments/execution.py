"""Making a run: a system on a dataset, with a record of what it was."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets.dataset import Dataset
from eval.metrics.faithfulness import Faithfulness, measure_faithfulness
from eval.systems.runs import (
    Run,
    make_run,
    read_run,
    write_run,
)
from eval.systems.systems import (
    RecommenderSystem,
    Setting,
    library_versions,
    open_system,
)
from index.disk.files import write_json

FAITHFULNESS_FILE = "faithfulness.json"
"""Beside a run of this project's recommender: what came of checking its reasons."""


@dataclass(frozen=True, slots=True)
class Execution:
    """A finished run."""

    run: Run
    """As it was written: read from its file."""
    record: dict[str, Any]
    faithfulness: Faithfulness | None
    """None for systems that give no reasons."""


def execute(name: str, dataset: Dataset, setting: Setting, folder: Path) -> Execution:
    """Run a system on a dataset and write the run, its record, and the check of its reasons.

    Raises:
        InputError: there is no such system.
        ModelError: the model cannot be loaded.
    """
    started = time.perf_counter()
    system = open_system(name, dataset, setting)
    ready = time.perf_counter()
    run = make_run(name, dataset, (system.rank(ask) for ask in dataset.asks))
    ranked = time.perf_counter()
    record = {
        "system": name,
        **system.describe(),
        "dataset": {"name": dataset.name, "sha256": _files_of(dataset)},
        "policy": {"sha256": _sha256(setting.policy_text.encode())},
        "versions": library_versions(),
        "lists": len(dataset.asks),
        "rows": len(run.frame),
    }
    timing = {
        "prepare_s": round(ready - started, 3),
        "rank_s": round(ranked - ready, 3),
        "seconds": round(ranked - started, 3),
    }
    write_run(run, folder, record, timing)
    faithfulness = None
    if isinstance(system, RecommenderSystem):
        faithfulness = measure_faithfulness(system.snapshot, dataset.asks, setting.policy)
        write_json(folder / FAITHFULNESS_FILE, faithfulness.to_json())
    return Execution(read_run(folder, dataset), record, faithfulness)


def _files_of(dataset: Dataset) -> dict[str, str]:
    """Hash the files that a run depends on; judgements do not change it."""
    names = ("people.csv", "goals.csv")
    return {name: _sha256((dataset.folder / name).read_bytes()) for name in names}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
