"""The house itself: its packages are this checkout's, and its rooms hold nothing they must not."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("recommender", "index", "app", "eval")


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_imported_from_this_repository(package: str, repository: Path) -> None:
    module = importlib.import_module(package)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve() == repository / package / "__init__.py"


@pytest.mark.parametrize("name", ["app.py", "index.py", "eval.py", "recommender.py"])
def test_no_page_shadows_a_package(name: str, repository: Path) -> None:
    """Streamlit puts `app/` first on the path."""
    assert not (repository / "app" / name).exists()


def test_nothing_is_pickled(repository: Path) -> None:
    pattern = re.compile(r"^\s*(import|from) (pickle|joblib|dill|shelve)\b|allow_pickle=True", re.M)
    files = [path for package in PACKAGES for path in (repository / package).rglob("*.py")]
    assert files
    assert [str(path) for path in files if pattern.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_loads_no_torch(package: str, repository: Path) -> None:
    code = f"import {package}, sys; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, check=False)
    assert done.returncode == 0
