"""Machines as they are: a user without a home, and a terminal that knows ASCII only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.small_people import write_people_file

NOBODY = 54321
"""A user number without a name."""


def run(arguments, repository, **settings):
    environment = {
        name: value for name, value in os.environ.items()
        if name not in {"HOME", "XDG_CACHE_HOME", "LEARNING_RELATIONSHIPS_CACHE", "PYTHONUTF8"}
    }  # fmt: skip
    options = settings.pop("options", {})
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=repository, env=environment | settings,
        capture_output=True, timeout=240, check=False, **options,
    )  # fmt: skip


@pytest.mark.parametrize("door", ["validate", "recommend"])
def test_letters_that_a_terminal_lacks_are_escaped(door, repository, halden_index, tmp_path):
    people = write_people_file(tmp_path / "people.csv")
    broken = people.read_text(encoding="utf-8").replace("mentor", "Ménteur–安", 1)
    people.write_text(broken, encoding="utf-8")
    commands = {
        "validate": ["index", "validate", str(people)],
        "recommend": ["app", "recommend", "--index", str(halden_index), "--person", "H0001",
                      "--goal", "Verhandeln für Anfänger"],
    }  # fmt: skip
    done = run(commands[door], repository, LC_ALL="C", PYTHONIOENCODING="ascii", HOME=str(tmp_path))
    assert b"Traceback" not in done.stderr
    assert done.stdout.isascii()
    assert b"\\" in done.stdout
    assert done.returncode == (1 if door == "validate" else 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_without_a_home_gets_an_answer_and_a_warning(repository, halden_index, tmp_path):
    """As in a container that is run under a number of its own."""
    code = (
        "from index.disk.cache_folder import cache_folder; import os, pwd, tempfile; "
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY}); "
        "folder = cache_folder(); print(folder, oct(os.stat(folder).st_mode & 0o777))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(repository)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder, mode = done.stdout.split()
    assert mode == "0o700"
    assert "LEARNING_RELATIONSHIPS_CACHE" in done.stderr
    assert not Path(folder).exists()  # it goes with the process
