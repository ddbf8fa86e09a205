"""Reporting lines as intervals, against a hand-worked tree and against walking."""

import time
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.org import NO_DISTANCE, NO_ROW, Org
from tests.recommender.organisations import Person, forests, line_up, organisations, people_of

A, B, C, D, E, F, G, H, I = range(9)  # noqa: E741


def drawn_org() -> Org:
    """Two trees and one person alone; in brackets [enter, leave), worked by hand.

    Roots come first in row order, siblings too:

        A [0,6)               G [6,8)     I [8,9)
        ├── B [1,4)           └── H [7,8)
        │   ├── D [2,3)
        │   └── E [3,4)
        └── C [4,6)
            └── F [5,6)
    """
    managers = {A: -1, B: A, C: A, D: B, E: B, F: C, G: -1, H: G, I: -1}
    return Org.from_managers(np.array([managers[row] for row in range(9)], np.int32))


def rows(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_the_drawn_tree_has_the_intervals_worked_by_hand() -> None:
    org = drawn_org()
    assert org.enter.tolist() == [0, 1, 4, 2, 3, 5, 6, 7, 8]
    assert org.leave.tolist() == [6, 4, 6, 3, 4, 6, 8, 8, 9]
    assert org.depth.tolist() == [0, 1, 1, 2, 2, 2, 0, 1, 0]
    assert org.order.tolist() == [A, B, D, E, C, F, G, H, I]


def test_the_drawn_tree_answers_who_is_above_and_below() -> None:
    org = drawn_org()
    assert rows(org.below(A)) == [B, C, D, E, F]
    assert rows(org.below(B)) == [D, E]
    assert rows(org.below(D)) == []
    assert rows(org.chain(B)) == [A, D, E]
    assert rows(org.chain(F)) == [A, C]
    assert rows(org.chain(I)) == []
    assert org.line_up(E) == [B, A]
    assert org.line_up(A) == []


def test_only_who_has_neither_manager_nor_report_is_not_placed() -> None:
    assert rows(~drawn_org().placed) == [I]


def test_distances_in_the_drawn_tree() -> None:
    """E to F: up to B, up to A, down to C, down to F: four steps."""
    distances = drawn_org().distances(E, np.arange(9))
    assert distances.tolist() == [2, 1, 3, 2, 0, 4, NO_DISTANCE, NO_DISTANCE, NO_DISTANCE]


@given(forests(max_size=25))
def test_intervals_agree_with_walking_up(managers: list[int | None]) -> None:
    org = org_of(managers)
    size = len(managers)
    lines = [walk_up(managers, row) for row in range(size)]
    assert sorted(org.order.tolist()) == list(range(size))
    for row in range(size):
        below = [other for other in range(size) if row in lines[other]]
        assert org.line_up(row) == lines[row]
        assert rows(org.below(row)) == below
        assert rows(org.chain(row)) == sorted({*below, *lines[row]})
        assert org.depth[row] == len(lines[row])
        assert bool(org.placed[row]) == (bool(lines[row]) or bool(below))
        for other in range(size):
            assert org.is_above(row, other) == (row in lines[other])
            assert org.in_chain(row, other) == (row in lines[other] or other in lines[row])


@given(forests(max_size=25), st.data())
def test_distances_agree_with_breadth_first_search(
    managers: list[int | None], data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(managers) - 1))
    found = org_of(managers).distances(row, np.arange(len(managers)))
    assert found.tolist() == steps_from(managers, row)


@given(forests(max_size=10), st.data())
def test_any_cycle_is_refused(managers: list[int | None], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(managers) - 1))
    root = [row, *walk_up(managers, row)][-1]
    managers[root] = row
    with pytest.raises(InputError, match="cycle"):
        org_of(managers)


def test_the_cycle_error_counts_who_hangs_on_it() -> None:
    """0 is a root; 1 and 2 manage each other; 3 reports to 2."""
    with pytest.raises(InputError, match="of 3 people form a cycle"):
        Org.from_managers(np.array([-1, 2, 1, 2], np.int32))


@pytest.mark.parametrize("manager", [2, -2])
def test_a_row_that_does_not_exist_is_refused(manager: int) -> None:
    with pytest.raises(InputError, match="out of range"):
        Org.from_managers(np.array([-1, manager], np.int32))


def test_an_empty_company_has_an_empty_org() -> None:
    org = Org.from_managers(np.zeros(0, np.int32))
    assert len(org.enter) == len(org.order) == 0


@pytest.mark.bench
def test_a_million_people_are_numbered_in_two_seconds_and_masked_in_five_milliseconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Spans of control of eight, in a random row order; best of a few, as the machine is shared."""
    manager, top = million_managers()
    build = min(_seconds(lambda: Org.from_managers(manager)) for _ in range(3))
    org = Org.from_managers(manager)
    chosen = [top, *np.random.default_rng(1).integers(0, len(manager), 20).tolist()]
    masks = [min(_seconds(lambda row=row: org.chain(row)) for _ in range(5)) for row in chosen]
    with capsys.disabled():
        print(f"\n1M people: org built in {build:.2f} s, chain mask {max(masks) * 1e3:.2f} ms")
    assert int(org.chain(top).sum()) == len(manager) - 1
    assert build < 2.0
    assert max(masks) < 0.005


def million_managers() -> tuple[np.ndarray, int]:
    size = 1_000_000
    rng = np.random.default_rng(0)
    at = rng.permutation(size)
    manager = np.full(size, NO_ROW, np.int32)
    manager[at[1:]] = at[(np.arange(1, size) - 1) // 8]
    return manager, int(at[0])


def org_of(managers: list[int | None]) -> Org:
    return Org.from_managers(
        np.array([NO_ROW if manager is None else manager for manager in managers], np.int32)
    )


def walk_up(managers: list[int | None], row: int) -> list[int]:
    line: list[int] = []
    manager = managers[row]
    while manager is not None:
        line.append(manager)
        manager = managers[manager]
    return line


def steps_from(managers: list[int | None], start: int) -> list[int]:
    neighbours: list[set[int]] = [set() for _ in managers]
    for row, manager in enumerate(managers):
        if manager is not None:
            neighbours[row].add(manager)
            neighbours[manager].add(row)
    steps = [NO_DISTANCE] * len(managers)
    steps[start] = 0
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in neighbours[here]:
            if steps[there] == NO_DISTANCE:
                steps[there] = steps[here] + 1
                queue.append(there)
    return steps


def _seconds(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


def test_a_second_line_counts_with_whoever_is_above_and_below() -> None:
    """E reports to C beside B; H, of another tree, to E: so F's C stands above E and H."""
    second = np.array([[H, E], [E, C]], np.int32)
    org = Org.from_managers(drawn_org().manager, second)
    assert rows(org.above(E)) == [A, B, C]
    assert rows(org.above(H)) == [A, B, C, E, G]
    assert rows(org.below(C)) == [E, F, H]
    assert rows(org.next_to(E)) == [B, C, H]
    assert (org.managers(E), org.managers(A), org.second_managers(H)) == ([B, C], [], [E])
    assert org.is_above(C, H)
    assert not org.is_above(H, C)
    assert org.line_up(E) == [B, A]


@given(organisations())
def test_power_along_all_lines_agrees_with_walking_up(organisation: list[Person]) -> None:
    org = people_of(organisation).org
    size = range(len(organisation))
    lines = [line_up(organisation, row) for row in size]
    for row in size:
        below = [other for other in size if row in lines[other]]
        assert rows(org.above(row)) == sorted(lines[row])
        assert rows(org.below(row)) == below
        assert rows(org.chain(row)) == sorted({*below, *lines[row]})
        assert [other for other in size if org.is_above(other, row)] == sorted(lines[row])


@pytest.mark.parametrize("line", [(0, 2), (-1, 0)])
def test_a_second_manager_who_is_nobody_is_refused(line: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="second manager's row"):
        Org.from_managers(np.array([-1, 0], np.int32), np.array([line], np.int32))
