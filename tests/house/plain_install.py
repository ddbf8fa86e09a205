"""An environment of the wheel and what a plain install brings, and nothing else; no download.

The libraries are linked in from the environment that runs the tests: those alone that the project
depends on without an extra, and theirs. An extra's library is as absent as on a real machine.
"""

import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True)
class PlainInstall:
    """A virtual environment with the wheel in it."""

    folder: Path
    libraries: frozenset[str]
    """The distributions that were linked in."""

    def program(self, name: str) -> str:
        """Return the path of a program in it."""
        return str(self.folder / "bin" / name)


def build_wheel(repository: Path, folder: Path) -> Path:
    """Build the wheel, as `make wheel` does."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*command, "--directory", str(folder)], cwd=repository, check=True, capture_output=True
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def install_plain(wheel: Path, repository: Path, folder: Path) -> PlainInstall:
    """Make the environment and install the wheel there."""
    venv.create(folder, with_pip=False, symlinks=True)
    purelib = sysconfig.get_path("purelib", vars={"base": str(folder)}, scheme="venv")
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    libraries = needed_by(project["dependencies"])
    for name in libraries:
        _link(metadata.distribution(name), Path(purelib))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    subprocess.run(
        [*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True
    )
    return PlainInstall(folder, frozenset(libraries))


def needed_by(requirements: list[str]) -> set[str]:
    """Return the names of all distributions that these need here, themselves included."""
    found: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        key = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if key in seen:
            continue
        seen.add(key)
        found.add(key[0])
        for text in metadata.requires(key[0]) or []:
            below = Requirement(text)
            extras = ["", *wanted.extras]
            if below.marker is None or any(below.marker.evaluate({"extra": one}) for one in extras):
                waiting.append(below)
    return found


def _link(distribution: metadata.Distribution, into: Path) -> None:
    """Link a distribution's files; a folder that several share is made and its parts are linked."""
    for file in distribution.files or []:
        if file.parts[0] == ".." or "__pycache__" in file.parts:
            continue
        source, target = Path(str(distribution.locate_file(file))), into / file
        top = into / file.parts[0]
        if top.is_symlink():
            continue
        if len(file.parts) > 1 and not top.exists() and not _is_shared(file.parts[0]):
            top.symlink_to(Path(str(distribution.locate_file(file.parts[0]))))
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)


def _is_shared(folder: str) -> bool:
    return len(set(_owners().get(folder, []))) > 1


@cache
def _owners() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()
