"""Text that was escaped for the web or by Excel on its way into a table: what it says."""

import html
import re

MARKUP = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});|</?[a-zA-Z][^<>]*>|<!--|_x[0-9A-Fa-f]{4}_"  # fmt: skip  # noqa: E501
"""What such text is known by (RE2 and Python). A lone & or < is text."""

_BREAKS = re.compile(r"<(?:br|hr)\s*/?>|</?(?:p|div|li|ul|ol|tr|h[1-6]|blockquote)(?:\s[^<>]*)?/?>", re.I)  # fmt: skip  # noqa: E501
_TAGS = re.compile(
    r"</?(?:a|abbr|b|big|body|cite|code|dd|dl|dt|em|font|head|html|i|img|ins|label|mark|meta|pre|q|s"
    r"|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tt|u)(?:\s[^<>]*)?/?>",
    re.I,
)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|title)\b[^<>]*>.*?</\1\s*>", re.I | re.S)
_ENTITY = re.compile(MARKUP.split("|</?")[0])
_EXCEL_MARK = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EXCEL_LETTERS = {"000D": "\n", "000A": "\n", "0009": " ", "005F": "_", "00A0": " "}

_ROUNDS = 3
"""Text that passed through several systems was escaped as often: &amp;amp;nbsp;."""


def without_markup(text: str) -> str:
    """Turn text that was escaped for the web, or by Excel, back into plain text.

    Entities become their letters, known tags go, and those that begin a line leave a line break.
    An unknown tag, as in `vector<int>`, is text.
    """
    text = _EXCEL_MARK.sub(lambda mark: _EXCEL_LETTERS.get(mark[1].upper(), mark[0]), text)
    for _ in range(_ROUNDS):
        plain = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _without_tags(text))
        if plain == text:
            break
        text = plain
    text = _without_tags(text)
    return re.sub(r" *\n\s*\n\s*", "\n", text.replace("\xa0", " ")).strip()


def first_mark(text: str) -> str:
    """Return the first mark by which escaped text is known; empty where there is none."""
    found = re.search(MARKUP, text)
    return found[0] if found else ""


def _without_tags(text: str) -> str:
    return _TAGS.sub("", _BREAKS.sub("\n", _UNSEEN.sub("", text)))
