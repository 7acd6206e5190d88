"""What every plotly figure is put together from. Colours mean what palette.py says.

A figure is put together from plain values and checked by plotly once: its `add_...` methods copy
and check the whole figure again each time, which a threshold change has no time for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displayModeBar": False}  # of every plotly chart
HEIGHT = 250


def path(table: pd.DataFrame, x: str, y: str, **more: Any) -> dict[str, Any]:
    """A curve over thresholds that tells the threshold under the mouse."""
    names = f"{x.replace('_', ' ')} %{{x:.2f}}, {y} %{{y:.2f}}"
    return {
        "type": "scatter",
        "mode": "lines",
        "x": table[x].to_numpy(),
        "y": table[y].to_numpy(),
        "customdata": table["threshold"].to_numpy(),
        "hovertemplate": f"threshold %{{customdata:.3g}}: {names}<extra></extra>",
        **more,
    }


def square(x: str, y: str, low: float = -0.02) -> dict[str, Any]:
    """The layout for two shares."""
    layout = axes(x, y)
    layout["xaxis"]["range"] = [-0.02, 1.02]
    layout["yaxis"]["range"] = [low, 1.04]
    return layout


def axes(x: str, y: str) -> dict[str, Any]:
    """The layout of every figure, its axes named."""
    return {
        "height": HEIGHT,
        "margin": {"l": 48, "r": 6, "t": 8, "b": 40},
        "showlegend": False,
        "xaxis": {"title": {"text": x, "standoff": 6}},
        "yaxis": {"title": {"text": y, "standoff": 4}},
    }


def assembled(traces: list[dict[str, Any]], layout: dict[str, Any], **more: Any) -> go.Figure:
    """Make the figure, checked by plotly in one go."""
    import plotly.graph_objects as go

    return go.Figure({"data": traces, "layout": {**layout, **more}})
