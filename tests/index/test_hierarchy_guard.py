"""A night whose managers are hardly those of yesterday stops, and says how to go on."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.__main__ import main
from index.disk.index_folder import IndexFolder
from index.night.hierarchy_guard import FEW, MAX_NEW_MANAGERS, check_managers
from recommender.errors import ManagersError
from tests.index.small_company import night, people, write


def shifted(rows: int) -> pd.DataFrame:
    """Return the company with its managers some rows too low, the first people being the top."""
    frame = people()
    frame["manager_id"] = frame["manager_id"].shift(rows, fill_value="")
    return frame


def test_a_shifted_column_stops_the_night_until_it_is_meant(small) -> None:
    published = night(small).build.snapshot_id
    with pytest.raises(ManagersError, match=r"1\d of the 23 people .*--accept-managers"):
        night(small, shifted(1))
    assert IndexFolder(small / "index").current_id() == published
    assert night(small, shifted(1), accept_managers=True).build.published


def test_the_command_ends_with_5(small, capsys) -> None:
    night(small)
    path = write(shifted(1), small / "shifted.csv")
    assert main(["build", str(path), "--index", str(small / "index"), "--json"]) == 5
    said = json.loads(capsys.readouterr().out)
    assert (said["error"], said["exit_code"]) == ("ManagersError", 5)


def line_of(managers: dict[str, str], **columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"person_id": list(managers), "manager_id": list(managers.values()),
                         **columns})  # fmt: skip


def test_a_manager_who_leaves_or_comes_stops_nothing() -> None:
    before = line_of({"a": "", "b": "a", **{f"p{n}": "b" for n in range(9)}})
    left = line_of({"a": "", "c": "a", **{f"p{n}": "c" for n in range(9)}})
    check_managers(before, left)
    flat = line_of({"a": "", "b": "", **{f"p{n}": "" for n in range(9)}})
    check_managers(flat, before)
    check_managers(None, before)
    with pytest.raises(ManagersError, match="10 of the 10"):
        check_managers(before, flat)


def test_second_managers_who_vanish_stop_the_night_too() -> None:
    managers = {"a": "", "b": "a", **{f"p{n}": "b" for n in range(9)}}
    before = line_of(managers, matrix_manager_id=["", "", *["a"] * 4, *[""] * 5])
    with pytest.raises(ManagersError, match="4 of the 10"):
        check_managers(before, line_of(managers, matrix_manager_id=[""] * 11))
    check_managers(line_of(managers), before)


@given(st.integers(1, 60), st.integers(0, 60))
def test_exactly_more_than_the_stated_share_stops(n_reports: int, moved: int) -> None:
    moved = min(moved, n_reports)
    before = line_of({"a": "", "b": "", **{f"p{n}": "a" for n in range(n_reports)}})
    after = line_of({"a": "", "b": "", **{f"p{n}": "b" if n < moved else "a"
                                          for n in range(n_reports)}})  # fmt: skip
    if moved >= FEW and moved > MAX_NEW_MANAGERS * n_reports:
        with pytest.raises(ManagersError, match=f"^{moved} of the {n_reports} people"):
            check_managers(before, after)
    else:
        check_managers(before, after)
