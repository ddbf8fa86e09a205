"""A drawn company of any size as an index, built by the real builder in a process of its own."""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.performance.synthetic import (
    AS_OF,
    Spread,
    describe_cosines,
    draw_passages,
    draw_people,
)
from index.encoder.load import load_encoder
from index.encoder.protocol import EncoderSettings
from index.night.build import build_from_arrays
from index.people_file.people_file import read_people
from recommender.profiles import Field

DESCRIBED = 200_000
"""Drawn passages whose cosines are described."""
MEGABYTE = 1e6


def build_company(n_people: int, sample: Path, index_dir: Path, seed: int) -> dict[str, Any]:
    """Draw a company and build its index by the real builder; say what it took.

    Args:
        n_people: how many people.
        sample: the people file whose words and vectors are used.
        index_dir: the index folder.
        seed: the same seed gives the same company.
    """
    real, settings = read_people(sample).frame, EncoderSettings()
    encoder = load_encoder(settings)
    started = time.perf_counter()
    people = draw_people(n_people, real, seed)
    passages = draw_passages(people)
    spread = Spread.of(real, encoder, seed)
    with TemporaryDirectory(dir=index_dir.parent, prefix="drawn-") as folder:
        vectors = spread.draw(passages, Path(folder) / "vectors.npy", seed)
        cosines = {
            "real": describe_cosines(spread.vectors),
            "drawn": describe_cosines(vectors[passages["field"].to_numpy() != int(Field.PROFILE)])
            if n_people <= DESCRIBED else describe_cosines(vectors[: DESCRIBED]),
        }  # fmt: skip
        drawing = time.perf_counter() - started
        started = time.perf_counter()
        report = build_from_arrays(
            people, passages, vectors, index_dir=index_dir, encoder=encoder, settings=settings,
            as_of=AS_OF, publish=True,
        )  # fmt: skip
        building = time.perf_counter() - started
    return {
        "draw_s": drawing,
        "build_s": building,
        "parts_s": report.seconds,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "snapshot_mb": sum(path.stat().st_size for path in report.folder.iterdir()) / MEGABYTE,
        "cosine_mean_and_sd": cosines,
    }


def in_other_process(work: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """Do some work in a process of its own, so that its memory is not counted here."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()
