"""Where a table begins and ends in a sheet: titles stand above the header, totals below the rows.

The header is the row that names the most known columns. Nothing is left out in silence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from index.people_file.tables.header import column_name, count_known
from index.people_file.tables.limits import MAX_COLUMNS
from recommender.errors import Problem

SEARCHED = 40
"""The rows among which the header is looked for."""

_SUMS = re.compile(
    r"(grand |sub-?|overall )?(totals?|sums?|count|records?|rows|number of|average|mean|median|"
    r"gesamt\w*|summe|anzahl|somme|nombre|totaal|aantal|suma|razem|totale)([\s:=(].*)?"
    r"|(end of|generated|exported|printed|created|run|report|confidential|applied filters|"
    r"copyright|©|source:|page \d|\* ).*",
    re.IGNORECASE | re.DOTALL,
)
"""What the first cell of a row below the people says."""


class Record(NamedTuple):
    """A row that is not blank."""

    row: int
    """As a spreadsheet shows it, 1 the first."""
    cells: Sequence[str]
    line: int = 0
    """The line of a text file where it begins; 0 for other formats."""


def header_place(records: Sequence[Sequence[str]], known: Sequence[str]) -> int:
    """Find which of the first rows is the header.

    Args:
        records: the cells of the first rows that are not blank.
        known: every column that is read.

    Returns:
        The place of the first row that names the most known columns; 0 where none names two.
    """
    counts = [count_known(cells[:MAX_COLUMNS], known) for cells in records]
    best = max(counts, default=0)
    return counts.index(best) if best >= 2 else 0


def titles_told(file: str, above: Sequence[Record], header_row: int) -> list[Problem]:
    """Return which rows above the header are not read; PowerShell's type line needs no word."""
    titles = [record for record in above if not _is_mark(record.cells)]
    if not titles:
        return []
    first, last = titles[0].row, titles[-1].row
    which = f"row {first}" if first == last else f"rows {first} to {last}"
    return [Problem(
        file, "title_rows", f"the header stands in row {header_row}; {which} above it "
        f"{'is' if first == last else 'are'} taken for titles and not read",
        "nothing needs to be done where that is right", row=first, severity="warning",
    )]  # fmt: skip


def before_totals(
    records: Iterable[Record], places: Mapping[str, int], required: Sequence[str],
    left_out: list[Record],
) -> Iterator[Record]:  # fmt: skip
    """Yield the rows without the totals and remarks that end the table.

    Args:
        records: the rows below the header.
        places: the position of each known column.
        required: the columns in which everyone has a value.
        left_out: where the rows that end the table are added.
    """
    needed = [places[name] for name in required if name in places]
    pending: list[Record] = []
    before = 0
    for record in records:
        gap = bool(before) and record.row > before + 1
        before = record.row
        if _ends_table(record.cells, needed, after_gap=gap or bool(pending)):
            pending.append(record)
            continue
        yield from pending
        pending.clear()
        yield record
    left_out += pending


def totals_told(file: str, left_out: Sequence[Record]) -> list[Problem]:
    """Return which rows below the people are not read."""
    if not left_out:
        return []
    rows = ", ".join(str(record.row) for record in left_out[:5])
    return [Problem(
        file, "total_rows", f"{len(left_out):,} row{'s' * (len(left_out) > 1)} below the people "
        f"({rows}) hold totals or remarks and are not read",
        "nothing needs to be done where that is right", row=left_out[0].row, severity="warning",
    )]  # fmt: skip


def _is_mark(cells: Sequence[str]) -> bool:
    return bool(cells) and column_name(cells[0]).startswith("#type")


def _ends_table(cells: Sequence[str], needed: Sequence[int], *, after_gap: bool) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or sum(bool(cells[at].strip()) for at in needed if at < len(cells)) > 1:
        return False
    if _SUMS.fullmatch(filled[0]):
        return True
    return after_gap and len(filled) == 1 and " " in filled[0]
