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


def test_no_module_of_the_rooms_that_serve_loads_torch(repository: Path) -> None:
    """Torch takes seconds to load; only a model's export and training may, when they begin."""
    modules = [
        name
        for package in ("recommender", "index", "app")
        for name in modules_of(repository / package)
        # the first is a page that runs when it is imported, the second what Alembic runs
        if name != "app.main" and not name.startswith("app.migrations")
    ]
    assert {"recommender.recommend", "index.encoder.torch_encoder", "app.serve"} <= set(modules)
    code = (
        f"import sys; [__import__(name) for name in {modules!r}]; "
        "loaded = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules); "
        "sys.exit(', '.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def modules_of(package: Path) -> list[str]:
    """Name every module below a package's folder."""
    names = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names
