"""Names of languages, so that people who write one in different ways still share it."""

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_LEVELS = (
    "[abc][12]\\+?|native|mother tongue|bilingual|fluent|proficient|business|conversational|"
    "intermediate|advanced|basic|beginner|good|muttersprache|fließend|verhandlungssicher"
)
_LEVEL = re.compile(
    rf"(?:(?:[\s,:–-]+[(\[]?|[(\[])(?:{_LEVELS})(?:\s+(?:speaker|level|proficiency))?\s*[)\]]?)+$",
    re.IGNORECASE,
)
"""How well somebody speaks a language, behind its name."""


def language_name(text: str) -> str:
    """Return a language's English name: 'en', 'en-GB', 'ENGLISH' and 'English (C1)' are English.

    What is known under no name stays as it stands, but for a level behind it, and begins with a
    capital.
    """
    bare = _LEVEL.sub("", text).strip() or text
    key = bare.casefold()
    code = re.fullmatch(r"([a-z]{2,3})(?:[-_](?:[a-z]{2}|[a-z]{4}|\d{3}))*", key)
    named = _english_names().get(key) or (code and _by_code(code[1]))
    return named or _own_names().get(key) or _capitalised(bare)


def _capitalised(name: str) -> str:
    is_shouted = name.isupper() and len(name) > 3
    return name.title() if is_shouted else name[:1].upper() + name[1:]


@cache
def _english_names() -> dict[str, str]:
    names = Locale("en").languages.values()
    return {name.casefold(): name for name in names if name}


def _by_code(code: str) -> str:
    code = get_global("language_aliases").get(code, code)
    return str(Locale("en").languages.get(code, ""))


@cache
def _own_names() -> dict[str, str]:
    """Name each language as its own speakers do; this takes a second, and is seldom asked."""
    names: dict[str, str] = {}
    for code, english in Locale("en").languages.items():
        if len(code) == 2:
            try:
                own = Locale(code).get_language_name()
            except UnknownLocaleError:
                continue
            names.setdefault(str(own).casefold(), english)
    return names
