"""The one command of an installed service; what it hands on is tested where it arrives."""

from pathlib import Path

import pytest

from app.command import ROOMS, main
from recommender import __version__


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"learning-relationships {__version__}\n"


def test_help_lists_every_room_and_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert all(name in listed for name in (*ROOMS, "recommend", "why-not", "serve", "migrate"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_the_command_that_was_typed(
    room: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main([room, "nothing"])
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith(f"usage: learning-relationships {room} ")


def test_a_rooms_own_exit_code_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ["--candidate", str(tmp_path), "--published", str(tmp_path)]
    assert main(["eval", "gate", *sides]) == 2
    assert main(["index", "status", "--index", str(tmp_path / "none")]) == 1
    assert main(["migrate", "--store", "nothing"]) == 1
    assert capsys.readouterr().err.count("\n") == 3
