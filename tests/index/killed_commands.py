"""Run a command over and over, killed at another step of its write path each time.

Called as a script by `test_killed.py`, so that victims are forked from a process with one thread.
Prints a line of JSON for every `stride`th step: what readers found, and how the next night went.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

from small_company import SETTINGS, HashEncoder, people, write

from index.disk import files
from index.disk.index_folder import IndexFolder
from index.night.erasure import forget
from index.night.nightly import run_night
from index.serving.publishing import prune, rollback
from index.serving.reader import IndexReader
from index.serving.status import find_all_damage
from recommender.errors import LearningRelationshipsError, SnapshotError


def night(folder):
    run_night(
        folder / "people.csv", folder / "index", settings=SETTINGS, encoder=HashEncoder(),
        gate="", keep=2,
    )  # fmt: skip


def locked(command):
    def run(folder):
        index = IndexFolder(folder / "index")
        with index.locked():
            command(index)

    return run


COMMANDS = {
    "first night": night,
    "nightly": night,
    "rollback": locked(lambda index: rollback(index, None)),
    "prune": locked(lambda index: prune(index, 1)),
    "forget": locked(lambda index: forget(index, "P007")),
}


def prepare(base, command="nightly"):
    """Two nights are over; the third export has a change and a leaver. Or nothing was done yet."""
    write(people(), base / "people.csv")
    if command == "first night":
        return
    night(base)
    night(base)
    frame = people().drop(index=23)
    frame.loc[4, "about"] = "I have changed"
    write(frame, base / "people.csv")


def killer(log, at):
    """What writes down each step of the write path, and kills this process at one of them."""
    steps = itertools.count(1)

    def step(name):
        number = next(steps)
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"{number} {name}\n")
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def killed_at(command, folder, step):
    """Run the command in a fork that kills itself at `step`.

    Says whether it was killed, how it ended where it was not, and the last step it reached.
    """
    child = os.fork()
    if child == 0:
        files._step = killer(folder / "steps", step)
        try:
            COMMANDS[command](folder)
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    *_, last = (folder / "steps").read_text(encoding="utf-8").splitlines()
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
    return os.WIFSIGNALED(status), code, last.split(" ", 1)[1]


def look(folder):
    """Which snapshot a new reader finds, and whether every byte of all kept ones is right."""
    index = IndexFolder(folder / "index")
    damage = find_all_damage(index, None)[1] if index.ids() else []
    try:
        snapshot = IndexReader(index.path).current()
    except SnapshotError as error:
        return {"id": None, "people": 0, "says": str(error), "damage": damage}
    passages = [snapshot.passages_of(row)[-1] for row in range(len(snapshot.people))]
    assert all("Planner" in text for text in snapshot.texts(passages))
    return {"id": snapshot.snapshot_id, "people": len(snapshot.people), "damage": damage}


def main(command, scratch, stride):
    base = Path(scratch) / "base"
    base.mkdir()
    prepare(base, command)
    step = 1
    while True:
        folder = Path(scratch) / "victim"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(base, folder)
        killed, code, at = killed_at(command, folder, step)
        line = {"step": step, "at": at, "killed": killed, "exit": code}
        line["before"] = look(base)["id"]
        line |= {"found": look(folder)}
        if "night" not in command:
            with contextlib.suppress(LearningRelationshipsError):
                COMMANDS[command](folder)
                line["again"] = look(folder)
        with contextlib.suppress(LearningRelationshipsError):
            night(folder)
            line["next"] = look(folder)
        left = [
            path for name in ("staging", "trash") for path in (folder / "index" / name).glob("*")
        ]
        left += list((folder / "index").rglob("*.tmp"))
        line["litter"] = [str(path) for path in left]
        print(json.dumps(line), flush=True)
        if not killed:
            break
        step += int(stride)


if __name__ == "__main__":
    main(*sys.argv[1:])
