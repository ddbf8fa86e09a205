"""Lists read closely by a language model, where an administrator has set one.

A list by signals is there at once; reading takes seconds, so it goes on beside the pages. Nothing
of it is stored: the goal and the answer live in this process's memory alone.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

from app.services.finding import Finding
from app.services.identity import Identity
from app.store.records import TypedGoal
from index.reader.chat import ChatReader
from recommender.answers import SuggestionList, WhyNot
from recommender.errors import LearningRelationshipsError
from recommender.reader import Opinion, Reader, Shortlist
from recommender.relationships import Relationship

AT_ONCE = 8
"""Lists that are read at the same moment; more wait."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom goals go."""

    host: str
    model: str


class UnreadError(LearningRelationshipsError):
    """The language model gave no answer in time."""


@dataclass(frozen=True, slots=True)
class StrictReader:
    """A reader whose silence is an error, so that nobody takes an unread list for a read one."""

    reader: Reader

    @property
    def name(self) -> str:
        """What reads."""
        return self.reader.name

    @property
    def reads(self) -> int:
        """How many people of a list it reads."""
        return self.reader.reads

    @property
    def weight(self) -> float:
        """What a fit of 1 adds to a score."""
        return self.reader.weight

    def read(self, shortlist: Shortlist) -> Sequence[Opinion]:
        """Read the shortlist.

        Raises:
            UnreadError: nothing came of it.
        """
        opinions = self.reader.read(shortlist)
        if opinions is None:
            raise UnreadError("the language model gave no answer")
        return opinions


@dataclass(frozen=True, slots=True)
class Reading:
    """What pages ask of the reader, on behalf of one person as in `Finding`."""

    finding: Finding
    reader: ChatReader | None
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    @property
    def addressee(self) -> Addressee | None:
        """To whom goals go, to be said before one is typed; None where nothing is sent."""
        if self.reader is None:
            return None
        return Addressee(self.reader.settings.host, self.reader.settings.model)

    def begin(
        self, identity: Identity, goal: str | TypedGoal, relationship: Relationship
    ) -> "Future[SuggestionList]":
        """Begin to read the list of one kind; the result, or what hinders it, comes later.

        What comes is an `UnreadError` where the reader gave no answer: the list without it stands,
        and nothing is kept as shown.

        Raises:
            ValueError: no reader is set.
        """
        if self.reader is None:
            raise ValueError("no reader is set")
        strict, coming = StrictReader(self.reader), Future[SuggestionList]()

        def read() -> None:
            with self._turns:
                try:
                    answer = self.finding.suggest(identity, goal, relationship, reader=strict)
                    coming.set_result(answer.lists[0])
                except BaseException as error:  # the page that waits is told, whatever it is
                    coming.set_exception(error)

        # a daemon: a stalled endpoint must not keep the service from stopping
        threading.Thread(target=read, name="reading", daemon=True).start()
        return coming

    def why_not(
        self,
        identity: Identity,
        goal: str | TypedGoal,
        relationship: Relationship,
        candidate_id: str,
    ) -> WhyNot:
        """Return where a colleague stands in a list that was read, or why they do not.

        Raises:
            UnknownPersonError: the seeker or the colleague is not in the snapshot.
        """
        if self.reader is not None:
            with suppress(UnreadError):
                strict = StrictReader(self.reader)
                return self.finding.why_not(identity, goal, relationship, candidate_id, strict)
        return self.finding.why_not(identity, goal, relationship, candidate_id)
