"""The report's charts: Altair, drawn once to SVG, so that the page needs no scripts."""

import base64
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from eval.metrics.fairness_audit import FOUR_FIFTHS

OURS = "#14507f"
OTHERS = ("#d9822b", "#6b7b8c", "#a9b4bf", "#8e6c8a")
WIDTH = 620
_FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"


def draw_means(means: pd.DataFrame, title: str) -> str:
    """Draw a bar for each system with its interval.

    Args:
        means: `system, value, low, high, is_ours`, best first.
        title: the name of the measure.
    """
    order = means["system"].tolist()
    base = alt.Chart(means).encode(y=alt.Y("system:N", sort=order, title=None))
    bars = base.mark_bar(height=16).encode(
        x=alt.X("value:Q", title=title, scale=alt.Scale(zero=True)),
        color=alt.condition("datum.is_ours", alt.value(OURS), alt.value(OTHERS[2])),
    )
    rules = base.mark_rule(strokeWidth=1.5, color="#222").encode(x="low:Q", x2="high:Q")
    texts = base.mark_text(align="left", dx=6, fontSize=12).encode(
        x="high:Q", text=alt.Text("value:Q", format=".2f")
    )
    return _svg((bars + rules + texts).properties(width=WIDTH, height=30 * len(means)))


def draw_kinds(means: pd.DataFrame, title: str) -> str:
    """Draw a dot with its interval for each kind and system.

    Args:
        means: `kind, system, value, low, high`.
        title: the name of the measure.
    """
    systems = list(dict.fromkeys(means["system"]))
    # Colour and shape share one legend where their titles, domains and legends agree
    legend = alt.Legend(orient="top", symbolSize=120, labelLimit=0, columns=2)
    color = alt.Color(
        "system:N", title=None, legend=legend,
        scale=alt.Scale(domain=systems, range=[OURS, *OTHERS[: len(systems) - 1]]),
    )  # fmt: skip
    shape = alt.Shape("system:N", title=None, legend=legend, scale=alt.Scale(domain=systems))
    base = alt.Chart(means).encode(
        y=alt.Y("kind:N", title=None, axis=alt.Axis(labelFontSize=13)),
        yOffset=alt.YOffset("system:N", sort=systems),
    )
    rules = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=title, scale=alt.Scale(domain=[0, 1])), x2="high:Q", color=color
    )
    dots = base.mark_point(size=80, filled=True, opacity=1).encode(
        x="value:Q", color=color, shape=shape
    )
    return _svg((rules + dots).properties(width=WIDTH, height={"step": 17}))


def draw_exposure(curves: pd.DataFrame) -> str:
    """Draw how exposure is shared out: Lorenz curves and the line of equal shares.

    Args:
        curves: `system, people, exposure`, both shares 0 to 1.
    """
    systems = list(dict.fromkeys(curves["system"]))
    axis = alt.Axis(format=".0%", tickCount=5)
    legend = alt.Legend(orient="top", labelLimit=0, symbolSize=400)
    equal = pd.DataFrame({"people": [0.0, 1.0], "exposure": [0.0, 1.0]})
    line = (
        alt.Chart(equal).mark_line(strokeDash=[4, 4], color="#888")
        .encode(x="people:Q", y="exposure:Q")
    )  # fmt: skip
    lines = alt.Chart(curves).mark_line(strokeWidth=2.5).encode(
        x=alt.X("people:Q", title="share of the helpers, the least shown first", axis=axis),
        y=alt.Y("exposure:Q", title="share of all exposure", axis=axis),
        color=alt.Color(
            "system:N", title=None, legend=legend,
            scale=alt.Scale(domain=systems, range=[OURS, *OTHERS[: len(systems) - 1]]),
        ),
        strokeDash=alt.StrokeDash(
            "system:N", title=None, legend=legend,
            scale=alt.Scale(domain=systems, range=[[1, 0], [6, 3], [2, 2]][: len(systems)]),
        ),
    )  # fmt: skip
    return _svg((line + lines).properties(width=420, height=320))


def draw_ratios(found: pd.DataFrame) -> str:
    """Draw impact ratios with their intervals and the line at four fifths.

    Args:
        found: rows of an audit with a ratio: `attribute, group, impact_ratio, ratio_low,
            ratio_high, is_reference`.
    """
    shown = found.assign(
        label=found["group"].where(~found["is_reference"], found["group"] + " (best off)"),
        low=found["ratio_low"].clip(upper=2.0),
        high=found["ratio_high"].clip(upper=2.0),
        ratio=found["impact_ratio"].clip(upper=2.0),
        limit=FOUR_FIFTHS,
    )
    columns = ["attribute", "label", "low", "high", "ratio", "limit", "below_four_fifths"]
    base = alt.Chart(shown[columns])
    y = alt.Y("label:N", title=None, sort=shown["label"].tolist())
    limit = base.mark_rule(color="#b3261e", strokeDash=[5, 4], strokeWidth=1.5).encode(x="limit:Q")
    rules = base.mark_rule(strokeWidth=2, color="#6b7b8c").encode(
        x=alt.X("low:Q", title="impact ratio (1 = as the best-off group; dashed: four fifths)",
                scale=alt.Scale(domain=[0, 2])),
        x2="high:Q", y=y,
    )  # fmt: skip
    dots = base.mark_point(size=90, filled=True, opacity=1).encode(
        x="ratio:Q", y=y,
        color=alt.condition("datum.below_four_fifths", alt.value("#b3261e"), alt.value(OURS)),
    )  # fmt: skip
    layers = (limit + rules + dots).properties(width=WIDTH - 60, height={"step": 24})
    return _svg(
        layers.facet(row=alt.Row("attribute:N", title=None, header=alt.Header(labelFontSize=13)))
        .resolve_scale(y="independent")
    )  # fmt: skip


def _svg(chart: Any) -> str:
    """Return a chart as the address of an image."""
    spec = (
        chart.configure(font=_FONT, background="white")
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor="#e3e7eb", labelLimit=260)
        .configure_legend(labelFontSize=12)
        .configure_view(stroke=None)
        .to_dict()
    )
    svg: str = vl_convert.vegalite_to_svg(spec)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
