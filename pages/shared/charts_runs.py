"""Runs drawn side by side: pure functions from tables to figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.judging.curves import Curves, thinned
from pages.shared import charts

if TYPE_CHECKING:
    import plotly.graph_objects as go

RUN_COLOURS = ("#56B4E9", "#E69F00", "#CC79A7", "#8C9BFF", "#B8A642", "#A0A8B0")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
LEGEND: dict[str, Any] = {
    "height": charts.HEIGHT + 60,
    "showlegend": True,
    "legend": {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
    "margin": {"l": 48, "r": 6, "t": 30, "b": 40},
}
AXES = {
    "roc": ("false_alarms", "recall", "false-alarm rate (1 - specificity)"),
    "pr": ("recall", "precision", "recall"),
}


def run_curves(curves: Mapping[str, Curves], kind: str) -> go.Figure:
    """Several runs' ROC or precision-recall curves ("roc" or "pr"), told apart by dash too."""
    x, y, title = AXES[kind]
    traces = [
        charts.path(thinned(getattr(entry, kind)), x, y, name=name, line=run_line(number))
        for number, (name, entry) in enumerate(curves.items())
    ]
    return charts.assembled(traces, charts.square(title, y), **LEGEND)


def learning(histories: Mapping[str, pd.DataFrame], measure: str) -> go.Figure:
    """Several runs' validation curves by epoch; training is thin; a star marks the best."""
    traces = [
        trace
        for number, (name, table) in enumerate(histories.items())
        for trace in _learned(name, table, measure, run_line(number))
    ]
    return charts.assembled(traces, charts.axes("epoch", measure), **LEGEND)


def run_colour(number: int) -> str:
    """The colour of the n-th run compared, the same in every chart."""
    return RUN_COLOURS[number % len(RUN_COLOURS)]


def run_line(number: int) -> dict[str, Any]:
    """The colour and dash of the n-th run compared, the same in every chart."""
    return {
        "color": run_colour(number),
        "dash": DASHES[number % len(DASHES)],
        "width": 2.5,
    }


def _learned(
    name: str, table: pd.DataFrame, measure: str, line: dict[str, Any]
) -> list[dict[str, Any]]:
    epochs, values = table["epoch"].to_numpy(), table[f"val_{measure}"]
    base = {"type": "scatter", "mode": "lines", "x": epochs}
    thin = {"name": f"{name}, training", "line": {**line, "width": 1}, "showlegend": False}
    traces = [
        {**base, **thin, "y": table[measure].to_numpy(), "opacity": 0.6},
        {**base, "name": name, "line": line, "y": values.to_numpy()},
    ]
    if values.notna().any():
        best = int(values.argmin() if measure == "loss" else values.argmax())
        star = {"symbol": "star", "size": 12, "color": line["color"]}
        place = {"x": epochs[best : best + 1], "y": values.to_numpy()[best : best + 1]}
        hidden = {"name": f"{name}, best", "showlegend": False}
        traces.append({"type": "scatter", "mode": "markers", "marker": star, **place, **hidden})
    return traces
