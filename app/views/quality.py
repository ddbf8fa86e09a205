"""The administrator's page of quality: the figures of the latest evaluation report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import streamlit as st

from app.services.identity import Identity
from app.views.parts import company
from app.views.parts.tables import table
from app.views.parts.texts import label, say

_MAX_FIGURES = 400
_MIME = {".html": "text/html", ".json": "application/json", ".md": "text/markdown"}


def show(identity: Identity) -> None:
    """Draw the page."""
    identity.require_admin()
    st.title(say("page.quality"), anchor=False)
    report = company.settings().quality_report
    if report is None:
        st.write(say("quality.none"))
        return
    files = _files(report)
    if not files:
        st.write(label("quality.missing", path=report.name))
        return
    st.write(say("quality.lead"))
    for path in files:
        name = say("quality.download", name=path.name)
        mime = _MIME.get(path.suffix, "application/octet-stream")
        st.download_button(name, path.read_bytes(), path.name, mime, key=f"report_{path.name}")
    for path in files:
        if path.suffix == ".json":
            _show_figures(path)


def _files(report: Path) -> list[Path]:
    if report.is_file():
        return [report]
    if not report.is_dir():
        return []
    return sorted(path for path in report.iterdir() if path.suffix in _MIME and path.is_file())


def _show_figures(path: Path) -> None:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        st.error(label("quality.unreadable", name=path.name))
        return
    st.subheader(label("quality.figures", name=path.name), anchor=False)
    lines = [line for line, _ in zip(_figures(tree, ()), range(_MAX_FIGURES), strict=False)]
    st.html(table((say("quality.figure"), say("quality.value")), lines, numbers=(1,)))


def _figures(tree: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from _figures(below, (*names, str(name)))
    elif isinstance(tree, bool) or tree is None or isinstance(tree, str):
        yield " · ".join(names), "–" if tree is None else str(tree)
    elif isinstance(tree, int | float):
        yield " · ".join(names), f"{tree:,.3f}" if isinstance(tree, float) else f"{tree:,}"
