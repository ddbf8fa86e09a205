"""A table in our own markup: a real HTML table, whose cells are escaped."""

from collections.abc import Collection, Iterable, Sequence
from html import escape


def table(
    heads: Sequence[str],
    lines: Iterable[Sequence[object]],
    *,
    numbers: Collection[int] = (),
    caption: str = "",
) -> str:
    """Draw a table as HTML that scrolls by itself where it is too wide.

    Args:
        heads: the columns' titles, plain text.
        lines: the cells, plain.
        numbers: the columns that hold numbers; they stand to the right.
        caption: what the table is, for everybody.
    """
    style = ['class="number"' if place in numbers else "" for place in range(len(heads))]
    head = "".join(
        f'<th scope="col" {look}>{escape(name)}</th>'
        for name, look in zip(heads, style, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td {look}>{escape(str(cell))}</td>" for cell, look in zip(line, style, strict=True)
        )
        + "</tr>"
        for line in lines
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="lr wide" tabindex="0"><table>{said}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
