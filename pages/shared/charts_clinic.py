"""Calibration and net benefit drawn: pure functions from tables to figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.judging.calibration import Calibration
from engine.judging.sentences import word
from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

BARS = 20
BETWEEN = 0.26  # height of the histogram under the diagram
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left"}


def reliability(
    before: Calibration,
    spread: np.ndarray,
    threshold: float,
    after: Calibration | None = None,
    spread_after: np.ndarray | None = None,
) -> go.Figure:
    """True share against mean score, groups as points, over a histogram of the scores.

    `spread` are the scores themselves; the scores before step back to grey once there is an after.
    """
    hue = palette.class_colour(before.name)
    first = palette.REST if after else hue
    traces = [
        {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip"}
        | {"line": {"color": palette.REST, "dash": "dot", "width": 1}, "showlegend": False},
        _points(before, "as stored", first, "circle"),
        _bars(spread, first, "as stored"),
    ]
    if after is not None and spread_after is not None:
        traces.append(_points(after, "recalibrated", hue, "diamond"))
        traces.append(_bars(spread_after, hue, "recalibrated"))
    return charts.assembled(traces, _diagram(before.name, threshold, after is not None))


def decisions(
    table: pd.DataFrame,
    name: str,
    threshold: float,
    others: Mapping[str, pd.DataFrame],
) -> go.Figure:
    """Net benefit over threshold probability; `others` are further models, dashed."""
    hue = palette.class_colour(name)
    traces = [
        _line(table, "all", "treat all", {"color": palette.REST, "dash": "dash", "width": 2}),
        _line(table, "none", "treat none", {"color": palette.REST, "dash": "dot", "width": 2}),
        *(
            _line(other, "model", label, {"color": hue, "dash": dash, "width": 2})
            for (label, other), dash in zip(others.items(), ("dash", "dashdot"), strict=False)
        ),
        _line(table, "model", "the model", {"color": hue, "width": 2.5}),
    ]
    layout = charts.axes("threshold probability", "net benefit")
    top = max(float(table["all"].max()), 1e-3)
    layout["yaxis"]["range"] = [-0.25 * top, 1.08 * top]
    layout["xaxis"]["range"] = [0, 1]
    layout |= {"showlegend": True, "legend": LEGEND, "height": 320}
    layout["margin"] = {**layout["margin"], "t": 44}
    return charts.assembled(traces, layout, shapes=[_upright(threshold)])


def _points(found: Calibration, label: str, hue: str, symbol: str) -> dict[str, Any]:
    table = found.table
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label,
        "x": table["score"].to_numpy(),
        "y": table["share"].to_numpy(),
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": (table["share_high"] - table["share"]).to_numpy(),
            "arrayminus": (table["share"] - table["share_low"]).to_numpy(),
            "color": hue,
            "thickness": 1.2,
            "width": 3,
        },
        "customdata": table[["low", "high", "positives", "images"]].to_numpy(),
        "line": {"color": hue, "width": 1.5, "dash": "dash" if symbol == "diamond" else "solid"},
        "marker": {"color": hue, "size": 9, "symbol": symbol},
        "hovertemplate": "scores %{customdata[0]:.2f} to %{customdata[1]:.2f}, mean %{x:.2f}: "
        f"%{{customdata[2]:,}} of %{{customdata[3]:,}} are {word(found.name)} (%{{y:.0%}})"
        "<extra></extra>",
    }


def _bars(scores: np.ndarray, hue: str, label: str) -> dict[str, Any]:
    """Images per score; heights are square roots, or the crowds at 0 and 1 would hide the rest."""
    counts, edges = np.histogram(scores, np.linspace(0, 1, BARS + 1))
    after = label == "recalibrated"
    return {
        "type": "bar",
        "name": label,
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": counts**0.5,
        "width": (0.4 if after else 0.9) / BARS,
        "customdata": np.column_stack([edges[:-1], edges[1:], counts]),
        "marker": {"color": hue, "line": {"width": 0}},
        "opacity": 1.0 if after else 0.75,
        "yaxis": "y2",
        "showlegend": False,
        "hovertemplate": "%{customdata[2]:,} X-rays with a score of %{customdata[0]:.2f} to "
        f"%{{customdata[1]:.2f}}, {label}<extra></extra>",
    }


def _diagram(name: str, threshold: float, both: bool) -> dict[str, Any]:
    layout = charts.axes(f"score for {word(name)}", f"share that is {word(name)}")
    layout["xaxis"] |= {"range": [-0.02, 1.02], "anchor": "y2"}
    layout["yaxis"] |= {"range": [-0.03, 1.03], "domain": [BETWEEN + 0.05, 1]}
    counts = (0, 20, 100, 400, 2000, 10_000, 50_000)
    return layout | {
        "height": 420,
        "margin": {**layout["margin"], "t": 34 if both else 8},
        "showlegend": both,
        "legend": LEGEND,
        "barmode": "overlay",
        "yaxis2": {
            "domain": [0, BETWEEN],
            "title": {"text": "X-rays", "standoff": 4},
            "tickvals": [count**0.5 for count in counts],
            "ticktext": [f"{count:,}" for count in counts],
            "rangemode": "tozero",
        },
        "shapes": [_upright(threshold)],
    }


def _line(table: pd.DataFrame, column: str, label: str, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": table["threshold"].to_numpy(),
        "y": table[column].to_numpy(),
        "line": line,
        "hovertemplate": f"at %{{x:.2f}}: net benefit %{{y:.3f}}<extra>{label}</extra>",
    }


def _upright(threshold: float) -> dict[str, Any]:
    line = {"color": palette.THRESHOLD, "width": 2}
    ends = {"x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", "layer": "above", "line": line, **ends}
