"""What commands print cannot command the terminal, whoever wrote it."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.__main__ import main as ask
from eval.__main__ import main as evaluate
from index.__main__ import main as administer
from index.terminal import harmless, show

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil"
WIPES = ("\x1b", "\x07", "\x9b", "\u202e", "\r", "\u2028")


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_printed_and_letters_stay(text):
    stream = io.StringIO(newline="")
    show(text, stream)
    told = stream.getvalue()
    assert not any(sign in told for sign in WIPES)
    told.encode()
    assert [one for one in text if one.isprintable() and one in told] == [
        one for one in text if one.isprintable()
    ]
    assert json.loads(harmless(json.dumps(text, ensure_ascii=False))) == text


def test_languages_stay_as_they_are():
    for text in ("Łódź", "Ελένη", "שלום", "مرحبا", "李明", "😀 👩‍🔬", "a\tb\nc"):
        assert harmless(text) == text


def people(tmp_path):
    path = tmp_path / f"people{ESCAPES.replace('/', '')}.csv"
    rows = [f'"P{n}","Name {ESCAPES}","Title","{ESCAPES}"' for n in range(3)]
    rows.append(f'"P0{ESCAPES}","","x{ESCAPES}","nobody{ESCAPES}"')
    header = f"person_id,display_name,job_title,manager_id,extra{ESCAPES}"
    path.write_text("\n".join([header, *(f'{row},""' for row in rows)]), encoding="utf-8")
    return str(path)


COMMANDS = {
    "validate": (administer, lambda path: ["validate", people(path)]),
    "validate --all": (administer, lambda path: ["validate", people(path), "--all"]),
    "validate --json": (administer, lambda path: ["validate", people(path), "--json"]),
    "build": (administer, lambda path: ["build", people(path), "--index", str(path / "i")]),
    "status": (administer, lambda path: ["status", "--index", str(path / ESCAPES)]),
    "verify": (administer, lambda path: ["verify", "--index", foreign(path)]),
    "recommend": (
        ask, lambda path: ["recommend", "--index", ESCAPES, "--person", "x", "--goal", "x"],
    ),
    "migrate": (ask, lambda path: ["migrate", "--store", f"sqlite:////nowhere/{ESCAPES}"]),
    "eval validate": (evaluate, lambda path: ["validate", str(path / ESCAPES)]),
    "eval measure": (evaluate, lambda path: ["measure", ESCAPES, ESCAPES, "--out", str(path)]),
}  # fmt: skip


def foreign(path):
    """An index folder with a snapshot that holds somebody else's file."""
    folder = path / "index" / "snapshots" / f"20261201T020000Z-{ESCAPES}"
    folder.mkdir(parents=True)
    return str(path / "index")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_passes_on_what_a_terminal_obeys(command, tmp_path, capsys):
    main, arguments = COMMANDS[command]
    assert main(arguments(tmp_path)) == 1
    told = capsys.readouterr()
    assert "owned" in told.out + told.err
    assert not any(sign in told.out + told.err for sign in WIPES)
