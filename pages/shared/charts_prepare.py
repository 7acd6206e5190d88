"""Prepare's figures: grey values before and after, and what a network's channels receive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.vision.effects import histogram
from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEVELS = list(range(256))
TOP = 98.0  # percentile of the bars that the axis ends at: a black border would flatten the rest
DASHES = ("solid", "dash", "dot")


def before_and_after(before: np.ndarray, after: np.ndarray) -> go.Figure:
    """The share of the pixels at each grey value; a line that leaves the top goes on above."""
    shares = [100 * histogram(image) for image in (before, after)]
    traces = [
        _line("before", shares[0], {"color": palette.REST, "width": 1}, fill="tozeroy"),
        _line("after", shares[1], {"color": palette.CHANGED, "width": 2}),
    ]
    layout = charts.axes("grey value, 0 black to 255 white", "% of pixels")
    layout["yaxis"]["range"] = _range(np.concatenate(shares))
    layout["xaxis"]["range"] = [-2, 257]
    return charts.assembled(traces, layout, height=210, **_legend())


def channels(table: np.ndarray, shares: np.ndarray, names: tuple[str, ...]) -> go.Figure:
    """What each channel receives: `table` (256, channels) values, `shares` of the grey values."""
    traces = []
    for number, name in enumerate(names):
        line = {"color": palette.CHANGED, "width": 2, "dash": DASHES[number]}
        traces.append(_line(name, 100 * shares, line, x=table[:, number]))
    layout = charts.axes("value at the first learned layer", "% of pixels")
    layout["yaxis"]["range"] = _range(100 * shares)
    return charts.assembled(traces, layout, height=210, **_legend())


def _range(shares: np.ndarray) -> list[float]:
    seen = shares[shares > 0]
    return [0, 1.15 * float(np.percentile(seen, TOP))]


def _line(name: str, shares: np.ndarray, line: dict[str, object], **more: object) -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": LEVELS,
        "y": shares,
        "line": line,
        "hovertemplate": f"{name}: %{{y:.2f}}% at %{{x:.3g}}<extra></extra>",
        **more,
    }


def _legend() -> dict[str, object]:
    place = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "top"}
    return {"showlegend": True, "legend": place}
