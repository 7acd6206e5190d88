"""The audit drawn: pure functions from tables to figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

GUESSING = 0.5


def areas(values: Mapping[str, float], network: str = "") -> go.Figure:
    """One bar an AUC, from guessing on; the network's is in colour, the others are hatched."""
    names = list(values)
    mine = [name == network for name in names]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": [value - GUESSING for value in values.values()],
        "base": GUESSING,
        "text": [f"{value:.2f}" for value in values.values()],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: AUC %{text}<extra></extra>",
        "marker": {
            "color": [palette.PNEUMONIA if own else palette.REST for own in mine],
            "pattern": {"shape": ["" if own else "/" for own in mine], "solidity": 0.3},
        },
    }
    layout = charts.axes("AUC (0.5 is guessing, 1 is perfect)", "")
    layout["height"] = 70 + 42 * len(names)
    layout["xaxis"] |= {"range": [min(GUESSING, *values.values()) - 0.02, 1.04]}
    layout["yaxis"] |= {"autorange": "reversed", "automargin": True, "ticksuffix": "  "}
    return charts.assembled([bars], layout)


def both_splits(rows: Mapping[str, tuple[float, float]]) -> go.Figure:
    """One line a figure, from its value under the honest split to that under the random one."""
    names = list(rows)
    traces = []
    for name, (honest, leaky) in rows.items():
        line = {"color": palette.REST, "width": 3}
        ends = {"type": "scatter", "x": [honest, leaky], "y": [name, name], "line": line}
        marks = {"symbol": ["circle", "diamond-open"], "size": 13, "color": palette.PNEUMONIA}
        words = ["honest split", "random split"]
        text = [f"{honest:.2f}", f"{leaky:.2f}"]
        place = ["middle left", "middle right"]
        traces.append(
            {
                **ends,
                "mode": "lines+markers+text",
                "marker": marks,
                "text": text,
                "textposition": place if leaky >= honest else place[::-1],
                "customdata": words,
                "hovertemplate": "%{y} %{text}, %{customdata}<extra></extra>",
            }
        )
    layout = charts.axes("on the test images of each split", "")
    layout["height"] = 70 + 46 * len(names)
    low = min(min(pair) for pair in rows.values())
    layout["xaxis"] |= {"range": [max(0.0, low - 0.08), 1.05]}
    layout["yaxis"] |= {"autorange": "reversed", "automargin": True, "ticksuffix": "  "}
    return charts.assembled(traces, layout)
