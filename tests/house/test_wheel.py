"""The wheel in an environment of its own, without the extras: a company's first two nights."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from recommender import __version__
from tests.end_to_end.small_people import SEEKER, write_people_file
from tests.house.plain_install import PlainInstall, build_wheel, install_plain

pytestmark = [pytest.mark.slow, pytest.mark.wheel]

GOAL = "I want to present my work without reading from the screen."
NOT_SHIPPED = ("app/screenshots/",)
PACKAGES = ("recommender", "index", "app", "eval")


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(repository, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(
    wheel: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> PlainInstall:
    return install_plain(wheel, repository, tmp_path_factory.mktemp("plain") / "venv")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a people export, far from any checkout."""
    folder = tmp_path_factory.mktemp("company")
    write_people_file(folder / "people.csv")
    return folder


def run(
    installed: PlainInstall, folder: Path, *arguments: str, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, without this checkout on its path."""
    done = subprocess.run(
        [installed.program("learning-relationships"), *arguments],
        cwd=folder, capture_output=True, text=True, env=environment(),
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_every_file_of_the_rooms_is_in_the_wheel(wheel: Path, repository: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split()
    wanted = {name for name in tracked if not name.startswith(NOT_SHIPPED)}
    assert "recommender/policy.toml" in wanted
    with zipfile.ZipFile(wheel) as archive:
        assert wanted <= set(archive.namelist())


def test_an_extra_is_absent(installed: PlainInstall) -> None:
    assert {"torch", "streamlit", "ir-measures"} <= installed.libraries
    assert not {"vl-convert-python", "psutil", "peft", "pytest"} & installed.libraries
    for name in ("vl_convert", "psutil", "peft", "authlib", "psycopg", "pytest"):
        done = subprocess.run(
            [installed.program("python"), "-c", f"import {name}"], capture_output=True
        )
        assert done.returncode == 1, name


def test_two_nights_and_an_answer(installed: PlainInstall, elsewhere: Path) -> None:
    assert run(installed, elsewhere, "--version").stdout.split()[-1] == __version__
    run(installed, elsewhere, "index", "build", "people.csv", "--index", "index")
    (elsewhere / "eval").mkdir()  # somebody's own folder, which must not be taken for the gate
    for name in ("__init__.py", "__main__.py"):
        (elsewhere / "eval" / name).write_text("raise SystemExit(1)")
    for _ in range(2):
        night = run(
            installed, elsewhere, "index", "nightly", "people.csv", "--index", "index", "--json"
        )
        done = json.loads(night.stdout)
        assert done["published"]
        assert done["gate"]["outcome"] == "passed"
    asked = ["--index", "index", "--person", SEEKER, "--json"]
    answer = json.loads(run(installed, elsewhere, "recommend", *asked, "--goal", GOAL).stdout)
    assert answer["snapshot"] == done["snapshot"]
    assert any(part["suggestions"] for part in answer["lists"])
    why = run(
        installed, elsewhere, "why-not", *asked, "--candidate", "P2", "--relationship", "mentor"
    )
    assert not json.loads(why.stdout)["eligible"], "the seeker's own manager"
    assert run(installed, elsewhere, "friends", code=2).stdout == ""

    run(installed, elsewhere, "migrate", "--store", "sqlite:///store.sqlite")
    assert served(installed, elsewhere)["snapshot"] == done["snapshot"]


@pytest.mark.parametrize(
    ("extra", "asked", "setting"),
    [
        ("eval", ("eval", "speed", "--people", "100"), {}),
        ("postgres", ("migrate", "--store", "postgresql://me@localhost/store"), {}),
        ("auth", ("serve", "--index", "index"), {"LEARNING_RELATIONSHIPS_SIGN_IN": "oidc"}),
    ],
)
def test_what_only_an_extra_brings_is_said_in_one_line(
    installed: PlainInstall, elsewhere: Path, monkeypatch: pytest.MonkeyPatch,
    extra: str, asked: tuple[str, ...], setting: dict[str, str],
) -> None:  # fmt: skip
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    said = run(installed, elsewhere, *asked, code=1).stderr
    assert f"learning-relationships[{extra}]" in said
    assert said.count("\n") == 1


def served(installed: PlainInstall, folder: Path) -> dict[str, object]:
    """Serve until the pages are ready; give what they say."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asked = ["serve", "--index", "index", "--store", "sqlite:///store.sqlite", "--port", str(port)]
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(
            [installed.program("learning-relationships"), *asked],
            cwd=folder, stdout=log, stderr=log, env=environment(),
        )  # fmt: skip
    try:
        for path, says in (("_stcore/health", "ok"), ("ready", "ready")):
            assert says in wait_for(f"http://127.0.0.1:{port}/{path}", server, folder), path
        answered = wait_for(f"http://127.0.0.1:{port}/ready", server, folder)
        document = json.loads(answered)
        assert isinstance(document, dict)
        return document
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], folder: Path) -> str:
    """Ask until there is an answer, or the server has ended."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                return str(response.read().decode())
        except OSError:
            assert server.poll() is None, (folder / "serve.log").read_text()
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")
