"""Reporting lines of a people frame when somebody goes: nobody loses who had power over them."""

import pandas as pd


def close_lines(people: pd.DataFrame, row: int) -> None:
    """Let the lines of one person's reports lead on to that person's own managers, in place.

    Args:
        people: a validated people frame, of this version or of one that knew no second managers.
        row: the person who goes.
    """
    person = people.iloc[row]
    first = people["manager_id"] == person["person_id"]
    people["manager_id"] = people["manager_id"].mask(first, person["manager_id"])
    if "matrix_manager_id" not in people:
        return
    own_second = _ids(person["matrix_manager_id"])
    second = [
        _joined(ids, str(person["person_id"]), str(person["manager_id"]), own_second, inherits)
        for ids, inherits in zip(people["matrix_manager_id"], first, strict=True)
    ]
    people["matrix_manager_id"] = pd.Series(second, people.index, dtype="str")


def _joined(ids: str, gone: str, above: str, own_second: list[str], inherits: bool) -> str:
    managers = _ids(ids)
    if gone in managers:
        managers = [one for one in managers if one != gone] + [above, *own_second]
    elif inherits:
        managers += own_second
    return ";".join(one for one in dict.fromkeys(managers) if one)


def _ids(cell: str) -> list[str]:
    return [one for one in cell.split(";") if one]
