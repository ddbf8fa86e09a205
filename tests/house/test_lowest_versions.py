"""The lowest versions that are allowed are ones with which the project can be installed and run.

Why each of these bounds: below it the library runs a model's own code, cannot be built, or refuses
another bound of the list. What was installed here is never older.
"""

import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement

BOUNDS = {
    "sentence-transformers": ("5.9.9", "loads a model folder's code though told not to trust it"),
    "faiss-cpu": ("1.10.0", "cannot be built"),
    "pandas": ("2.2.0", "refuses numpy 2"),
    "tokenizers": ("0.22.0", "refuses the huggingface-hub of sentence-transformers 6"),
    "PyStemmer": ("2.2.0", "cannot be built"),
}
"""The newest version that must be refused, and why."""


@pytest.fixture
def project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]


def requirements(project):
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for lines in extras.values() for line in lines)]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", BOUNDS)
def test_what_is_known_to_be_wrong_is_refused(name, project):
    (found,) = [one for one in requirements(project) if one.name == name]
    assert not found.specifier.contains(BOUNDS[name][0], prereleases=True)


def test_what_is_installed_here_is_allowed(project):
    for one in requirements(project):
        if one.name == "learning-relationships":
            continue
        try:
            version = metadata.version(one.name)
        except metadata.PackageNotFoundError:
            continue
        assert one.specifier.contains(version, prereleases=True), f"{one} but {version}"
