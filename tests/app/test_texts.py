"""The catalogue of sentences: whole, used, and safe where Markdown is read."""

import ast
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.views.parts.texts import (
    DEFAULT,
    catalogue,
    counted,
    escape_markdown,
    label,
    languages,
    say,
)

APP = Path(__file__).parents[2] / "app"


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def spoken_ids() -> tuple[set[str], set[str]]:
    """Every id that the code says, and the beginnings of those put together at run time."""
    whole, begun = set(), set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                first = node.values[0]
                if isinstance(first, ast.Constant) and "." in str(first.value):
                    begun.add(str(first.value))
    return whole, begun


def test_every_sentence_is_said_somewhere() -> None:
    whole, begun = spoken_ids()
    endings = ("", "_one", "_many", "_done")
    unsaid = [
        text_id
        for text_id in catalogue(DEFAULT)
        if not any(text_id.removesuffix(end) in whole for end in endings)
        and not any(text_id.startswith(beginning) for beginning in begun)
        and not any(text_id.startswith(f"{section}.") for section in ("strength", "field", "kind"))
    ]
    assert unsaid == []


def test_every_id_that_is_called_by_its_whole_name_exists() -> None:
    known = catalogue(DEFAULT)
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("say", "label", "counted") or not node.args:
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant):
                ids = [first.value]
                if node.func.id == "counted":
                    ids = [f"{first.value}_one", f"{first.value}_many"]
                assert all(one in known for one in ids), f"{path.name}: {ids}"


@pytest.mark.parametrize("language", languages())
def test_a_translation_says_what_english_says(language: str) -> None:
    assert faults_of(catalogue(language)) == []


def test_a_translation_that_drops_or_invents_something_is_found() -> None:
    named = next(text_id for text_id, text in catalogue(DEFAULT).items() if names_in(text))
    assert faults_of({named: "nothing", "nobody.says": "this"}) == [named, "nobody.says"]
    assert faults_of({named: catalogue(DEFAULT)[named]}) == []


def faults_of(translation: Mapping[str, str]) -> list[str]:
    """List the ids that nobody says, and those whose text names other things than English does."""
    english = catalogue(DEFAULT)
    return [
        text_id
        for text_id, text in translation.items()
        if text_id not in english or names_in(text) != names_in(english[text_id])
    ]


def test_values_are_escaped_only_where_markdown_is_read() -> None:
    assert say("card.ask", name="*A*") == "Ask *A*"
    assert label("card.ask", name="*A*") == r"Ask \*A\*"
    assert counted("network.steps", 1) == "one step from you"
    assert counted("network.steps", 3) == "3 steps from you"


def test_what_markdown_reads_late_is_broken_up() -> None:
    joined = "\u2060"
    assert escape_markdown("a:smile:") == rf"a\:{joined}smile\:{joined}"
    assert escape_markdown("->") == rf"\-{joined}\>"
    assert escape_markdown("www.x.y") == rf"www{joined}\.x\.y"
    assert escape_markdown("a\n\n# b") == r"a \# b"
    assert escape_markdown("Anne-Marie O'Neil") == r"Anne\-Marie O\'Neil"
