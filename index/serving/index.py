"""The door for other programs: `Index`, a company's index as one asks it."""

from functools import lru_cache
from pathlib import Path
from typing import Self

from index.encoder.protocol import Encoder
from index.serving.reader import IndexReader, Snapshot
from recommender.answers import Recommendation, Request, WhyNot
from recommender.live import LiveFacts
from recommender.live_by_id import LiveFactsById, relationship_of
from recommender.policy import Policy, parse_policy
from recommender.reader import Reader
from recommender.recommend import recommend, why_not
from recommender.small_reader import SMALL_READER


class Index:
    """An index folder's published snapshot, always the newest; safe to share between threads."""

    def __init__(self, published: IndexReader, reader: Reader | None = SMALL_READER) -> None:
        """Ask the snapshot that `published` follows; `open` makes one from a folder."""
        self._published = published
        self._reader = reader

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        encoder: Encoder | None = None,
        reader: Reader | None = SMALL_READER,
    ) -> Self:
        """Open an index folder.

        Args:
            folder: what `build` was given as `index_dir`.
            encoder: what embeds goals, the one that the index was built with; None loads the model
                named in the snapshot when a goal is first asked.
            reader: reads the first of each list; None leaves the order to the signals.

        Raises:
            SnapshotError: nothing was published there, it is damaged, or another encoder made it.
        """
        published = IndexReader(Path(folder), encoder=encoder)
        published.current()
        return cls(published, reader)

    def recommend(
        self,
        person: str,
        goal: str,
        *,
        relationship: str | None = None,
        limit: int | None = None,
        live: LiveFactsById | None = None,
    ) -> Recommendation:
        """Suggest colleagues for a goal, with reasons.

        Args:
            person: the seeker's `person_id`.
            goal: what they would like to learn, in their own words.
            relationship: "mentor", "coach", "sponsor" or "peer"; None for a list of each.
            limit: how many suggestions a list holds; None for the policy's number.
            live: what changed since the snapshot was built; None for nothing.

        Raises:
            GoalError: the goal is empty or far too long.
            UnknownPersonError: nobody in the snapshot has this id.
            InputError: there is no such kind, or the live facts cannot be used.
            ModelError: the snapshot's model cannot be loaded.
        """
        snapshot = self._published.current()
        kind = None if relationship is None else relationship_of(relationship)
        request = Request(person, goal, kind, limit)
        return recommend(
            snapshot, request, _policy_of(snapshot), _laid_over(live, snapshot), self._reader
        )

    def why_not(
        self,
        person: str,
        candidate: str,
        relationship: str,
        *,
        goal: str = "",
        live: LiveFactsById | None = None,
    ) -> WhyNot:
        """Return which rule keeps a colleague from a seeker, or their rank for a goal.

        Args:
            person: the seeker's `person_id`.
            candidate: the colleague's.
            relationship: the kind.
            goal: with it, the rank of an eligible colleague, and what holds them back.
            live: what changed since the snapshot was built; None for nothing.

        Raises:
            GoalError: the goal is far too long.
            UnknownPersonError: nobody in the snapshot has one of the ids.
            InputError: there is no such kind, or the live facts cannot be used.
            ModelError: the snapshot's model cannot be loaded.
        """
        snapshot = self._published.current()
        request = Request(person, goal, relationship_of(relationship))
        return why_not(
            snapshot, request, candidate, _policy_of(snapshot), _laid_over(live, snapshot),
            self._reader,
        )  # fmt: skip


def _laid_over(live: LiveFactsById | None, snapshot: Snapshot) -> LiveFacts | None:
    return None if live is None else live.lay_over(snapshot.people)


def _policy_of(snapshot: Snapshot) -> Policy:
    return _parse_once(snapshot.policy_text, snapshot.snapshot_id)


@lru_cache(maxsize=4)
def _parse_once(text: str, snapshot_id: str) -> Policy:
    return parse_policy(text, f"policy of snapshot {snapshot_id}")
