"""The administrator's page of quality: the latest evaluation report, shown as it was written."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from app.services.identity import Identity
from app.services.night_verdict import Lamp
from app.views.parts import company
from app.views.parts.texts import day, label, say
from app.views.parts.verdicts import show_verdict

_MAX_FIGURES = 400
_MIME = {".html": "text/html", ".json": "application/json", ".md": "text/markdown"}
_REPORT_HEIGHT_PX = 900
_FRAME = "border:0;width:100%;height:98vh;background:#fff"
_OLD_AFTER = timedelta(days=90)
"""People, texts and policy change; older figures speak of another company."""


def show(identity: Identity) -> None:
    """Draw the page."""
    identity.require_admin()
    st.title(say("page.quality"), anchor=False)
    report = company.settings().quality_report
    if report is None:
        show_verdict(Lamp.LOOK, say("quality.verdict_none"), say("quality.none"))
        return
    files = _files(report)
    if not files:
        show_verdict(
            Lamp.LOOK, say("quality.verdict_none"), say("quality.missing", path=report.name)
        )
        return
    written = datetime.fromtimestamp(max(path.stat().st_mtime for path in files), UTC)
    old = datetime.now(UTC) - written > _OLD_AFTER
    show_verdict(
        Lamp.LOOK if old else Lamp.GOOD,
        say("quality.verdict_old" if old else "quality.verdict_new", day=day(written)),
        say("quality.lead"),
    )
    with st.container(horizontal=True):
        for path in files:
            st.download_button(
                label("quality.download", name=path.name),
                path.read_bytes(),
                path.name,
                _MIME.get(path.suffix, "application/octet-stream"),
                key=f"report_{path.name}",
                type="tertiary",
                icon=":material/download:",
            )
    for path in files:
        if path.suffix == ".html":
            _show_report(path)
    for path in files:
        if path.suffix == ".json":
            _show_figures(path)


def _files(report: Path) -> list[Path]:
    if report.is_file():
        return [report]
    if not report.is_dir():
        return []
    return sorted(path for path in report.iterdir() if path.suffix in _MIME and path.is_file())


def _show_report(path: Path) -> None:
    """Draw a report in a frame inside a frame, whose scripts, if it had any, do not run.

    Streamlit's own frame would let them run with the rights of the pages.
    """
    document = escape(path.read_text(encoding="utf-8", errors="replace"), quote=True)
    name = escape(path.name, quote=True)
    inner = f'<iframe sandbox title="{name}" srcdoc="{document}" style="{_FRAME}"></iframe>'
    st.iframe(inner, height=_REPORT_HEIGHT_PX)


def _show_figures(path: Path) -> None:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        st.error(label("quality.unreadable", name=path.name))
        return
    st.subheader(label("quality.figures", name=path.name), anchor=False)
    lines = [line for line, _ in zip(_figures(tree, ()), range(_MAX_FIGURES), strict=False)]
    st.dataframe(
        pd.DataFrame(lines, columns=["figure", "value"]),
        hide_index=True,
        column_config={
            "figure": st.column_config.TextColumn(say("quality.figure"), width="large"),
            "value": st.column_config.TextColumn(say("quality.value"), alignment="right"),
        },
    )


def _figures(tree: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from _figures(below, (*names, str(name)))
    elif isinstance(tree, bool) or tree is None or isinstance(tree, str):
        yield " · ".join(names), "–" if tree is None else str(tree)
    elif isinstance(tree, int | float):
        yield " · ".join(names), f"{tree:,.3f}" if isinstance(tree, float) else f"{tree:,}"
