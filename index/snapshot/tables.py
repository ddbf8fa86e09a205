"""A snapshot's tables: columns mapped from the disk, and texts read a cell at a time."""

import json
import threading
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from index.disk import files
from recommender.org import NO_LINES
from recommender.people import Coded, People

GROUP_ROWS = 1000
"""Rows of a Parquet row group: what is decoded to read one cell, about 0.2 ms."""
KEPT_GROUPS = 512
"""How many decoded columns of row groups are kept, about 100 kB each."""

_CODED = ("department", "team", "location", "country", "timezone")
_PLAIN = ("level", "capacity", "open_to", "manager", "languages")
_FLAGS = ("active", "contractor")


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as Parquet in small row groups."""
    with files.writing(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd", row_group_size=GROUP_ROWS)


class ParquetCells:
    """A Parquet table of which single cells are read: only their row groups are decoded."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path, memory_map=True)
        sizes = [
            self._file.metadata.row_group(group).num_rows
            for group in range(self._file.metadata.num_row_groups)
        ]
        self._ends = list(accumulate(sizes))
        self._names = frozenset(self._file.schema_arrow.names)
        self._lock = threading.Lock()  # a ParquetFile is not to be read by two threads at once
        self._column = lru_cache(maxsize=KEPT_GROUPS)(self._read)

    def _read(self, group: int, column: str) -> Any:
        with self._lock:
            table = self._file.read_row_group(group, columns=[column], use_threads=False)
        return table.column(0).combine_chunks()

    def cell(self, row: int, column: str) -> object:
        """One cell: a str, an int, a datetime, or None, as where a table lacks the column."""
        if column not in self._names:
            return None
        group = bisect_right(self._ends, row)
        start = self._ends[group - 1] if group else 0
        value: object = self._column(group, column)[row - start].as_py()
        return value

    def cells(self, rows: Sequence[int] | NDArray[np.int64], column: str) -> list[Any]:
        """Return some cells of a column."""
        return [self.cell(int(row), column) for row in rows]

    def frame(self) -> pd.DataFrame:
        """Read the whole table."""
        with self._lock:
            frame: pd.DataFrame = self._file.read().to_pandas()
        return frame

    def column(self, name: str) -> pd.Series:
        """Read one column of everyone."""
        with self._lock:
            column: pd.Series = self._file.read(columns=[name]).to_pandas()[name]
        return column

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0


def write_people_columns(path: Path, people: People) -> None:
    """Write what rules and ranking read of people as uncompressed Arrow, ready to be mapped."""
    coded: dict[str, Coded] = {name: getattr(people, name) for name in _CODED}
    columns: dict[str, Any] = {"ids": pa.array(people.ids, pa.string())}
    columns |= {name: pa.array(getattr(people, name)) for name in _PLAIN}
    columns |= {name: pa.array(getattr(people, name).view(np.uint8)) for name in _FLAGS}
    columns |= {name: pa.array(column.codes) for name, column in coded.items()}
    columns["second"] = _lists_of_lines(people.second, len(people))
    columns["updated_on"] = pa.array(people.updated_on.astype("datetime64[D]").view(np.int64))
    names = {name: list(column.names) for name, column in coded.items()}
    names["languages"] = list(people.language_names)
    batch = pa.RecordBatch.from_pydict(columns)
    batch = batch.replace_schema_metadata({"names": json.dumps(names)})
    with (
        files.writing(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, batch.schema) as writer,
    ):
        writer.write_batch(batch)


def open_people(columns_path: Path, texts: ParquetCells, as_of: np.datetime64) -> People:
    """Open a snapshot's people: columns mapped, texts read when they are shown."""
    batch = pa.ipc.open_file(pa.memory_map(str(columns_path))).get_batch(0)
    names: dict[str, list[str]] = json.loads(batch.schema.metadata[b"names"])

    def column(name: str) -> NDArray[Any]:
        array: NDArray[Any] = batch.column(name).to_numpy(zero_copy_only=True)
        return array

    columns: dict[str, Any] = {name: column(name) for name in _PLAIN}
    columns |= {name: column(name).view(np.bool_) for name in _FLAGS}
    columns |= {name: Coded(column(name), tuple(names[name])) for name in _CODED}
    in_second = _second_lines(batch) if "second" in batch.schema.names else NO_LINES
    return People(
        texts=texts,
        as_of=as_of,
        ids=batch.column("ids").to_numpy(zero_copy_only=False),
        updated_on=column("updated_on").view("datetime64[D]"),
        language_names=tuple(names["languages"]),
        second=in_second,
        **columns,
    )


def _lists_of_lines(second: NDArray[np.int32], n_people: int) -> pa.ListArray:
    """Return each person's second managers as a list of rows."""
    by_report = second[np.argsort(second[:, 0], kind="stable")]
    ends = np.searchsorted(by_report[:, 0], np.arange(n_people + 1))
    return pa.ListArray.from_arrays(ends.astype(np.int32), pa.array(by_report[:, 1]))


def _second_lines(batch: pa.RecordBatch) -> NDArray[np.int32]:
    """Read `People.second` from each person's list."""
    lists = batch.column("second")
    counts = np.diff(lists.offsets.to_numpy())
    reports = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return np.column_stack([reports, lists.flatten().to_numpy()]).astype(np.int32)
