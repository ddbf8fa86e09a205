"""The administrator's commands of the store, through their own door."""

from pathlib import Path

import pytest

from app.__main__ import main


def test_tidy_and_forget_after_migrate(
    halden_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = f"sqlite:///{tmp_path}/store.sqlite"
    assert main(["migrate", "--store", store]) == 0
    assert main(["tidy", "--index", str(halden_index), "--store", store]) == 0
    assert "0 requests expired" in capsys.readouterr().out
    assert main(["forget", "H0012", "--store", store]) == 0
    assert capsys.readouterr().out.startswith("0 rows")
    assert main(["forget", "H0012", "--key", "--store", store]) == 0
    assert main(["adopt", "--index", str(halden_index), "--store", store]) == 0
    assert "the records of 0 people are bound" in capsys.readouterr().out


def test_a_store_without_tables_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forget", "H0012", "--store", f"sqlite:///{tmp_path}/none.sqlite"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "migrate" in err
