"""The page: it stands by itself, obeys nothing that data says, and has a text for every picture."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.report.html import from_markdown, table
from tests.eval.small_dataset import GOALS, PEOPLE, read_rows, write_small_dataset

EVIL = "<script>alert(1)</script>"
HALF = "<script src=x"
"""No whole tag, which reading a people file would take out of a cell."""


class Page(HTMLParser):
    """Collects what a page would load and what it shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.alternatives: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data"):
                self.addresses.append(value or "")
            if name == "alt":
                self.alternatives.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page_text(small_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = write_small_dataset(
        tmp_path_factory.mktemp("evil") / "fourteen",
        goals=GOALS.replace("How do I", f"{EVIL} *How* do I"),
        people=PEOPLE.replace("Head of Data", f"Head of Data {HALF}"),
    )
    out = folder.parent / "report.html"
    runs = [str(small_runs / name) for name in ("recommender", "bm25", "random")]
    assert main(["report", str(folder), "--out", str(out), "--runs", *runs]) == 0
    return out.read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_runs_nothing(page_text: str) -> None:
    page = Page(page_text)
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.addresses)
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    for address in page.addresses:
        svg = base64.b64decode(address.split(",", 1)[1]).decode("utf-8")
        assert not re.search(r"(href|src)=\"(?!#)|<script|url\((?!#)", svg)


def test_what_data_says_is_shown_as_text(page_text: str) -> None:
    assert EVIL not in page_text
    assert HALF not in page_text
    assert f"{EVIL} *How* do I" in Page(page_text).text
    assert f"Head of Data {HALF}" in Page(page_text).text


def test_every_picture_has_a_text_and_a_table(page_text: str) -> None:
    page = Page(page_text)
    pictures = page.tags.count("img")
    assert pictures >= 3
    assert len(page.alternatives) == pictures
    assert all(len(text) > 20 for text in page.alternatives)
    assert page_text.count("The figures as a table") == pictures


def test_the_page_says_what_was_asked_and_how_it_was_judged(page_text: str) -> None:
    text = Page(page_text).text
    for part in (
        "14 people, 4 goals, 3 judged lists", "By kind of relationship", "Where it fails",
        "Who is shown, and how often", "How the judgements were made",
        "Everything here was made up for a test.", "Against the best simple method",
        "broken rules about power and consent", "withheld",
    ):  # fmt: skip
        assert part in text, part


def test_a_readme_is_shown_and_escaped() -> None:
    shown = from_markdown(
        "# Title\nSome `code` & *more*.\n\n| a | b |\n|---|---|\n| <i> | 2 |\n\n- one\n- two\n"
    )
    assert "<h3>Title</h3>" in shown
    assert "<code>code</code> &amp; <em>more</em>" in shown
    assert "&lt;i&gt;" in shown
    assert shown.count('<div class="wide"><table>') == shown.count("</table></div>") == 1
    assert shown.count("<li>") == 2


@pytest.mark.parametrize(
    "evil",
    [
        EVIL,
        "[x](javascript:alert(1)) ![x](http://example.org/x.png)",
        "<http://example.org> <img src=x onerror=alert(1)>",
        "[a]: http://example.org\n\n[a] ![a]",
        "<div onclick=x>\n\n*more*\n</div>",
    ],
)
def test_a_readme_loads_and_runs_nothing(evil: str) -> None:
    page = Page(from_markdown(f"{evil}\n\n| a |\n|---|\n| {evil.splitlines()[0]} |\n"))
    assert page.addresses == []
    assert set(page.tags) <= {"p", "div", "table", "thead", "tbody", "tr", "th", "td", "em"}


def test_numbers_stand_to_the_right() -> None:
    shown = table(["name", "value"], [["a", "0.5"], ["b", "–"]], ours="a")
    assert shown.count('<td class="n">') == 2
    assert '<tr class="ours">' in shown


@pytest.mark.slow
def test_bench_writes_one_table_twice_alike(
    small: Path, work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmarks = tmp_path / "benchmarks"
    write_small_dataset(
        benchmarks / "rated", goals="goal_id,text\nA,statistics\nB,selling\n", kinds="",
        qrels="goal_id,person_id,grade\nA,P04,4.5\nB,P04,1\nA,P06,1\nB,P06,5\n", demographics="",
    )  # fmt: skip
    for place in ("one", "two"):
        asked = ["bench", str(small), "--benchmarks", str(benchmarks), "--work", str(work)]
        assert main([*asked, "--out", str(tmp_path / place)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^fourteen: recommender +\.\d{3} \[", said, re.M)
    assert re.search(r"^rated: passages .*\.000 \[\.000, \.000\]", said, re.M)
    for name in ("bench.csv", "bench.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    rows = read_rows(tmp_path / "one" / "bench.csv")
    broken = [row["value"] for row in rows if row["measure"] == "violations"]
    assert len(broken) == 16
    assert set(broken) == {"0.000000"}
    text = (tmp_path / "one" / "bench.md").read_text(encoding="utf-8")
    assert "everything here was made up for a test" in text
    assert (tmp_path / "one" / "rated.html").is_file()
