"""Parquet as text cells, read in pieces that are weighed one by one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from index.people_file.tables.grid import check_columns, refuse_long_texts
from index.people_file.tables.header import WRONG_FILE, resolve_header
from index.people_file.tables.limits import (
    MAX_ROWS,
    TooHeavyError,
    check_characters,
    check_unpacked,
    too_heavy,
)
from index.people_file.tables.table import Table, unread
from index.people_file.tables.workbook import damaged, number_text
from recommender.errors import Problem

_MAX_FOOTER = 1 << 24
_BATCH = 8_192

_SPELT = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating,
    pa.types.is_boolean, pa.types.is_timestamp, pa.types.is_date, pa.types.is_null,
    pa.types.is_decimal,
)  # fmt: skip
"""The types that can be written as text."""


def read_parquet(path: Path, known: Sequence[str], required: Sequence[str]) -> Table:
    """Read a Parquet file; see `read_table`. Its first record is row 2."""
    file = path.name
    try:
        _check_footer(path)
        with pq.ParquetFile(path, memory_map=True) as parquet:
            header = list(parquet.schema_arrow.names)
            check_columns(header)
            places, problems = resolve_header(file, 1, header, known, required)
            if any(problem.code == WRONG_FILE for problem in problems):
                return unread(file, problems)
            _check_weight(parquet, places)
            for name in [name for name, place in places.items()
                         if not _can_be_text(parquet.schema_arrow.types[place])]:  # fmt: skip
                kind = parquet.schema_arrow.types[places.pop(name)]
                problems.append(_no_text(file, name, str(kind)))
            columns = _read(path, {name: header[place] for name, place in places.items()})
    except TooHeavyError as reason:
        return unread(file, [too_heavy(file, reason)])
    except Exception as reason:  # the library has no common base for what a damaged file raises
        return unread(file, [damaged(file, "Parquet file", reason)])
    frame = pd.DataFrame(
        {name: pa.chunked_array(parts, pa.string()).to_pandas() for name, parts in columns.items()}
    ).astype("str")
    table = Table(file, frame, np.arange(2, 2 + len(frame)), None, problems)
    refuse_long_texts(table)
    return table


def _check_footer(path: Path) -> None:
    """Refuse a description of the columns that is itself too long to be read in seconds."""
    with path.open("rb") as stream:
        end = stream.seek(0, 2)
        stream.seek(max(0, end - 8))
        length = int.from_bytes(stream.read(4), "little")
    if _MAX_FOOTER < length < end:
        raise TooHeavyError(
            f"the description of its columns is {length >> 20:,} MiB long",
            "export only the columns that are needed",
        )


def _check_weight(parquet: pq.ParquetFile, places: dict[str, int]) -> None:
    if parquet.metadata.num_rows > MAX_ROWS:
        raise TooHeavyError(
            f"it has {parquet.metadata.num_rows:,} rows, and at most {MAX_ROWS:,} are read",
            "export only the people who work here now",
        )
    wanted = {parquet.schema_arrow.names[place] for place in places.values()}
    size = 0
    for number in range(parquet.metadata.num_row_groups):
        group = parquet.metadata.row_group(number)
        for place in range(group.num_columns):
            column = group.column(place)
            if column.path_in_schema.split(".")[0] in wanted:
                size += max(column.total_uncompressed_size, 0)
    check_unpacked(size)


def _read(path: Path, wanted: dict[str, str]) -> dict[str, list[pa.Array]]:
    """Read the wanted columns.

    A text that stands once in the file is weighed as often as it is repeated, before it is spelt
    out.
    """
    parts: dict[str, list[pa.Array]] = {name: [] for name in wanted}
    characters = 0
    # Without dictionaries a short page would become gigabytes before it can be weighed
    with pq.ParquetFile(
        path, memory_map=True, read_dictionary=_text_paths(path, set(wanted.values()))
    ) as parquet:
        names = list(wanted.values())
        for batch in parquet.iter_batches(_BATCH, columns=names, use_threads=False):
            batch.validate(full=True)
            for name, column in wanted.items():
                cells = batch.column(batch.schema.get_field_index(column))
                characters += _weight(cells)
                check_characters(characters)
                parts[name].append(_texts(cells))
    return parts


def _text_paths(path: Path, wanted: set[str]) -> list[str]:
    with pq.ParquetFile(path, memory_map=True) as parquet:
        leaves = [parquet.schema.column(place) for place in range(len(parquet.schema))]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    return [name for name in texts if name.split(".")[0] in wanted]


def _weight(cells: pa.Array) -> int:
    if pa.types.is_list(cells.type) or pa.types.is_large_list(cells.type):
        cells = cells.flatten()
    if not pa.types.is_dictionary(cells.type):
        return int(cells.nbytes)
    lengths = pc.binary_length(cells.dictionary.cast(pa.large_string()))
    return int(pc.sum(lengths.take(cells.indices)).as_py() or 0)


def _can_be_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    return any(check(kind) for check in _SPELT)


def _no_text(file: str, name: str, kind: str) -> Problem:
    return Problem(
        file, "bad_column_type", f"the column {name} holds {kind[:60]}, which is no text",
        "export it as text; a photo or a document does not belong in this column",
        row=1, column=name,
    )  # fmt: skip


def _texts(column: pa.Array) -> pa.Array:
    """Write a column of any type as text, "" for null."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    if pa.types.is_floating(column.type):
        values = ["" if value is None or value != value else number_text(value)
                  for value in column.to_pylist()]  # fmt: skip
        return pa.array(values, pa.string())
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"), safe=False).cast(pa.date32(), safe=False)
    return pc.fill_null(column.cast(pa.string()), "")
