"""Comparisons drawn: pure functions from results to figures. Runs keep charts_runs' colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pages.shared import charts, palette
from pages.shared.charts_runs import run_colour

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from engine.judging.resampling import Estimate
    from engine.judging.spread import Strategy

ROW = 44  # pixels of a row
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "x")


def differences(estimates: Mapping[str, Estimate], numbers: Sequence[int], what: str) -> go.Figure:
    """Each run's difference from the baseline with its interval; hollow where 0 lies within.

    `numbers` are the runs' places among the compared ones: they keep their colours.
    """
    names = list(estimates)
    traces = []
    for name, number in zip(names, numbers, strict=True):
        entry = estimates[name]
        sure = entry.low > 0 or entry.high < 0
        bars = [np.nan_to_num(entry.high - entry.value), np.nan_to_num(entry.value - entry.low)]
        colour = run_colour(number)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [entry.value],
                "y": [name],
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": bars[:1],
                    "arrayminus": bars[1:],
                    "color": colour,
                    "thickness": 2.5,
                },
                "marker": {
                    "color": colour,
                    "size": 13,
                    "symbol": "circle" if sure else "circle-open",
                    "line": {"width": 2.5, "color": colour},
                },
                "hovertemplate": f"%{{x:+.3f}}, 95% interval {entry.low:+.3f} to {entry.high:+.3f}"
                f"<extra>{name}</extra>",
            }
        )
    zero = {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper"}
    zero["line"] = {"color": palette.REST, "dash": "dot", "width": 1.5}
    return charts.assembled(traces, _rows(len(names), what), shapes=[zero])


def agreement(share: pd.DataFrame) -> go.Figure:
    """Share of equal calls for each two runs, in a grey that is stronger where they differ more."""
    names = [str(name) for name in share.columns]
    values = share.to_numpy()
    low = float(values.min())
    faint, strong = (f"rgba(124,136,148,{alpha})" for alpha in (0.08, 0.5))  # palette.REST
    # Annotations keep the theme's text colour; a cell's own text would ignore what shines through.
    notes = [
        {
            "x": column,
            "y": row,
            "text": f"{100 * values[y, x]:.0f}%",
            "showarrow": False,
            "font": {"size": 15},
        }
        for y, row in enumerate(names)
        for x, column in enumerate(names)
    ]
    trace = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": values,
        "zmin": min(low, 0.99),
        "zmax": 1,
        "colorscale": [[0, strong], [1, faint]],
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "hovertemplate": "%{y} and %{x} agree on %{z:.1%}<extra></extra>",
    }
    layout = charts.axes("", "")
    layout |= {"height": 90 + 48 * len(names), "margin": {"l": 90, "r": 6, "t": 8, "b": 40}}
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False}
    layout["xaxis"] |= {"showgrid": False}
    return charts.assembled([trace], layout, annotations=notes)


def spread(values: Mapping[str, Sequence[float]], labels: Mapping[str, str]) -> go.Figure:
    """Each figure's runs as points, their mean as a line, mean ± deviation as a band."""
    traces, shapes = [], []
    for place, (name, points) in enumerate(values.items()):
        middle, deviation = float(np.mean(points)), float(np.std(points, ddof=1))
        across = {"yref": "y", "y0": place - 0.3, "y1": place + 0.3}
        band = {"type": "rect", "x0": middle - deviation, "x1": middle + deviation, **across}
        shapes.append({**band, "fillcolor": palette.REST, "opacity": 0.25, "line": {"width": 0}})
        line = {"color": palette.REST, "width": 2}
        shapes.append({"type": "line", "x0": middle, "x1": middle, **across, "line": line})
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": list(points),
                "y": [labels[name]] * len(points),
                "marker": {"size": 9, "color": run_colour(0), "opacity": 0.8},
                "hovertemplate": f"{labels[name]} %{{x:.3f}}<extra></extra>",
            }
        )
    return charts.assembled(traces, _rows(len(values), "value"), shapes=shapes)


def price(table: pd.DataFrame, price: str, title: str, gain: str, label: str) -> go.Figure:
    """Runs by price and gain; those that nothing as cheap beats are full and joined by steps."""
    best = table[table["best"]]
    rest = table[~table["best"]]
    steps = {"color": palette.REST, "width": 1.5, "dash": "dot", "shape": "hv"}
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": best[price].to_numpy(),
            "y": best[gain].to_numpy(),
            "line": steps,
            "hoverinfo": "skip",
        }
    ]
    for rows, symbol, shown in ((best, "circle", True), (rest, "circle-open", len(table) <= 8)):
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text" if shown else "markers",
                "x": rows[price].to_numpy(),
                "y": rows[gain].to_numpy(),
                "text": rows["name"].tolist(),
                "textposition": "top center",
                "marker": {"size": 11, "symbol": symbol, "color": run_colour(0)},
                "hovertemplate": f"%{{text}}: {label} %{{y:.3f}}, %{{x:,.0f}}<extra></extra>",
            }
        )
    layout = charts.axes(title, label)
    layout["xaxis"] |= _log(table[price])
    layout["height"] = charts.HEIGHT + 60
    low, high = float(table[gain].min()), float(table[gain].max())
    layout["yaxis"]["range"] = [low - 0.1 * (high - low + 0.02), high + 0.2 * (high - low + 0.02)]
    return charts.assembled(traces, layout)


def strategies(entries: Sequence[Strategy], labels: Mapping[str, str], measure: str) -> go.Figure:
    """Each strategy at 0.5 (hollow) and at its own threshold (full, in the threshold's colour)."""
    rows = [labels[entry.run] for entry in entries]
    joins = {
        "type": "scatter",
        "mode": "lines",
        "x": [x for entry in entries for x in (entry.at_half, entry.at_own, None)],
        "y": [y for row in rows for y in (row, row, None)],
        "line": {"color": palette.REST, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    marks = []
    for name, symbol, colour in (
        ("at_half", "circle-open", palette.REST),
        ("at_own", "circle", palette.THRESHOLD),
    ):
        label = "at 0.5" if name == "at_half" else "at its own threshold"
        marks.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label,
                "x": [getattr(entry, name) for entry in entries],
                "y": rows,
                "marker": {"size": 13, "symbol": symbol, "color": colour, "line": {"width": 2.5}},
                "hovertemplate": f"%{{y}} {label}: %{{x:.3f}}<extra></extra>",
            }
        )
    layout = _rows(len(rows), measure)
    layout |= {"showlegend": True, "height": layout["height"] + 30}
    layout["legend"] = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0}
    layout["margin"] = {**layout["margin"], "t": 30}
    return charts.assembled([joins, *marks], layout)


def _rows(count: int, title: str) -> dict[str, Any]:
    """The layout of one row a name, the first on top."""
    layout = charts.axes(title, "")
    layout["height"] = 70 + ROW * max(count, 2)
    layout["margin"] = {"l": 120, "r": 12, "t": 8, "b": 44}
    layout["yaxis"] |= {"autorange": "reversed", "automargin": True, "showgrid": False}
    return layout


def _log(values: pd.Series) -> dict[str, Any]:
    """A logarithmic axis where prices differ more than tenfold."""
    low, high = float(values.min()), float(values.max())
    return {"type": "log"} if low > 0 and high / low > 10 else {}
