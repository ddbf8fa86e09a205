"""Every sentence of the pages, by id, in the reader's language.

`languages/en.toml` is the catalogue. Another language is another file beside it, named by its code
(`nl.toml`), with the same ids; what it lacks is said in English. The browser's language chooses.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parents[2] / "languages"
"""One TOML file a language."""

DEFAULT = "en"
"""The language that has every sentence."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_READ_LATER = re.compile(r"(:|@|-(?=[->])|<(?=-)|www(?=\.))", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def say(text_id: str, **values: object) -> str:
    """Return a sentence as plain text, its values as they are: for escaped markup and `st.text`.

    Raises:
        KeyError: the catalogue has no such id, or a value is missing.
    """
    return _template(text_id).format(**values)


def label(text_id: str, **values: object) -> str:
    """A sentence for a place that reads Markdown (labels, toasts, errors), its values escaped.

    Raises:
        KeyError: the catalogue has no such id, or a value is missing.
    """
    shown = {name: escape_markdown(str(value)) for name, value in values.items()}
    return _template(text_id).format(**shown)


def counted(text_id: str, count: int, **values: object) -> str:
    """Return the sentence for one or for several: the ids `text_id` + `_one` or `_many`."""
    return say(f"{text_id}_{'one' if count == 1 else 'many'}", count=count, **values)


def day(moment: date) -> str:
    """Write a day: in English as '3 May 2026', in other languages as '2026-05-03'."""
    return f"{moment.day} {moment:%B %Y}" if _language() == DEFAULT else f"{moment:%Y-%m-%d}"


def moment(at: datetime) -> str:
    """Write a moment as '3 May 2026, 04:30 UTC'."""
    return say("house.moment", day=day(at), time=f"{at.astimezone(UTC):%H:%M}")


def escape_markdown(text: str) -> str:
    """Make a text show as it is where Streamlit reads Markdown.

    Every punctuation mark gets a backslash; what is replaced after Markdown was read (emoji codes,
    arrows, addresses) is broken up by an invisible word joiner.
    """
    broken_up = _READ_LATER.sub(rf"\1{_WORD_JOINER}", " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\1", broken_up)


def error_words(error: Exception) -> str:
    """Write an error as a sentence, for a place that reads Markdown."""
    text = str(error).strip()
    ended = text if text.endswith((".", "!", "?", "”")) else f"{text}."
    return escape_markdown(ended[:1].upper() + ended[1:])


def languages() -> list[str]:
    """List the languages there are files for."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def catalogue(language: str) -> Mapping[str, str]:
    """Read a language's sentences by id (`section.name`)."""
    return _read(language)


@cache
def _read(language: str) -> Mapping[str, str]:
    sections = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": text
        for section, sentences in sections.items()
        for name, text in sentences.items()
    }


def _template(text_id: str) -> str:
    own = _read(_language())
    return own[text_id] if text_id in own else _read(DEFAULT)[text_id]


def _language() -> str:
    wanted = (st.context.locale or DEFAULT).split("-")[0].lower()
    return wanted if wanted in _known() else DEFAULT


@cache
def _known() -> frozenset[str]:
    return frozenset(languages())
