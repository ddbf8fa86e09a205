"""Print the table of kill points and damages with what came of them.

`python tests/index/kill_table.py` kills each command at every step of its write path, which takes
five to twelve minutes.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from killed_commands import COMMANDS, night, prepare
from small_company import HashEncoder

from index.disk.index_folder import IndexFolder
from index.serving.reader import IndexReader, Snapshot
from index.serving.status import find_all_damage
from recommender.errors import SnapshotError

KILL_HEAD = (
    "| command | killed before or after | kills | readers found | damage | the command again "
    "| the next night |\n|---|---|---|---|---|---|---|"
)
DAMAGE_HEAD = "| what | damage | tried | named by verify | refused when opened | next night |"


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for command in COMMANDS:
            _kill(command, Path(scratch) / command)
        _damage(Path(scratch) / "damage")


def _kill(command, scratch):
    scratch.mkdir()
    n_people = 24 if command == "first night" else 23
    script = Path(__file__).with_name("killed_commands.py")
    done = subprocess.run(
        [sys.executable, str(script), command, str(scratch), "1"],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    rows = {}
    for line in lines:
        name = _operation(line["at"]) if line["killed"] else "not killed"
        rows.setdefault(name, []).append(line)
    print(f"\n{KILL_HEAD}")
    for name, some in rows.items():
        found = Counter(map(_found, some))
        damage = sum(bool(one["found"]["damage"]) for one in some)
        again = [one["again"] for one in some if "again" in one]
        nights = [one.get("next") for one in some]
        fine = all(one and not one["damage"] and one["people"] == n_people for one in nights)
        clean = not any(one["litter"] for one in some)
        print(
            f"| {command} | {name} | {len(some)} "
            f"| {', '.join(f'{kind} {n}' for kind, n in sorted(found.items()))} "
            f"| {damage or 'none'} | {f'{len(again)} of {len(some)} done' if again else '–'} "
            f"| {'published, no litter' if fine and clean else 'BAD'} |"
        )
    print(f"\n{command}: {sum(line['killed'] for line in lines)} kill points", flush=True)


def _found(line):
    if line["found"]["id"] is None:
        assert "nothing is published" in line["found"]["says"]
        return "told that nothing is published"
    return "old whole" if line["found"]["id"] == line["before"] else "new whole"


def _operation(step):
    verb, name = step.split(" ", 1)[1].split(" ", 1)
    if name.startswith("new."):
        return f"{verb} a segment of the cache"
    if name in ("CURRENT", "history.jsonl", "manifest.json"):
        return f"{verb} {name}"
    if verb in ("write", "rename"):
        return f"{verb} a file of the snapshot"
    if name[:2] == "20":
        return f"{verb} a snapshot"
    if name.endswith((".npy", ".tmp")):
        return f"{verb} a file of the cache"
    return f"{verb} {'a cache folder' if name == HashEncoder.revision else name}"


def _damage(base):
    base.mkdir()
    prepare(base)
    index = IndexFolder(base / "index")
    folder = index.snapshots / index.current_id()
    targets = [("a file of the snapshot", path) for path in sorted(folder.iterdir())]
    targets += [("a segment of the cache", path) for path in index.cache.glob("*/*.npy")]
    targets.append(("CURRENT", index.path / "CURRENT"))
    counts = {}
    for what, path in targets:
        whole = path.read_bytes()
        for damage, data in _damages(whole).items():
            path.unlink() if data is None else path.write_bytes(data)
            outcome = counts.setdefault((what, damage), Counter())
            outcome["tried"] += 1
            outcome["named"] += any(path.name in bad for bad in find_all_damage(index, None)[1])
            outcome["refused"] += _refused(folder, index)
            outcome["next"] += _next_night(base)
            path.write_bytes(whole)
    print(f"\n{DAMAGE_HEAD}\n" + "|---" * 6 + "|")
    for (what, damage), outcome in counts.items():
        refused = "–" if what == "a segment of the cache" else outcome["refused"]
        print(
            f"| {what} | {damage} | {outcome['tried']} | {outcome['named']} | {refused} "
            f"| {outcome['next']} whole |"
        )


def _damages(whole):
    def flipped(place):
        return whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]

    return {
        "first byte flipped": flipped(0),
        "middle byte flipped": flipped(len(whole) // 2),
        "last byte flipped": flipped(len(whole) - 1),
        "cut to half": whole[: len(whole) // 2],
        "a byte too long": whole + b"\0",
        "empty": b"",
        "missing": None,
    }


def _refused(folder, index):
    try:
        Snapshot.open(folder)
        return IndexReader(index.path).current().snapshot_id != folder.name
    except SnapshotError:
        return True


def _next_night(base):
    """Run a night on a copy, and say whether it ends with all whole but what was damaged before."""
    copy = base.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(base, copy)
    night(copy)
    serving = IndexReader(copy / "index").current()
    return not find_all_damage(IndexFolder(copy / "index"), serving.snapshot_id)[1]


if __name__ == "__main__":
    main()
