"""Pieces of an HTML page that stands by itself; whatever comes from data is escaped here."""

import re
from collections.abc import Iterable, Sequence
from importlib import resources

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_NUMBER = re.compile(r"[+−-]?[\d.,]+( ?%)?( \[.*\])?|–|")

Html = Markup
"""A piece of a page that is already escaped; plain strings are escaped where they are put."""

Text = str
"""A plain string, or `Html`."""


def join(*parts: Text) -> Html:
    """Put pieces one after another."""
    return Html("\n").join(parts)


def tag(name: str, *inside: Text, css: str = "") -> Html:
    """Write an element around texts and pieces."""
    shown = Html(' class="{}"').format(css) if css else Html()
    return Html("<{0}{1}>{2}</{0}>").format(Html(name), shown, Html().join(inside))


def paragraphs(*texts: Text) -> Html:
    """Write paragraphs."""
    return join(*(tag("p", text) for text in texts))


def table(header: Sequence[str], rows: Iterable[Sequence[Text]], ours: str = "") -> Html:
    """Write a table: columns of numbers to the right, the row that begins with `ours` bold."""
    body = [list(row) for row in rows]
    numeric = [
        number > 0 and all(_NUMBER.fullmatch(row[number]) for row in body)
        for number in range(len(header))
    ]
    css = ["n" if flag else "" for flag in numeric]
    head = Html().join(
        Html('<th scope="col" class="{}">{}</th>').format(kind, name)
        for name, kind in zip(header, css, strict=True)
    )
    lines = [
        Html('<tr class="{}">{}</tr>').format(
            "ours" if ours and row[0] == ours else "",
            Html().join(
                Html('<td class="{}">{}</td>').format(kind, cell)
                for cell, kind in zip(row, css, strict=True)
            ),
        )
        for row in body
    ]
    return Html(
        '<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(head, Html().join(lines))


def figure(image: str, alternative: str, caption: str, figures: Html) -> Html:
    """Show an image with a text in its place, a caption, and its figures as a table."""
    return Html(
        '<figure><img src="{}" alt="{}"><figcaption>{}</figcaption>'
        "<details><summary>The figures as a table</summary>{}</details></figure>"
    ).format(image, alternative, caption, figures)


def cards(items: Iterable[tuple[str, str]]) -> Html:
    """Show large figures, each with what it means."""
    shown = (
        Html("<li><strong>{}</strong><small>{}</small></li>").format(value, says)
        for value, says in items
    )
    return tag("ul", *shown, css="cards")


def items(texts: Iterable[Text]) -> Html:
    """Write a list."""
    return tag("ul", *(tag("li", text) for text in texts))


def fold(summary: str, inside: Html) -> Html:
    """Hide a piece until somebody opens it."""
    return Html("<details><summary>{}</summary>{}</details>").format(summary, inside)


def from_markdown(text: str) -> Html:
    """Show a README: its headings under the page's own, its HTML, links and images as text."""
    reader = MarkdownIt("commonmark", {"html": False})
    reader.enable("table").disable(["link", "image", "autolink", "html_block", "html_inline"])
    reader.add_render_rule("table_open", lambda *_: '<div class="wide"><table>')
    reader.add_render_rule("table_close", lambda *_: "</table></div>")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type.startswith("heading_"):
            token.tag = "h3"
    return Html(reader.renderer.render(tokens, reader.options, {}))


def page(title: str, *body: Html) -> str:
    """Put a whole page together; it loads nothing from anywhere."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f"{join(*body)}\n</main>\n</body>\n</html>\n"
    )
