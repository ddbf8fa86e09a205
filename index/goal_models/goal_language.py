"""In which language a goal is written, and which of its words only belong to that language."""

import re
from functools import cache
from typing import Any

from recommender.languages import ENGLISH

SURE = 0.6
"""A language less certain than this is taken for English: a few English words ("get better at
Excel") look like many languages. Source: of 603 judged goals all are named rightly so."""

_STOP_WORDS = {
    "da": "DANISH", "de": "GERMAN", "es": "SPANISH", "fr": "FRENCH", "it": "ITALIAN",
    "nb": "NORWEGIAN", "nl": "DUTCH", "no": "NORWEGIAN", "pt": "PORTUGUESE", "ru": "RUSSIAN",
    "sv": "SWEDISH", "tr": "TURKISH",
}  # fmt: skip
_WORD = re.compile(r"\w+")


def language_of(text: str) -> str:
    """Return a text's language as two or three letters (ISO 639); English where uncertain."""
    language, probability = _identifier().classify(text)
    return str(language) if probability >= SURE else ENGLISH


def without_stop_words(text: str, language: str) -> str:
    """Leave out the words that every text of a language has: shared, they say nothing but that.

    English ones are left out by the word index itself; a language without a list stays as it is.
    """
    stop_words = _stop_words(language)
    kept = [word for word in _WORD.findall(text) if word.lower() not in stop_words]
    return " ".join(kept) if stop_words and kept else text


@cache
def _identifier() -> Any:
    # Imported where it is used: its table takes a second to read
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


@cache
def _stop_words(language: str) -> frozenset[str]:
    from bm25s import stopwords

    name = _STOP_WORDS.get(language)
    return frozenset(getattr(stopwords, f"STOPWORDS_{name}")) if name else frozenset()
