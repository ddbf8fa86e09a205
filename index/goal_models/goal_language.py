"""In which language a goal is written, and which of its words only belong to that language."""

import re
from functools import cache
from typing import Any

from index.goal_models.speller import is_english_word
from recommender.languages import ENGLISH

SURE = 0.6
"""A language so certain is believed, unless every word is an English one."""
MOSTLY = 0.51
"""Where it is less certain, this share of English words is enough for English: a few words ("get
better at Excel") look like many languages."""
LIKELY = 0.4
"""A language less likely than this is none: "Verhandeln" is one, "Kubernetes" is not. Chosen while
looking at the same texts, so no validation: of 135 goals in German, Spanish and French all are told
from English, by their first five words 130; of 3,632 job titles and skills in English companies 51
are taken for another language, of which by eye 33 are named rightly. The others ("AWS", "Backend
Engineer") lose "strong" and are told to be in a language that they are not."""

_TOLD_APART = [
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv",
    "th", "tr", "uk", "vi", "zh",
]  # fmt: skip
"""Among all 140 that the identifier knows, three German words are taken for Luxembourgish."""

_STOP_WORDS = {
    "da": "DANISH", "de": "GERMAN", "es": "SPANISH", "fr": "FRENCH", "it": "ITALIAN",
    "nl": "DUTCH", "no": "NORWEGIAN", "pt": "PORTUGUESE", "ru": "RUSSIAN",
    "sv": "SWEDISH", "tr": "TURKISH",
}  # fmt: skip
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """Return a text's language as two or three letters (ISO 639); English where uncertain."""
    language, probability = _identifier().classify(text)
    needed = 1.0 if probability >= SURE else MOSTLY
    if probability < LIKELY or _share_of_english(text) >= needed:
        return ENGLISH
    return str(language)


def without_stop_words(text: str, language: str) -> str:
    """Leave out the words that every text of a language has: shared, they say nothing but that.

    English ones are left out by the word index itself; a language without a list stays as it is.
    """
    stop_words = _stop_words(language)
    kept = [word for word in _WORD.findall(text) if word.lower() not in stop_words]
    return " ".join(kept) if stop_words and kept else text


def _share_of_english(text: str) -> float:
    words = _LETTERS.findall(text.lower())
    return sum(map(is_english_word, words)) / max(len(words), 1)


@cache
def _identifier() -> Any:
    # Imported where it is used: its table takes a second to read
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(_TOLD_APART)
    return identifier


@cache
def _stop_words(language: str) -> frozenset[str]:
    from bm25s import stopwords

    name = _STOP_WORDS.get(language)
    return frozenset(getattr(stopwords, f"STOPWORDS_{name}")) if name else frozenset()
