"""How fast a whole answer is, against the floor: embed the goal once and one bare FAISS search.

Floor and whole answers alternate goal by goal in one process, so that whatever else the machine
does hits both alike.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import psutil
from numpy.typing import NDArray

from eval.performance.recall import Shortlist
from eval.performance.synthetic_index import MEGABYTE, build_company, in_other_process
from index.encoder.load import load_encoder
from index.encoder.onnx_encoder import OnnxEncoder
from index.encoder.protocol import Encoder, EncoderSettings
from index.serving.reader import IndexReader, Snapshot
from recommender.answers import Request
from recommender.eligibility import eligibility_by_kind
from recommender.languages import ENGLISH
from recommender.live import LiveFacts
from recommender.policy import Policy, parse_policy
from recommender.recommend import recommend
from recommender.relationships import Relationship
from recommender.retrieval import Candidates, ListQuery, Retriever
from recommender.small_reader import SMALL_READER

FLOOR = "floor"
TASKS: dict[str, Relationship | None] = {
    "all four": None,
    "coach": Relationship.COACH,
    "mentor": Relationship.MENTOR,
    "peer": Relationship.PEER,
    "sponsor": Relationship.SPONSOR,
}
APART = 17
"""Goals between two tasks with the same goal, so that nothing of it is kept from the one before."""
SHARED_GOALS = 32
"""Goals whose seekers' eligible people are counted."""


@dataclass(slots=True)
class Watch:
    """A `recommender.retrieval.Retriever` that times what it is asked."""

    snapshot: Snapshot
    seconds: dict[str, float] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.snapshot, name)

    def encode_parts(self, parts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed; see `Retriever`."""
        with self._timed("encode"):
            return self.snapshot.encode_parts(parts)

    def candidates(
        self,
        goal: str,
        vectors: NDArray[np.float32],
        queries: Sequence[ListQuery],
        limit: int | None,
        own: NDArray[np.int64],
        language: str = ENGLISH,
    ) -> Candidates:
        """Search; see `Retriever`."""
        with self._timed("search"):
            return self.snapshot.candidates(goal, vectors, queries, limit, own, language)

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.perf_counter() - started


@dataclass(slots=True)
class Times:
    """Seconds by part of the work, `(rounds, n_goals)` each."""

    parts: dict[str, NDArray[np.float64]]

    def milliseconds(self, part: str) -> dict[str, float]:
        """Return p50 and p95 over all rounds and goals."""
        return _quantiles(self.parts[part])

    def best(self, part: str = "whole") -> NDArray[np.float64]:
        """Return each goal's fastest round: `(n_goals,)`."""
        return np.asarray(self.parts[part].min(axis=0), np.float64)


@dataclass(slots=True)
class Bench:
    """An opened company, the goals to ask it, and who asks."""

    snapshot: Snapshot
    policy: Policy
    goals: list[str]
    seekers: list[int]
    bare: Encoder
    """Embeds a goal once and as it is, for the floor."""

    @classmethod
    def open(
        cls, index_dir: Path, goals: Sequence[str], seed: int
    ) -> tuple["Bench", dict[str, Any]]:
        """Open the published snapshot and say how long it took and what it weighs."""
        process = psutil.Process()
        encoder = cast("OnnxEncoder", load_encoder())
        # the same session: the waiting threads of a second one would slow the floor
        bare = replace(encoder, leads=False)
        for goal in goals:  # the first text of a length costs more, in the floor as in ours
            bare.encode_queries([goal])
        before = process.memory_info().rss
        started = time.perf_counter()
        snapshot = IndexReader(index_dir, encoder=encoder).current()
        opened = time.perf_counter() - started
        policy = parse_policy(snapshot.policy_text, "policy.toml")
        rng = np.random.default_rng(seed)
        active = np.flatnonzero(snapshot.people.active)
        bench = cls(snapshot, policy, list(goals), rng.choice(active, len(goals)).tolist(), bare)
        started = time.perf_counter()
        bench.answer(Watch(snapshot), 0, None)
        first = time.perf_counter() - started
        return bench, {
            "open_s": opened,
            "first_answer_s": first,
            "memory_before_mb": before / MEGABYTE,
        }

    def answer(self, watch: Watch, number: int, kind: Relationship | None) -> float:
        """Answer one goal; seconds."""
        person = str(self.snapshot.people.ids[self.seekers[number]])
        started = time.perf_counter()
        request = Request(person, self.goals[number], kind)
        recommend(cast("Retriever", watch), request, self.policy, reader=SMALL_READER)
        return time.perf_counter() - started

    def floor(self, number: int) -> dict[str, float]:
        """Embed the goal once, and search for as many as a list holds, with nothing else."""
        started = time.perf_counter()
        vector = self.bare.encode_queries([self.goals[number]])
        encoded = time.perf_counter()
        self.snapshot.index.index.search(vector, self.policy.list.length)
        ended = time.perf_counter()
        return {"encode": encoded - started, "search": ended - encoded, "whole": ended - started}

    def time_task(self, name: str, number: int) -> dict[str, float]:
        """Time one task for one goal: seconds by part."""
        if name == FLOOR:
            return self.floor(number)
        kind, watch = TASKS[name], Watch(self.snapshot)
        whole = self.answer(watch, number, kind)
        kinds = [kind] if kind else list(Relationship)
        started = time.perf_counter()
        eligibility_by_kind(
            self.snapshot.people, self.seekers[number], kinds, self.policy, LiveFacts.none()
        )
        rules = time.perf_counter() - started
        rest = whole - watch.seconds["encode"]
        return {
            "encode": watch.seconds["encode"],
            "eligibility": rules,
            "search": watch.seconds["search"],
            "ranking": max(rest - watch.seconds["search"] - rules, 0.0),
            "but_encoding": rest,
            "whole": whole,
        }

    def run(self, rounds: int, progress: Callable[[int, int], None] | None) -> dict[str, Times]:
        """Time every task for every goal, one after the other within each goal."""
        names = [FLOOR, *TASKS]
        found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
        total = rounds * len(self.goals)
        for turn in range(total):
            for step in range(len(names)):
                # the order turns, so that no task always comes after the same other one
                name = names[(step + turn) % len(names)]
                place = (turn + names.index(name) * APART) % len(self.goals)
                found[name].append(self.time_task(name, place))
            if progress is not None:
                progress(turn + 1, total)
        return {name: self._arrange(name, times, rounds) for name, times in found.items()}

    def _arrange(self, name: str, times: list[dict[str, float]], rounds: int) -> Times:
        shift = [FLOOR, *TASKS].index(name) * APART
        return Times(
            {
                part: np.roll(
                    np.array([one[part] for one in times]).reshape(rounds, -1), shift, axis=1
                )
                for part in times[0]
            }
        )

    def shares(self) -> dict[str, float]:
        """Return the mean share of people eligible for each kind."""
        kinds = list(Relationship)
        found = [
            eligibility_by_kind(self.snapshot.people, seeker, kinds, self.policy, LiveFacts.none())
            for seeker in self.seekers[:SHARED_GOALS]
        ]
        return {
            kind.value: float(np.mean([one[kind].mask.mean() for one in found])) for kind in kinds
        }


def compare(times: dict[str, Times]) -> dict[str, Any]:
    """Return p50 and p95 of every part in milliseconds, and each task as a ratio to the floor."""
    floor = times[FLOOR].best()
    compared: dict[str, Any] = {}
    for name, task in times.items():
        whole = task.best()
        compared[name] = {
            "milliseconds": {part: task.milliseconds(part) for part in task.parts},
            "best_of_rounds": {part: _quantiles(task.best(part)) for part in task.parts},
            "ratio": {
                "p50": float(np.median(whole) / np.median(floor)),
                "p95": float(np.quantile(whole, 0.95) / np.quantile(floor, 0.95)),
                "by_goal": float(np.median(whole / floor)),
            },
        }
    return compared


def _quantiles(seconds: NDArray[np.float64]) -> dict[str, float]:
    return {
        "p50": float(np.quantile(seconds, 0.5)) * 1e3,
        "p95": float(np.quantile(seconds, 0.95)) * 1e3,
    }


def read_goals(dataset: Path, n_goals: int | None) -> list[str]:
    """Read the texts of a dataset's goals, spread over the file where only some are wanted."""
    texts = pd.read_csv(dataset / "goals.csv", dtype=str)["text"].tolist()
    if n_goals is None or n_goals >= len(texts):
        return texts
    return [texts[round(place)] for place in np.linspace(0, len(texts) - 1, n_goals)]


def measure(
    n_people: int,
    dataset: Path,
    index_dir: Path,
    *,
    n_goals: int | None = None,
    rounds: int = 3,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Draw, build, open and time a company; the record that `--json` prints.

    Args:
        n_people: how many people.
        dataset: a dataset whose people lend words and vectors, and whose goals are asked.
        index_dir: where the index is built, or used where it is there already.
        n_goals: how many of the goals; None for all.
        rounds: how often each goal is asked.
        seed: the same seed gives the same company and the same seekers.
        progress: called while goals are asked.
    """
    built = None
    if not (index_dir / "CURRENT").is_file():
        index_dir.parent.mkdir(parents=True, exist_ok=True)
        built = in_other_process(build_company, n_people, dataset / "people.csv", index_dir, seed)
    bench, opened = Bench.open(index_dir, read_goals(dataset, n_goals), seed)
    times = bench.run(rounds, progress)
    memory = psutil.Process().memory_info()
    manifest = bench.snapshot.manifest
    shortlist = Shortlist(bench.snapshot, bench.policy, bench.goals, bench.seekers)
    return {
        "people": manifest.n_people,
        "passages": manifest.n_passages,
        "goals": len(bench.goals),
        "rounds": rounds,
        "machine": {
            "cores": len(psutil.Process().cpu_affinity()),
            "threads": EncoderSettings().n_threads,
        },
        "plan": manifest.plan.kind,
        "built": built,
        "opened": opened,
        "memory": {
            "resident_mb": memory.rss / MEGABYTE,
            "mapped_mb": memory.shared / MEGABYTE,
        },
        "times": compare(times),
        "eligible": bench.shares(),
        "recall": shortlist.recall(),
        "kept": shortlist.kept(),
    }
