"""A company of two dozen people, and an encoder that costs nothing, for tests of files and nights.

What is tested with them are files, locks and swaps; what the model says is tested elsewhere with
the real one.
"""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from index.encoder.protocol import EncoderSettings
from index.night.nightly import run_night

SETTINGS = EncoderSettings()


class HashEncoder:
    """Assign each text a direction of its own, drawn from its hash."""

    name = "hash"
    revision = "0123456789abcdef"
    dim = 24

    def __init__(self):
        self.embedded = []

    def encode_queries(self, texts):
        return self._encode(texts)

    def encode_parts(self, texts):
        vectors = self._encode(texts)
        return vectors, vectors

    def encode_passages(self, texts, progress=None):
        if progress is not None:
            progress(len(texts), len(texts))
        return self._encode(texts)

    def _encode(self, texts):
        self.embedded += texts
        vectors = np.empty((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
            vectors[row] = np.random.default_rng(seed).standard_normal(self.dim)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def people(n=24):
    """Return `n` people of three departments, in a tree of two."""
    number = np.arange(n)
    return pd.DataFrame(
        {
            "person_id": [f"P{row:03d}" for row in number],
            "display_name": [f"Person {row}" for row in number],
            "job_title": [f"Planner of place {row}" for row in number],
            "job_level": [str(max(1, 5 - row // 6)) for row in number],
            "department": [("Harbour", "Rail", "Warehouse")[row % 3] for row in number],
            "manager_id": ["" if row == 0 else f"P{(row - 1) // 2:03d}" for row in number],
            "about": [
                f"I have kept the {row} cranes of quay number {row} running" for row in number
            ],
            "experience": [f"Berth {row} since 2011\nYard {row} before that" for row in number],
            "skills": [f"crane {row};lashing" for row in number],
            "open_to": "mentor;coach;peer",
            "updated_on": "2026-10-01",
        }
    )


def write(frame, path: Path) -> Path:
    """Write a people frame as CSV."""
    frame.to_csv(path, index=False)
    return path


def night(folder, frame=None, encoder=None, **settings):
    """Run a night on the export in `folder`, after writing `frame` there; no gate by default."""
    if frame is not None:
        write(frame, folder / "people.csv")
    return run_night(
        folder / "people.csv", folder / "index", settings=SETTINGS,
        encoder=encoder or HashEncoder(), **{"gate": ""} | settings,
    )  # fmt: skip
