"""Which folder imports which, printed (`pytest -s`) and without a circle.

import-linter holds the order of the rooms that its contracts name; this holds every folder, and
counts what is imported within functions too.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGES = ("recommender", "index", "app", "eval")

Graph = Mapping[str, set[str]]


def test_no_folder_imports_in_a_circle(repository: Path) -> None:
    graph = folders_of(repository)
    assert "index.retrieval" in graph["index.snapshot"]
    assert graph["recommender"] == set(), "the recommender imports nobody"
    print("\n" + "\n".join(storeys(graph)))  # raises where there is one


def test_a_circle_would_be_found() -> None:
    with pytest.raises(CycleError):
        storeys({"a": {"b"}, "b": {"c"}, "c": {"a"}})


def folders_of(repository: Path) -> Graph:
    """Return the folders that each folder imports; a package's own modules are one folder."""
    graph: dict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for path in (repository / package).rglob("*.py"):
            own = ".".join(path.parent.relative_to(repository).parts)
            graph[own].update(
                folder
                for name in imported(ast.parse(path.read_text("utf-8")))
                if (folder := folder_of(repository, name)) not in (None, own)
            )
    return graph


def imported(tree: ast.AST) -> Iterator[str]:
    """Name what a module imports anywhere in it; `from a import b` may mean the module a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def folder_of(repository: Path, name: str) -> str | None:
    """Find the folder that holds a module, or what is imported from one; None outside the house."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return None
    for n in range(len(parts), 0, -1):
        path = repository.joinpath(*parts[:n])
        if path.is_dir():
            return ".".join(parts[:n])
        if path.with_suffix(".py").is_file():
            return ".".join(parts[: n - 1])
    return None


def storeys(graph: Graph) -> list[str]:
    """Write a line for each folder, the lowest first.

    Raises:
        CycleError: they import each other in a circle.
    """
    order = TopologicalSorter(graph).static_order()
    return [f"{folder}: {', '.join(sorted(graph.get(folder, set()))) or '-'}" for folder in order]
