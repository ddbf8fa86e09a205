"""What is written is this user's alone, whatever the umask, and what is wider is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.store.database import Store
from app.store.migration import migrate
from index.disk import files
from index.disk.index_folder import IndexFolder
from index.people_file.apart import check_apart
from tests.end_to_end.small_people import write_people_file

UMASKS = (0o000, 0o022, 0o077, 0o277)


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)} {path.stat().st_mode & 0o777:o}"
        for path in folder.rglob("*")
        if path.stat().st_mode & 0o077 and not path.is_symlink()
    ]


@pytest.fixture(params=UMASKS, ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_a_store_and_its_log_are_private(umask, tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    migrate(url)
    store = Store(url)
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM goals")
        assert (tmp_path / "store.sqlite-wal").exists()
        assert open_to_others(tmp_path) == []
    store.close()


def test_files_and_folders_of_the_library_are_private(umask, tmp_path):
    index = IndexFolder(tmp_path / "above" / "index")
    with index.locked():
        index.secret()
        index.record("tested")
        files.make_folder(index.staging / "deep" / "er")
        files.write_json(index.staging / "deep" / "file.json", {})
    assert open_to_others(tmp_path) == []
    assert (tmp_path / "above").stat().st_mode & 0o777 == 0o700
    assert (index.path / "history.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_a_whole_night_is_private(repository, tmp_path):
    people = write_people_file(tmp_path / "people.csv")
    made = tmp_path / "made"
    code = (
        "import os, sys; os.umask(0); from index.__main__ import main; "
        f"sys.exit(main(['nightly', {str(people)!r}, '--index', {str(made / 'index')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository)
    assert done.returncode == 0
    assert len([*made.rglob("*")]) > 15
    assert open_to_others(made) == []


def test_what_is_wider_is_told_with_its_remedy(tmp_path, caplog):
    path = tmp_path / "store.sqlite"
    migrate(f"sqlite:///{path}")
    Store(f"sqlite:///{path}").close()
    assert caplog.text == ""
    path.chmod(0o640)
    Store(f"sqlite:///{path}").close()
    assert f"may read {path}; close it by: chmod go= {path}" in caplog.text
    caplog.clear()
    index = IndexFolder(tmp_path / "index")
    with index.locked():
        index.record("tested")
    index.path.chmod(0o755)
    with index.locked():
        pass
    assert caplog.text == ""  # others see names that say nothing
    (index.path / "history.jsonl").chmod(0o644)
    with index.locked():
        pass
    assert f"close it by: chmod go= -R {index.path}" in caplog.text
    caplog.clear()
    index.path.chmod(0o700)
    with index.locked():
        pass
    assert caplog.text == ""


def test_the_page_checks_a_file_in_a_child_that_may_not_grow(tmp_path):
    people = write_people_file(tmp_path / "people.csv")
    found = check_apart(people)
    assert not [one for one in found.problems if one.severity == "error"]
    people.write_text("person_id,display_name,job_title\n1,,x\n2,B,\n", encoding="utf-8")
    found = check_apart(people)
    assert found.total == len(found.problems) >= 2
    assert {one.row for one in found.problems if one.severity == "error"} == {2, 3}
    wide = "x" * 1000
    people.write_text(
        "person_id,display_name,job_title,about\n"
        + "\n".join(f"{n},A {n},B,{n} {wide}" for n in range(50_000)),
        encoding="utf-8",
    )
    (refused,) = check_apart(people, max_memory=64 << 20).problems
    assert refused.code == "too_heavy"
    (late,) = check_apart(people, max_seconds=1).problems
    assert late.code == "too_heavy"
