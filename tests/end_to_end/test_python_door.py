"""The library's door: the README's own lines, live facts by ids, an encoder of one's own."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import Encoder, Index, LiveFactsById, build
from recommender.errors import GoalError, InputError, SnapshotError, UnknownPersonError
from recommender.reader import Opinion, Shortlist
from tests.end_to_end.small_people import SEEKER, write_people_file
from tests.index.small_company import HashEncoder

GOAL = "I want to present my work without reading from the screen."


@pytest.fixture(scope="module")
def index(halden_index: Path) -> Index:
    return Index.open(halden_index)


@pytest.fixture
def like_home(
    halden: Path, halden_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder where the README's names of files hold, with all embeddings at hand."""
    shutil.copy(halden / "people.csv", tmp_path)
    shutil.copytree(halden_index, tmp_path / "var" / "index")
    monkeypatch.chdir(tmp_path)
    yield tmp_path


@pytest.mark.slow
def test_the_lines_of_the_readme_run(
    like_home: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (repository / "README.md").read_text("utf-8"), re.S)
    assert len(blocks) == 1
    names: dict[str, Any] = {}
    exec(compile(blocks[0], "README.md", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed[:3]] == ["1", "2", "3"]
    assert len(printed) == 4
    assert len(list((like_home / "var" / "index" / "snapshots").iterdir())) == 2
    shown = {
        suggestion["person_id"]
        for part in names["document"]["lists"]
        for suggestion in part["suggestions"]
    }
    assert shown
    assert not shown & {"H0040", "H0007"}


def shown(index: Index, live: LiveFactsById | None, kind: str = "coach") -> list[str]:
    (part,) = index.recommend("H0012", GOAL, relationship=kind, live=live).lists
    return [suggestion.person_id for suggestion in part.suggestions]


def test_what_happened_since_the_build_is_told_by_ids(index: Index) -> None:
    before = shown(index, None)
    first, second, third, fourth, _ = before
    live = LiveFactsById(
        unavailable=[first, "gone", first],
        open_to={second: ["peer"], "gone": ["coach"]},
        free_places={third: 0},
        declined_for={"coach": {fourth}},
    )
    after = shown(index, live)
    assert not {first, second, third, fourth} & set(after)
    assert shown(index, LiveFactsById(hidden=before[:1])) == shown(
        index, LiveFactsById(hidden_for={"coach": before[:1]})
    )
    assert index.why_not("H0012", third, "coach", live=live).eligible is False
    assert index.why_not("H0012", third, "coach").eligible is True
    assert shown(index, LiveFactsById(exposure={first: 200.0}))[0] != first


def test_only_what_its_owner_lets_be_quoted_is(index: Index) -> None:
    (part,) = index.recommend("H0012", GOAL, relationship="coach").lists
    first, quoted = part.suggestions[0].person_id, part.suggestions[0].evidence[0].field
    for allowed in (["role"], []):
        live = LiveFactsById(quotable={first: allowed, "gone": ["about"]})
        (part,) = index.recommend("H0012", GOAL, relationship="coach", live=live).lists
        assert part.suggestions[0].person_id == first, "the order does not change"
        assert {item.field for item in part.suggestions[0].evidence} <= set(allowed)
    assert quoted != "role"


@pytest.mark.parametrize(
    ("live", "says"),
    [
        (LiveFactsById(unavailable="H0040"), r"unavailable must be several ids"),
        (LiveFactsById(open_to={"H0040": "peer"}), r"open_to must hold several kinds"),
        (LiveFactsById(open_to={"H0040": ["friend"]}), "'friend' is no kind of relationship"),
        (LiveFactsById(hidden_for={"friend": ["H0040"]}), "'friend' is no kind"),
        (LiveFactsById(free_places={"H0040": 10**6}), "1000000 free places"),
        (LiveFactsById(quotable={"H0040": ["diary"]}), "'diary' is no part of a profile"),
        (LiveFactsById(quotable={"H0040": "about"}), "quotable must hold several parts"),
    ],
)
def test_live_facts_that_cannot_be_meant_are_refused(
    index: Index, live: LiveFactsById, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        index.recommend("H0012", GOAL, live=live)


def test_wrong_questions_are_errors_of_this_project(index: Index, tmp_path: Path) -> None:
    with pytest.raises(UnknownPersonError):
        index.recommend("nobody", GOAL)
    with pytest.raises(GoalError):
        index.recommend("H0012", " ")
    with pytest.raises(InputError, match="there are: mentor, coach, sponsor, peer"):
        index.why_not("H0012", "H0003", "friend")
    with pytest.raises(SnapshotError, match="nothing is published"):
        Index.open(tmp_path)


def test_an_encoder_of_ones_own_builds_and_answers(tmp_path: Path) -> None:
    own: Encoder = HashEncoder()
    people = write_people_file(tmp_path / "people.csv")
    build(people, tmp_path / "index", encoder=own)
    answer = Index.open(tmp_path / "index", encoder=own).recommend(SEEKER, GOAL)
    assert any(part.suggestions for part in answer.lists)
    other = HashEncoder()
    other.revision = "another"
    with pytest.raises(SnapshotError, match="build the index again"):
        Index.open(tmp_path / "index", encoder=other)


class LastFirst:
    """Thinks the better of people the further down they stand, and that nothing makes a case."""

    name, reads, weight = "last first", 5, 10.0

    def read(self, shortlist: Shortlist) -> list[Opinion]:
        return [
            Opinion(place / shortlist.n, np.array([0.0, 0.0, 1.0, 0.0]), ())
            for place in range(shortlist.n)
        ]


def test_a_reader_of_ones_own_makes_the_order_and_says_what_is_quoted(
    halden_index: Path, index: Index
) -> None:
    read = Index.open(halden_index, reader=LastFirst())
    (part,) = read.recommend("H0012", GOAL, relationship="coach").lists
    assert [one.evidence for one in part.suggestions] == [()] * 5
    last, *_, first = part.suggestions
    assert shown(index, None)[0] == first.person_id
    assert read.why_not("H0012", last.person_id, "coach", goal=GOAL).rank == 1


def test_importing_the_door_is_light(repository: Path) -> None:
    heavy = "{'numpy', 'pandas', 'faiss', 'torch', 'streamlit'}"
    code = f"import index, sys; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=repository).returncode == 0
    with pytest.raises(ImportError):
        from index import nothing  # noqa: F401
