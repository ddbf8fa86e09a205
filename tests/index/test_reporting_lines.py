"""When somebody goes, nobody who was above anybody through them stops being above."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings

from index.disk.index_folder import IndexFolder
from index.night.erasure import forget
from index.night.reporting_lines import close_lines
from index.snapshot.snapshot import Snapshot
from index.snapshot.tables import ParquetCells, open_people, write_frame, write_people_columns
from recommender.eligibility import eligibility
from recommender.live import LiveFacts
from recommender.people import People
from recommender.policy import default_policy
from recommender.relationships import Relationship
from tests.index.small_company import night, people
from tests.recommender.organisations import AS_OF, Person, organisations, people_of


@settings(deadline=None)
@given(organisations())
def test_power_through_a_person_outlasts_them(organisation: list[Person]) -> None:
    before = people_of(organisation)
    for gone in range(len(before)):
        frame = before.frame.copy()
        close_lines(frame, gone)
        after = People.from_frame(frame.drop(index=gone), AS_OF)
        others = np.delete(np.arange(len(before)), gone)
        for row in others.tolist():
            was = set(before.ids[before.org.above(row)]) - {f"p{gone}"}
            assert was <= set(after.ids[after.org.above(after.row(f"p{row}"))])


def test_people_of_a_version_without_second_managers_are_closed_too() -> None:
    frame = people_of([Person(), Person(manager=0), Person(manager=1)]).frame
    frame = frame.drop(columns="matrix_manager_id")
    close_lines(frame, 1)
    assert frame["manager_id"].tolist() == ["", "p0", "p0"]
    assert People.from_frame(frame.drop(index=1), AS_OF).second.tolist() == []


def test_second_lines_are_kept_in_a_snapshot(small: Path) -> None:
    frame = people()
    frame["matrix_manager_id"] = ["P002;P005" if row == 23 else "P003" if row == 9 else ""
                                  for row in range(len(frame))]  # fmt: skip
    folder = night(small, frame).build.folder
    opened = Snapshot.open(folder).people
    assert opened.second.tolist() == [[9, 3], [23, 2], [23, 5]]
    assert opened.text(23, "matrix_manager_id") == "P002;P005"
    lead, helped = opened.row("P005"), opened.row("P023")
    mask = eligibility(opened, helped, Relationship.MENTOR, default_policy(), LiveFacts.none()).mask
    assert not mask[lead]
    with IndexFolder(small / "index").locked():
        forget(IndexFolder(small / "index"), "P005")
    left = Snapshot.open(next((small / "index" / "snapshots").iterdir())).people
    above = set(left.ids[left.org.above(left.row("P023"))])
    assert above == {"P011", "P002", "P000"}


def test_people_columns_of_a_version_without_second_lines_open(tmp_path: Path) -> None:
    known = people_of([Person(), Person(manager=0, second=frozenset({2})), Person(manager=0)])
    write_frame(tmp_path / "people.parquet", known.frame.drop(columns="matrix_manager_id"))
    write_people_columns(tmp_path / "columns.arrow", known)
    with pa.ipc.open_file(tmp_path / "columns.arrow") as reader:
        batch = reader.get_batch(0)
    older = batch.drop_columns(["second"])
    with pa.ipc.new_file(tmp_path / "older.arrow", older.schema) as writer:
        writer.write_batch(older)
    cells = ParquetCells(tmp_path / "people.parquet")
    opened = open_people(tmp_path / "older.arrow", cells, AS_OF)
    assert opened.second.tolist() == []
    assert opened.text(1, "matrix_manager_id") == ""
    assert open_people(tmp_path / "columns.arrow", cells, AS_OF).second.tolist() == [[1, 2]]
