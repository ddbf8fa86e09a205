"""Slips of the keyboard in goals: put right by what the company writes, and an English dictionary.

A slip tears a word into pieces that mean nothing to the encoder, and hides it from the word index.
Only a word that neither the dictionary nor any profile knows is touched, and only by one letter.
"""

import re
from functools import cache
from importlib import resources
from typing import Any

from index.retrieval.bm25 import LexicalIndex, words_of

FEWEST_LETTERS, FEWEST_LETTERS_CHANGED = 4, 5
"""Shorter words are left alone; up to the second only swapped letters are put back."""
FEWEST_SEEN = 300_000
"""A correction is a word at least so frequent, of a thousand billion: rare words are wrong guesses.
Source: of the corrections in 603 goals as their writers typed them half are right and none changes
the first five; of goals with five slips each, .95 of the quality of the well-typed comes back, of
.75 without."""

_DICTIONARY = "frequency_dictionary_en_82_765.txt"
_WORD = re.compile(r"(?<![\w'’])[A-Za-z]+(?!\w)")
_WITHOUT_APOSTROPHE = frozenset({
    "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt",
    "shouldnt", "thats", "theyre", "wasnt", "werent", "whats", "wont", "wouldnt", "youre",
})  # fmt: skip


def put_right(text: str, company: LexicalIndex) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Put right what is surely a slip.

    Args:
        text: a part of a goal, English.
        company: the words of all profiles; a word that stands there is none.

    Returns:
        The text; and for each changed word, as typed and as read.
    """
    changed: list[tuple[str, str]] = []

    def read(found: re.Match[str]) -> str:
        word = found[0]
        right = word.lower() if _is_name(word, found) else _nearest(word.lower(), company)
        if right == word.lower():
            return word
        changed.append((word, right))
        return right

    return _WORD.sub(read, text), tuple(changed)


def is_english_word(word: str) -> bool:
    """Return whether the dictionary has a word, in lower case."""
    return word in _dictionary().words


def _is_name(word: str, found: re.Match[str]) -> bool:
    """Return whether a capital says so: all of them, or the first within a sentence."""
    before = found.string[: found.start()].rstrip()
    return word[1:].lower() != word[1:] or (
        word[0].isupper() and bool(before) and before[-1] not in ".!?:;"
    )


def _nearest(word: str, company: LexicalIndex) -> str:
    if len(word) < FEWEST_LETTERS or word in _WITHOUT_APOSTROPHE:
        return word
    dictionary = _dictionary()
    if word in dictionary.words or any(stem in company.vocabulary for stem in words_of(word)):
        return word
    return _by_dictionary(word, company)


@cache
def _dictionary() -> Any:
    # Imported where it is used: the dictionary takes a second to read
    from symspellpy import SymSpell

    dictionary = SymSpell(max_dictionary_edit_distance=1)
    path = resources.files("symspellpy").joinpath(_DICTIONARY)
    if not dictionary.load_dictionary(str(path), term_index=0, count_index=1):
        raise RuntimeError(f"symspellpy came without {_DICTIONARY}; install it again")
    return dictionary


def _by_dictionary(word: str, company: LexicalIndex) -> str:
    """Choose among what is one letter away: two letters swapped, then what the company writes."""
    from symspellpy import Verbosity

    found = [
        one.term
        for one in _dictionary().lookup(word, Verbosity.CLOSEST, max_edit_distance=1)
        if one.count >= FEWEST_SEEN
    ]
    swapped = [one for one in found if sorted(one) == sorted(word)]
    if len(word) < FEWEST_LETTERS_CHANGED:
        found = swapped
    written = [
        one for one in found if any(stem in company.vocabulary for stem in words_of(one))
    ]  # fmt: skip
    return str([*swapped, *written, *found, word][0])
