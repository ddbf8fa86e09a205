"""The README's words stand for what is there."""

import ast
import re
from pathlib import Path

ROOMS = ("recommender", "index", "app", "eval")


def test_every_name_of_the_glossary_is_defined(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    rows = readme.split("\n## Words\n")[1].strip().splitlines()[4:]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[-2])}
    assert len(rows) > 10
    assert named <= set(defined(repository))


def defined(repository: Path) -> list[str]:
    """Return the names of classes, functions, columns and arguments in all rooms."""
    found = []
    for room in ROOMS:
        for path in (repository / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef | ast.FunctionDef):
                    found.append(node.name)
                elif isinstance(node, ast.arg):
                    found.append(node.arg)
                elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    found.append(node.target.id)
    return found
