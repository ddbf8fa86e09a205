"""Pieces of an HTML page that stands by itself; whatever comes from data is escaped here."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources

_NUMBER = re.compile(r"[+−-]?[\d.,]+( ?%)?( \[.*\])?|–|")


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of a page that is already escaped; plain strings are escaped where they are put."""

    code: str


Text = str | Html


def join(*parts: Html) -> Html:
    """Put pieces one after another."""
    return Html("\n".join(part.code for part in parts))


def tag(name: str, *inside: Text, css: str = "") -> Html:
    """Write an element around texts and pieces."""
    shown = f' class="{escape(css)}"' if css else ""
    return Html(f"<{name}{shown}>{''.join(map(_code, inside))}</{name}>")


def paragraphs(*texts: Text) -> Html:
    """Write paragraphs."""
    return join(*(tag("p", text) for text in texts))


def table(header: Sequence[str], rows: Iterable[Sequence[Text]], ours: str = "") -> Html:
    """Write a table: columns of numbers to the right, the row that begins with `ours` bold."""
    body = [list(row) for row in rows]
    numeric = [
        number > 0
        and all(
            isinstance(row[number], str) and _NUMBER.fullmatch(str(row[number])) for row in body
        )
        for number in range(len(header))
    ]
    css = ["n" if flag else "" for flag in numeric]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(name)}</th>'
        for name, kind in zip(header, css, strict=True)
    )
    lines = []
    for row in body:
        cells = "".join(
            f'<td class="{kind}">{_code(cell)}</td>' for cell, kind in zip(row, css, strict=True)
        )
        marked = "ours" if ours and row[0] == ours else ""
        lines.append(f'<tr class="{marked}">{cells}</tr>')
    return Html(
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def figure(image: str, alternative: str, caption: str, figures: Html) -> Html:
    """Show an image with a text in its place, a caption, and its figures as a table."""
    return Html(
        f'<figure><img src="{escape(image)}" alt="{escape(alternative)}">'
        f"<figcaption>{escape(caption)}</figcaption>"
        f"<details><summary>The figures as a table</summary>{figures.code}</details></figure>"
    )


def cards(items: Iterable[tuple[str, str]]) -> Html:
    """Show large figures, each with what it means."""
    shown = (
        f"<li><strong>{escape(value)}</strong><small>{escape(says)}</small></li>"
        for value, says in items
    )
    return Html(f'<ul class="cards">{"".join(shown)}</ul>')


def items(texts: Iterable[Text]) -> Html:
    """Write a list."""
    return Html(f"<ul>{''.join(f'<li>{_code(text)}</li>' for text in texts)}</ul>")


def fold(summary: str, inside: Html) -> Html:
    """Hide a piece until somebody opens it."""
    return Html(f"<details><summary>{escape(summary)}</summary>{inside.code}</details>")


def from_markdown(text: str) -> Html:
    """Show headings, paragraphs, tables and code words of a README; anything else as its text."""
    parts: list[Html] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.strip().splitlines()
        if lines and lines[0].startswith("#"):
            parts.append(tag("h3", lines.pop(0).lstrip("# ")))
        if len(lines) > 1 and all(line.startswith("|") for line in lines):
            cells = [
                [_inline(cell.strip()) for cell in line.strip().strip("|").split("|")]
                for line in lines
            ]
            header = [re.sub(r"<[^>]+>", "", cell.code) for cell in cells[0]]
            rows = [row[: len(header)] for row in cells[2:] if len(row) >= len(header)]
            parts.append(table(header, rows))
        elif lines:
            parts.append(tag("p", _inline(" ".join(lines))))
    return join(*parts)


def page(title: str, *body: Html) -> str:
    """Put a whole page together; it loads nothing from anywhere."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f"{join(*body).code}\n</main>\n</body>\n</html>\n"
    )


def _inline(text: str) -> Html:
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return Html(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", shown))


def _code(text: Text) -> str:
    return text.code if isinstance(text, Html) else escape(text)
