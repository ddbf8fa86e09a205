"""A large language model as the reader: any endpoint of the OpenAI chat-completions protocol.

Off until an administrator names an endpoint. One call a list, answers kept in memory only, and a
circuit breaker: after some failures nothing is asked for a while, and the signals stand alone.
"""

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from index.reader.reading_answer import AnswerError, read_answer
from index.reader.reading_request import MAX_LABELS, ReadingRequest, make_request
from recommender.errors import InputError
from recommender.reader import Opinion, Shortlist

TRIES = 2
"""An answer that breaks the schema is asked for once more."""
KEPT = 512
"""Answers kept in memory."""
MAX_ANSWER_BYTES = 1_000_000

_log = logging.getLogger(__name__)


class ChatSettings(BaseModel):
    """Which endpoint reads, and within which limits."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: str
    """The endpoint's base, such as http://127.0.0.1:8000/v1."""
    model: str
    """The model's name, as the endpoint knows it."""
    key: str = Field(default="", repr=False)
    """What authorises; from the environment or a file, never from a policy."""
    reads: int = Field(default=20, ge=1, le=MAX_LABELS)
    """How many of a list it reads."""
    weight: float = Field(default=4.0, gt=0, le=100)
    """What a fit of 1 adds to a score."""
    timeout_s: float = Field(default=30.0, gt=0, le=600)
    """How long one answer may take."""
    failures: int = Field(default=3, ge=1, le=100)
    """After so many failures in a row nothing is asked for a while."""
    pause_s: float = Field(default=60.0, ge=0, le=86_400)
    """That while."""
    seed: int = 0
    """Of the order in which people are named."""

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with https:// (or http:// on your own network)")
        if parts.username or parts.password:
            raise ValueError("must not hold a password; give the key in a file")
        return url.rstrip("/")

    @property
    def host(self) -> str:
        """To whom goals go: shown on the page before one is typed."""
        return urlsplit(self.url).hostname or ""


def read_key(path: Path) -> str:
    """Read a key from a file.

    Raises:
        InputError: it cannot be read, or is empty or more than one line.
    """
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the reader's key file {path.name} cannot be read ({error})") from None
    if not key or "\n" in key:
        raise InputError(f"the reader's key file {path.name} must hold one line: the key")
    return key


class Ask(Protocol):
    """Sends a request's body and returns the text of the answer."""

    def __call__(self, body: dict[str, Any]) -> str:
        """Send.

        Raises:
            OSError: the endpoint cannot be reached, refuses, or takes too long.
            AnswerError: what it sends is not of the protocol.
        """


@dataclass
class ChatReader:
    """A `recommender.reader.Reader` behind an endpoint; safe to share between threads."""

    settings: ChatSettings
    ask: Ask | None = None
    """Sends; None for the endpoint of the settings."""
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[Opinion, ...]] = field(default_factory=OrderedDict, init=False)
    _failed: int = field(default=0, init=False)
    _closed_until: float = field(default=float("-inf"), init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def name(self) -> str:
        """What reads."""
        return f"{self.settings.model} at {self.settings.host}"

    @property
    def reads(self) -> int:
        """How many people of a list it reads."""
        return self.settings.reads

    @property
    def weight(self) -> float:
        """What a fit of 1 adds to a score."""
        return self.settings.weight

    def read(self, shortlist: Shortlist) -> Sequence[Opinion] | None:
        """Ask about the shortlist, once; None where no answer of the schema came in time."""
        request = make_request(shortlist, self.settings.seed)
        key = f"{shortlist.context.retriever.snapshot_id}\0{request.key}"
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if self.clock() < self._closed_until:
                return None
        opinions = self._ask(request)
        with self._lock:
            if opinions is None:
                self._failed += 1
                if self._failed >= self.settings.failures:
                    self._closed_until = self.clock() + self.settings.pause_s
                return None
            self._failed = 0
            self._kept[key] = tuple(opinions)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return opinions

    def _ask(self, request: ReadingRequest) -> list[Opinion] | None:
        ask = self.ask or self._post
        body = request.body(self.settings.model)
        for _ in range(TRIES):
            try:
                return read_answer(ask(body), request)
            except AnswerError:
                _log.warning("the reader's answer breaks the schema")
            except OSError as error:
                # the kind alone: a message may hold an address with a key in it
                _log.warning("the reader cannot be asked: %s", type(error).__name__)
                return None
        return None

    def _post(self, body: dict[str, Any]) -> str:
        headers = {"Content-Type": "application/json"}
        if self.settings.key:
            headers["Authorization"] = f"Bearer {self.settings.key}"
        request = urllib.request.Request(  # noqa: S310 (http or https: the settings see to it)
            f"{self.settings.url}/chat/completions", json.dumps(body).encode(), headers
        )
        opener = urllib.request.build_opener(_NoRedirects())
        with opener.open(request, timeout=self.settings.timeout_s) as response:
            sent = response.read(MAX_ANSWER_BYTES + 1)
        if len(sent) > MAX_ANSWER_BYTES:
            raise AnswerError("the reader's answer is far too long")
        try:
            return str(json.loads(sent)["choices"][0]["message"]["content"])
        except (ValueError, LookupError, TypeError, RecursionError):
            raise AnswerError("the endpoint's answer is not of the protocol") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Goals go to the endpoint that was named, and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        """Refuse."""
