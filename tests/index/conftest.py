"""Lets the tests of this room share `small_company` and run `killed_commands`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _own_cache_of_small_models(monkeypatch, tmp_path_factory, request):
    """Keep what the hash encoder makes out of the user's cache."""
    if "small" in request.fixturenames:
        cache = tmp_path_factory.getbasetemp() / "cache"
        monkeypatch.setenv("LEARNING_RELATIONSHIPS_CACHE", str(cache))


@pytest.fixture
def small(tmp_path):
    """A folder for an index, with the export of a small company beside it."""
    from small_company import people, write

    write(people(), tmp_path / "people.csv")
    return tmp_path
