"""What can be run on a dataset: this project's recommender, and the baselines by their names."""

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import index
import recommender
from eval.datasets.dataset import Ask, Dataset
from eval.systems.baselines import (
    BASELINES,
    Scores,
    order_best_first,
    read_texts,
)
from eval.systems.runs import RankedList
from eval.systems.text_relevance import order_by_texts
from index.encoder.load import load_encoder
from index.encoder.protocol import EncoderAround, EncoderSettings, Progress
from index.night.build import build
from index.serving.reader import Snapshot
from recommender.eligibility import eligibility
from recommender.errors import InputError
from recommender.live import LiveFacts
from recommender.policy import Policy, default_policy_text, parse_policy
from recommender.rank_goal import rank_goal
from recommender.reader import Reader

RECOMMENDER = "recommender"
"""The name of this project's own system."""

SYSTEMS: tuple[str, ...] = (RECOMMENDER, *BASELINES)

LIBRARIES = ("bm25s", "faiss-cpu", "ir-measures", "numpy", "onnxruntime", "pandas", "tokenizers")


@dataclass(frozen=True, slots=True)
class Setting:
    """How systems are to be run."""

    policy_text: str
    policy: Policy
    encoder: EncoderSettings
    """Of the recommender; baselines take the same model without what this project adds to it."""
    work: Path
    """Where indexes and vectors are kept, so that the next run is quick."""
    progress: Progress | None = None
    reader: Reader | None = None
    """Reads the first of each list."""

    @property
    def plain_encoder(self) -> EncoderSettings:
        """The settings of the model as it came."""
        return self.encoder.model_copy(
            update={"adapter": False, "precision": "fp32", "leads": False}
        )


class System(Protocol):
    """Ranks everyone who may be suggested."""

    def rank(self, ask: Ask) -> RankedList:
        """Make one list."""

    def describe(self) -> dict[str, Any]:
        """Return what this is: for `run.json`."""


def read_policy(path: Path | None) -> tuple[str, Policy]:
    """Read a policy file, or take the project's own.

    Raises:
        InputError: it cannot be read.
        PolicyError: it holds an unknown key or an impossible value.
    """
    if path is None:
        text = default_policy_text()
        return text, parse_policy(text, "policy.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the policy {path} cannot be read: {error}") from None
    return text, parse_policy(text, path.name)


def open_system(name: str, dataset: Dataset, setting: Setting) -> System:
    """Make a system ready for a dataset.

    Raises:
        InputError: there is no system of this name.
        ModelError: the model cannot be loaded.
    """
    if name == RECOMMENDER:
        return RecommenderSystem(open_snapshot(dataset, setting), setting.policy, setting.reader)
    if name not in BASELINES:
        raise InputError(f"there is no system {name!r}; choose from {', '.join(SYSTEMS)}")
    return BaselineSystem.prepare(name, dataset, setting)


@dataclass
class RememberingEncoder(EncoderAround):
    """An encoder that embeds each request once."""

    _known: dict[tuple[str, ...], tuple[NDArray[np.float32], NDArray[np.float32]]] = field(
        default_factory=dict
    )

    def encode_parts(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embed parts of goals; see `Encoder`."""
        key = tuple(texts)
        if key not in self._known:
            self._known[key] = self.inner.encode_parts(texts)
        return self._known[key]


def open_snapshot(dataset: Dataset, setting: Setting) -> Snapshot:
    """Open the dataset's index, building it only where this very index was not built before."""
    encoder = RememberingEncoder(load_encoder(setting.encoder))
    people_file = dataset.folder / "people.csv"
    # One index for each dataset and model: its embedding cache outlives changes of code and policy
    place = _hash(str(people_file.resolve()).encode(), encoder.revision.encode())
    index_dir = setting.work / "indexes" / f"{dataset.name}-{place[:12]}"
    made_from = _hash(people_file.read_bytes(), setting.policy_text.encode(), _code())
    note = index_dir / "made" / made_from[:32]
    if not note.is_file():
        report = build(
            people_file, index_dir, settings=setting.encoder, policy_text=setting.policy_text,
            accept_drop=True, accept_managers=True, publish=True, progress=setting.progress,
            encoder=encoder,
        )  # fmt: skip
        note.parent.mkdir(exist_ok=True)
        note.write_text(report.snapshot_id, encoding="utf-8")
    folder = index_dir / "snapshots" / note.read_text(encoding="utf-8")
    return Snapshot.open(folder, encoder=encoder)


@dataclass(frozen=True, slots=True)
class RecommenderSystem:
    """This project's recommender, over an opened snapshot."""

    snapshot: Snapshot
    policy: Policy
    reader: Reader | None = None

    def rank(self, ask: Ask) -> RankedList:
        """Rank as `recommend` does, everyone and not just the first few."""
        if ask.seeker is None or ask.relationship is None:
            return RankedList(ask, *order_by_texts(self.snapshot, ask.text))
        ranked = rank_goal(
            self.snapshot, ask.text, ask.seeker, [ask.relationship], self.policy,
            LiveFacts.none(), limit=None, reader=self.reader,
        )  # fmt: skip
        ranking = ranked.lists[ask.relationship]
        return RankedList(ask, ranking.rows, ranking.scores)

    def describe(self) -> dict[str, Any]:
        """Return what this is."""
        model = self.snapshot.manifest.model
        return {
            "says": "this project's recommender",
            "reader": self.reader.name if self.reader else "none",
            "model": {"name": model.name, "revision": model.revision},
        }


@dataclass(slots=True)
class BaselineSystem:
    """A baseline with its scores at hand."""

    says: str
    model: dict[str, str] | None
    people_ids: list[str]
    row_of_goal: dict[str, int]
    scores: Scores
    dataset: Dataset
    policy: Policy

    @classmethod
    def prepare(cls, name: str, dataset: Dataset, setting: Setting) -> "BaselineSystem":
        """Score everyone for every goal."""
        baseline, texts = BASELINES[name], read_texts(dataset)
        vectors = KeptVectors(setting) if baseline.embeds else None
        scores = baseline.score(texts, vectors or _no_model)
        return cls(
            says=baseline.says,
            model=vectors.model if vectors else None,
            people_ids=texts.people_ids,
            row_of_goal={goal_id: row for row, goal_id in enumerate(texts.goal_ids)},
            scores=scores,
            dataset=dataset,
            policy=setting.policy,
        )

    def rank(self, ask: Ask) -> RankedList:
        """Order the eligible by this baseline's score."""
        scores = self.scores[self.row_of_goal[ask.goal_id]]
        rows = order_best_first(
            scores, eligible_for(ask, self.dataset, self.policy), self.people_ids
        )
        return RankedList(ask, rows, scores[rows])

    def describe(self) -> dict[str, Any]:
        """Return what this is."""
        return {"says": self.says, "model": self.model}


class KeptVectors:
    """Embeds texts with the plain model, and keeps the vectors on the disk."""

    def __init__(self, setting: Setting) -> None:
        self._encoder = load_encoder(setting.plain_encoder)
        self._folder = setting.work / "vectors"
        self._progress = setting.progress
        self.model = {"name": self._encoder.name, "revision": self._encoder.revision}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the texts' vectors: `(n, dim)` float32, unit rows."""
        key = _hash(self._encoder.revision.encode(), *(text.encode() for text in texts))
        path = self._folder / f"{key[:32]}.npy"
        if path.is_file():
            return np.asarray(np.load(path), np.float32)
        vectors = self._encoder.encode_passages(texts, self._progress)
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, vectors)
        unfinished.replace(path)
        return vectors


def eligible_for(ask: Ask, dataset: Dataset, policy: Policy) -> NDArray[np.bool_]:
    """Mark who may be suggested: `(n_people,)` bool; everyone for a goal without a seeker."""
    if ask.seeker is None or ask.relationship is None:
        return np.ones(len(dataset.people), np.bool_)
    live = LiveFacts.none()
    return eligibility(dataset.people, ask.seeker, ask.relationship, policy, live).mask


def library_versions() -> dict[str, str]:
    """Return the versions of what computes the figures."""
    found = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **found}


def _no_model(texts: Sequence[str]) -> NDArray[np.float32]:
    raise AssertionError(f"a baseline that embeds nothing asked for {len(texts)} vectors")


def _code() -> bytes:
    """Hash the code that makes an index, so that no figure rests on one made by other code."""
    folders = [Path(str(package.__file__)).parent for package in (index, recommender)]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return _hash(*(path.read_bytes() for path in files)).encode()


def _hash(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
