"""Quality drawn: how often each flaw is in each class, and what it costs the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.judging.contrasts import Contrast
from engine.judging.slices import Slice
from pages.shared import charts, palette

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

ROW = 34  # pixels
PATTERNS = ("", "/", "x", ".", "\\")


def by_class(rows: pd.DataFrame) -> go.Figure:
    """One row a flaw, the commonest on top, one bar a class with its 95% interval."""
    common = rows.groupby("flaw")["flagged"].sum().sort_values(ascending=False, kind="stable")
    labels = sorted(set(rows["label"]), key=lambda name: (name != "NORMAL", name))
    bars = []
    for number, label in enumerate(labels):
        own = rows[rows["label"] == label].set_index("flaw").loc[common.index]
        bars.append(_bars(own, label, PATTERNS[number % len(PATTERNS)]))
    layout = charts.axes("flagged, share of the class", "")
    layout |= {
        "height": 96 + ROW * len(common),
        "margin": {"l": 8, "r": 8, "t": 30, "b": 40},
        "barmode": "group",
        "bargap": 0.3,
        "showlegend": len(labels) > 1,
        "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
    }
    layout["xaxis"] |= {"tickformat": ".0%", "range": [0, _limit(rows["high"].max())]}
    layout["yaxis"] |= {"autorange": "reversed", "automargin": True, "ticksuffix": "  "}
    return charts.assembled(bars, layout)


def with_and_without(found: Sequence[Contrast], measure: str) -> go.Figure:
    """One row a flaw: a diamond with it, a circle without, each with its 95% interval."""
    sides = (
        ("with the flaw", "diamond", [entry.flagged for entry in found], -0.12),
        ("without it", "circle-open", [entry.clean for entry in found], 0.12),
    )
    traces = [
        _dots(name, symbol, entries, shift, measure) for name, symbol, entries, shift in sides
    ]
    axis = "AUC" if measure == "auc" else "called wrongly, share of the X-rays"
    layout = charts.axes(axis, "")
    layout |= {
        "height": 100 + ROW * len(found),
        "margin": {"l": 8, "r": 8, "t": 30, "b": 40},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
    }
    if measure != "auc":
        layout["xaxis"] |= {"tickformat": ".0%", "rangemode": "tozero"}
    layout["yaxis"] = {
        "autorange": "reversed",
        "automargin": True,
        "tickvals": list(range(len(found))),
        "ticktext": [f"{entry.flaw} · {len(entry.flagged.group):,}" for entry in found],
        "showgrid": False,
        "zeroline": False,
    }
    return charts.assembled(traces, layout)


def _bars(own: pd.DataFrame, label: str, pattern: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": label,
        "y": own.index.tolist(),
        "x": own["share"].tolist(),
        "customdata": own[["flagged", "images"]].to_numpy(),
        "hovertemplate": "%{y}: %{customdata[0]:,} of %{customdata[1]:,} "
        + label
        + "<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": (own["high"] - own["share"]).tolist(),
            "arrayminus": (own["share"] - own["low"]).tolist(),
            "color": palette.REST,
            "thickness": 1.5,
            "width": 3,
        },
        "marker": {
            "color": palette.class_colour(label),
            "pattern": {"shape": pattern, "solidity": 0.25},
        },
    }


def _dots(
    name: str, symbol: str, entries: Sequence[Slice], shift: float, measure: str
) -> dict[str, Any]:
    points = [_point(entry, measure) for entry in entries]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [value for value, _, _ in points],
        "y": [row + shift for row in range(len(points))],
        "customdata": [len(entry.group) for entry in entries],
        "hovertemplate": "%{x:.3f} on %{customdata:,} X-rays " + name + "<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [None if value is None else high - value for value, _, high in points],
            "arrayminus": [None if value is None else value - low for value, low, _ in points],
            "color": palette.REST,
            "thickness": 2,
            "width": 4,
        },
        "marker": {
            "size": 12,
            "color": palette.REST,
            "symbol": symbol,
            "line": {"width": 2, "color": palette.REST},
        },
    }


def _point(entry: Slice, measure: str) -> tuple[float | None, float, float]:
    figure, ends = entry.figures[measure], entry.interval(measure)
    if figure.value is None:
        return None, 0.0, 0.0
    low, high = ends or (figure.value, figure.value)
    return (figure.value, low, high) if measure == "auc" else (1 - figure.value, 1 - high, 1 - low)


def _limit(highest: float) -> float:
    return min(1.02, max(0.05, 1.08 * highest))
