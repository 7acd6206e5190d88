"""Trust drawn: scores while pixels go and come, likeness after random weights, figures in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.explaining.trust import BLOB, Measured, Trust
from engine.explaining.trust_baselines import label
from engine.explaining.trust_table import CHANGES, FIGURES, SURVIVES, Value, beats, value
from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left"}
ROW = 30  # pixels


def curve(found: Trust, row: Measured, name: str, picture: int | None = None) -> go.Figure:
    """A method's score while pixels go ("deletion") or come, beside a random order and the blob.

    The mean over all X-rays, or one X-ray's own where its place is given.
    """
    lines = [
        (found.row(BLOB), palette.REST, "dash", 2),
        (found.row(row.against), palette.REST, "dot", 2),
        (row, palette.PNEUMONIA, "solid", 3),
    ]
    traces = [
        _line(entry, name, picture, {"color": hue, "dash": dash, "width": width})
        for entry, hue, dash, width in lines
    ]
    verb = "taken away" if name == "deletion" else "put in"
    layout = charts.axes(f"share of the pixels {verb}", "score of the true class")
    layout["xaxis"] |= {"tickformat": ".0%", "range": [-0.01, 1.01]}
    layout["yaxis"]["range"] = [-0.02, 1.04]
    layout |= {"showlegend": True, "legend": LEGEND | {"traceorder": "reversed"}}
    layout["margin"] |= {"t": 44}
    layout["height"] = 270
    return charts.assembled(traces, layout)


def forgetting(row: Measured) -> go.Figure:
    """How like the maps stay to the learned one, the more layers are random."""
    layers = row.arrays["layers"].astype(int).tolist()
    names = [f"last {count}" for count in layers]
    names[-1] = f"all {layers[-1]}"
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": text,
            "x": names,
            "y": _means(row.arrays[key]),
            "line": {"color": palette.NEW, "dash": dash, "width": 3},
            "marker": {"symbol": symbol, "size": 9},
            "hovertemplate": f"%{{x}} layers random: {text} %{{y:.2f}}<extra></extra>",
        }
        for key, text, dash, symbol in (
            ("rank", "rank correlation", "solid", "circle"),
            ("ssim", "SSIM", "dot", "diamond"),
        )
    ]
    others = row.arrays["rank_others"]
    if np.isfinite(others).any():
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "maps of different X-rays",
                "x": names,
                "y": [float(np.nanmean(others))] * len(names),
                "line": {"color": palette.REST, "dash": "dash", "width": 2},
            }
        )
    layout = charts.axes("layers with random weights", "like the learned map")
    layout["yaxis"]["range"] = [-0.15, 1.05]
    layout |= {"showlegend": True, "legend": LEGEND, "height": 300}
    layout["margin"] |= {"t": 44}
    bands = [_band(SURVIVES, 1.05, 0.14), _band(CHANGES, SURVIVES, 0.06)]
    return charts.assembled(traces, layout, shapes=bands)


def dots(found: Trust, figure: str) -> go.Figure:
    """One row a method, then the baselines: the figure with its 95% interval."""
    values = [value(row, figure) for row in found.rows]
    names = [label(row.method) for row in found.rows]
    layout = charts.axes(FIGURES[figure].label, "")
    layout |= {"height": 70 + ROW * len(names), "margin": {"l": 8, "r": 8, "t": 8, "b": 48}}
    layout["xaxis"] |= {"range": [-0.03, 1.03]}
    layout["yaxis"] = {
        "autorange": "reversed",
        "automargin": True,
        "tickvals": list(range(len(names))),
        "ticktext": [f"{name} · {one.n}" for name, one in zip(names, values, strict=True)],
        "showgrid": False,
        "zeroline": False,
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [one.mean if one.n else None for one in values],
        "y": list(range(len(names))),
        "customdata": [[name, one.text] for name, one in zip(names, values, strict=True)],
        "error_x": _bars(values),
        "marker": _marker(found, figure),
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra></extra>",
    }
    return charts.assembled([points], layout)


def _bars(values: list[Value]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [_reach(one.high, one.mean) for one in values],
        "arrayminus": [_reach(one.mean, one.low) for one in values],
        "color": palette.REST,
        "thickness": 2,
        "width": 4,
    }


def _marker(found: Trust, figure: str) -> dict[str, Any]:
    """Filled where a method beats both baselines."""
    hues = [palette.REST if row.is_baseline else palette.PNEUMONIA for row in found.rows]
    won = [not row.is_baseline and beats(found, row, figure) for row in found.rows]
    symbols = ["circle" if good else "circle-open" for good in won]
    return {"size": 12, "color": hues, "symbol": symbols, "line": {"width": 2, "color": hues}}


def _line(row: Measured, name: str, picture: int | None, line: dict[str, Any]) -> dict[str, Any]:
    scores = row.arrays[name]
    shown = scores.mean(axis=0) if picture is None else scores[picture]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "random order" if row.method.startswith("random") else label(row.method),
        "x": np.linspace(0, 1, len(shown)).tolist(),
        "y": shown.tolist(),
        "line": line,
        "hovertemplate": f"{label(row.method)}: %{{x:.0%}} gives %{{y:.2f}}<extra></extra>",
    }


def _means(values: np.ndarray) -> list[float | None]:
    return [float(np.nanmean(row)) if np.isfinite(row).any() else None for row in values]


def _band(low: float, high: float, opacity: float) -> dict[str, Any]:
    """Where maps are too alike: the stronger, the worse."""
    place = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high}
    look = {"fillcolor": palette.REST, "opacity": opacity, "line": {"width": 0}}
    return {**place, **look, "layer": "below"}


def _reach(high: float, low: float) -> float:
    return 0.0 if np.isnan(high) or np.isnan(low) else max(high - low, 0.0)
