"""From a people file to a verified snapshot, embedding only what no earlier build embedded."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from index.disk.index_folder import POINTER, IndexFolder
from index.encoder.embedding_cache import CachingEncoder, EmbeddingCache
from index.encoder.load import load_encoder
from index.encoder.protocol import Encoder, EncoderSettings, Progress
from index.goal_models.kept_reference import kept_reference
from index.night.changes import (
    Changes,
    check_drop,
    check_readable,
    compare,
)
from index.night.export_file import ANY_EXPORT, Expected, unchanged
from index.night.hierarchy_guard import check_managers
from index.night.identities import NOTHING_SAID, Decisions
from index.night.renumbered import know_again
from index.people_file.emails import SignIn
from index.people_file.people_file import PeopleFile, read_people
from index.serving import publishing
from index.snapshot import manifest
from index.snapshot.other_formats import find_published
from index.snapshot.snapshot import Snapshot
from index.snapshot.verification import verify
from index.snapshot.writer import Content, centre, write_snapshot
from recommender.policy import default_policy_text, parse_policy
from recommender.profiles import Field, count_without_own_words, passages_frame

Part = Callable[[str], None]
"""Called with the name of each part of the work as it begins."""


@dataclass(slots=True)
class BuildReport:
    """What a build did; numbers only, no personal data."""

    changes: Changes = field(default_factory=Changes)
    n_people: int = 0
    n_passages: int = 0
    n_without_own_words: int = 0
    """People of whom only title and place are known."""
    n_texts: int = 0
    """Different texts; identical ones are embedded once."""
    n_embedded: int = 0
    """Texts that were embedded now; the others came from the cache."""
    n_warnings: int = 0
    """Warnings about the people file."""
    n_without_sign_in: int = 0
    """People who could not sign in by OpenID Connect: their e-mail names nobody, or several."""
    compared_with: str | None = None
    """The snapshot that was published before."""
    compared_format: int | None = None
    """Its format, which an older version of this project may have written."""
    unreadable: str | None = None
    """The snapshot that was published before, where it is whole, this version cannot read its
    people, and there is no other to compare with."""
    identities: dict[str, int] = field(default_factory=dict)
    """How many people were carried over to another number, renamed, or have another's number."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Of each part of the work."""
    snapshot_id: str = ""
    folder: Path = Path()
    published: bool = False
    part: Part | None = None
    """Told what begins."""

    def as_dict(self) -> dict[str, Any]:
        """Return what is written into the snapshot and printed as JSON."""
        return {
            "people": {
                "total": self.n_people,
                **self.changes.as_dict(),
                "without_own_words": self.n_without_own_words,
            },
            "passages": {
                "total": self.n_passages,
                "different": self.n_texts,
                "embedded": self.n_embedded,
            },
            "identities": self.identities,
            "warnings": self.n_warnings,
            "without_sign_in": self.n_without_sign_in,
            "compared_with": self.compared_with,
            "compared_format": self.compared_format,
            "seconds": {name: round(took, 3) for name, took in self.seconds.items()},
        }

    @contextlib.contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Time one part of the work, and tell that it begins."""
        if self.part is not None:
            self.part(part)
        started = time.perf_counter()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.perf_counter() - started


def build(
    people: Path | str,
    index_dir: Path | str,
    *,
    settings: EncoderSettings | None = None,
    policy_text: str | None = None,
    as_of: date | None = None,
    expected: Expected = ANY_EXPORT,
    decisions: Decisions = NOTHING_SAID,
    accept_drop: bool = False,
    accept_managers: bool = False,
    publish: bool | None = None,
    progress: Progress | None = None,
    part: Part | None = None,
    encoder: Encoder | None = None,
) -> BuildReport:
    """Build and verify a snapshot from a people file.

    Args:
        people: the people export.
        index_dir: the index folder; made where missing.
        settings: which model embeds.
        policy_text: the policy to keep with the snapshot; None for the project's defaults.
        as_of: the day of the export; by default the newest date in it.
        expected: what the export must be.
        decisions: whose the numbers are, where that is not certain.
        accept_drop: build even if many people, or a whole department, are gone, or nobody can
            tell.
        accept_managers: build even if many people have another manager.
        publish: whether readers move to it; None: only where nothing was published before.
        progress: called while passages are embedded.
        part: called as each part of the work begins.
        encoder: an encoder that is already loaded by `settings`.

    Raises:
        PeopleFileError: the export has problems.
        InputError: it changed while it was read, or is not the expected one; or a decision cannot
            be followed.
        IdentityError: numbers may be other people's than before.
        PolicyError: the policy has.
        ModelError: the encoder cannot be loaded.
        DropError: far fewer people than are published, or this version cannot read the people who
            are, and no other whole snapshot can be compared with.
        ManagersError: many people have another manager than is published.
        BusyError: another build is at work.
        BuildError: the snapshot cannot be written, or does not stand its checks.
    """
    index = IndexFolder(Path(index_dir))
    export = read_export(Path(people), policy_text, as_of=as_of, expected=expected, part=part)
    with index.locked():
        return build_locked(
            index, export, settings=settings or EncoderSettings(),
            decisions=decisions, accept_drop=accept_drop, accept_managers=accept_managers,
            publish=publish, progress=progress, encoder=encoder,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """What a build begins with, read before the lock is taken: reading can take minutes."""

    people: PeopleFile
    passages: pd.DataFrame
    policy: str
    """The policy's text, checked."""
    report: BuildReport


def read_export(
    people: Path,
    policy_text: str | None = None,
    *,
    as_of: date | None = None,
    expected: Expected = ANY_EXPORT,
    part: Part | None = None,
) -> Export:
    """Read the people export and the policy; the arguments and errors are those of `build`."""
    policy = _checked(policy_text)
    report = BuildReport(part=part)
    with report.timed("read"), unchanged(people, expected):
        read = read_people(people, as_of=as_of)
        expected.check_rows(people, len(read.frame))
        passages = passages_frame(read.frame)
    return Export(read, passages, policy, report)


def build_locked(
    index: IndexFolder,
    export: Export,
    *,
    settings: EncoderSettings,
    decisions: Decisions = NOTHING_SAID,
    accept_drop: bool = False,
    accept_managers: bool = False,
    publish: bool | None = None,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> BuildReport:
    """Do what `build` does with what was read; the lock must be held."""
    read, passages, report = export.people, export.passages, export.report
    if Path(settings.model).is_dir():  # readers may start elsewhere
        settings = settings.model_copy(update={"model": str(Path(settings.model).resolve())})
    with report.timed("compare"):
        before = find_published(index)
        report.compared_with, report.compared_format = before.snapshot_id, before.format
        report.unreadable = before.unreadable
        if not accept_drop:
            check_readable(before.unreadable)
        found, old, new = know_again(index, before, read.frame, decisions, datetime.now(UTC).date())
        if not accept_drop:
            check_drop(old, new)
        if not accept_managers:
            check_managers(old, new)
        report.changes, report.identities = compare(old, new), found.as_dict()
    report.n_without_sign_in = SignIn.of(read.frame["email"]).count
    report.n_people, report.n_warnings = len(read.frame), len(read.warnings)
    with report.timed("load encoder"):
        inner = encoder or load_encoder(settings)
        cached = caching(index, inner)
    with report.timed("embed"):
        embedded = passages["field"].to_numpy() != int(Field.PROFILE)
        vectors = np.zeros((len(passages), inner.dim), np.float32)
        vectors[embedded] = cached.encode_passages(passages["text"][embedded].tolist(), progress)
        report.n_texts, report.n_embedded = cached.remembered + cached.embedded, cached.embedded
    return _finish(
        index, report, read.frame, passages, vectors, cached,
        settings=settings, as_of=read.as_of, policy=export.policy, publish=publish, drawn=False,
        identities=found.table,
    )  # fmt: skip


def build_from_arrays(
    people: pd.DataFrame,
    passages: pd.DataFrame,
    vectors: NDArray[np.float32],
    *,
    index_dir: Path,
    encoder: Encoder,
    settings: EncoderSettings,
    as_of: np.datetime64,
    policy_text: str | None = None,
    publish: bool | None = None,
) -> BuildReport:
    """Build a snapshot from people and vectors that are at hand, such as drawn ones.

    Args:
        people: a validated people frame; row i is person i.
        passages: as `recommender.profiles.passages_frame` gives them.
        vectors: `(n_passages, dim)`, unit rows as the encoder gives them, not centred; those of
            whole profiles are not read.
        index_dir: the index folder.
        encoder: what embeds goals.
        settings: how to load that encoder again.
        as_of: the day of the export.
        policy_text: the policy to keep with the snapshot; None for the project's defaults.
        publish: whether readers move to it; None: only where nothing was published before.

    Raises:
        InputError: the passages do not fit the people.
        BuildError: the snapshot cannot be written, or does not stand its checks.
    """
    index = IndexFolder(Path(index_dir))
    with index.locked():
        report = BuildReport(compare(None, people), len(people))
        return _finish(
            index, report, people, passages, vectors, caching(index, encoder),
            settings=settings, as_of=as_of, policy=_checked(policy_text), publish=publish,
            drawn=True,
        )  # fmt: skip


def caching(index: IndexFolder, encoder: Encoder) -> CachingEncoder:
    """Put the index folder's cache before an encoder."""
    return CachingEncoder(encoder, EmbeddingCache.open(index.cache / encoder.revision, encoder.dim))


def _checked(policy_text: str | None) -> str:
    """Return the policy's text; one that cannot be used is refused before hours of work."""
    policy = policy_text if policy_text is not None else default_policy_text()
    parse_policy(policy, manifest.POLICY)
    return policy


def _finish(
    index: IndexFolder,
    report: BuildReport,
    people: pd.DataFrame,
    passages: pd.DataFrame,
    vectors: NDArray[np.float32],
    encoder: CachingEncoder,
    *,
    settings: EncoderSettings,
    as_of: np.datetime64,
    policy: str,
    publish: bool | None,
    drawn: bool,
    identities: pd.DataFrame | None = None,
) -> BuildReport:
    report.n_passages = len(passages)
    report.n_without_own_words = count_without_own_words(passages)
    with report.timed("centre"):
        reference = kept_reference(encoder.inner)
        own = centre(vectors, passages, reference.centroids[1])
    model = manifest.Model(
        name=encoder.name, revision=encoder.revision, dim=encoder.dim, settings=settings,
        drawn=drawn,
    )  # fmt: skip
    content = Content(
        people, passages, own, reference.goals, reference.centroids, reference.kinds,
        reference.needs, as_of, model, policy, report.as_dict(), identities=identities,
    )  # fmt: skip
    with report.timed("write"):
        report.folder = write_snapshot(index, content)
        report.snapshot_id = report.folder.name
    with report.timed("verify"):
        try:
            verify(Snapshot.open(report.folder), None if drawn else encoder.inner)
        except BaseException:
            index.discard(report.folder)
            raise
        encoder.cache.merge()
    if publish is None:
        publish = not (index.path / POINTER).exists()
    if publish:
        publishing.publish(index, report.snapshot_id)
        report.published = True
    return report
