"""Studies drawn: pure functions from their tables to figures."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pages.shared import charts, palette
from pages.shared.charts_runs import LEGEND, run_colour, run_line

if TYPE_CHECKING:
    import plotly.graph_objects as go

WIDE = 26  # signs of a name in one line
BARE = {"showgrid": False, "zeroline": False}
ROW = 44  # pixels of a row
# Shades of palette.REST on all of which white stands at 4.5:1.
DARK, LIGHT = "#232A31", "#66717D"


def heat(
    means: pd.DataFrame, texts: pd.DataFrame, best: tuple[str, str] | None, more: bool = True
) -> go.Figure:
    """A heat table: lighter where the value is better, the best cell framed.

    `texts` say what each cell shows; both have settings as index and columns. `more` tells whether
    a greater value is better.
    """
    rows, columns = [str(name) for name in means.index], [str(name) for name in means.columns]
    values = means.to_numpy(float)
    known = ~np.isnan(values)
    trace = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "z": values,
        "text": np.where(known, texts.to_numpy(), ""),
        "texttemplate": "%{text}",
        "textfont": {"size": 14, "color": "#FFFFFF"},
        "colorscale": [[0, DARK], [1, LIGHT]],
        "reversescale": not more,
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "hoverongaps": False,
        "hoverinfo": "skip",
    }
    layout = charts.axes(str(means.columns.name or ""), str(means.index.name or ""))
    layout |= {"height": 80 + 52 * max(len(rows), 2)}
    layout["margin"] = {"l": 12, "r": 6, "t": 8, "b": 48}
    layout["xaxis"] |= _names(columns)
    layout["yaxis"] |= _names(rows) | {"autorange": "reversed", "automargin": True}
    shapes = [] if best is None else [_frame(columns.index(best[1]), rows.index(best[0]))]
    return charts.assembled([trace], layout, shapes=shapes)


def points(groups: Mapping[str, Sequence[float]], title: str) -> go.Figure:
    """Each group's runs as points, their mean as a line, mean ± deviation as a band."""
    traces, shapes = [], []
    for place, (name, values) in enumerate(groups.items()):
        colour = run_colour(place)
        middle = float(np.mean(values))
        across = {"yref": "y", "y0": place - 0.3, "y1": place + 0.3}
        line = {"color": colour, "width": 2}
        shapes.append({"type": "line", "x0": middle, "x1": middle, **across, "line": line})
        if len(values) > 1:
            sd = float(np.std(values, ddof=1))
            band = {"type": "rect", "x0": middle - sd, "x1": middle + sd, **across}
            shapes.append({**band, "fillcolor": colour, "opacity": 0.2, "line": {"width": 0}})
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": list(values),
                "y": [place] * len(values),
                "marker": {"size": 10, "color": colour, "opacity": 0.85},
                "hovertemplate": f"{name}: %{{x:.3f}}<extra></extra>",
            }
        )
    layout = charts.axes(title, "")
    layout |= {"height": 70 + ROW * max(len(groups), 2)}
    layout["margin"] = {"l": 12, "r": 12, "t": 8, "b": 44}
    layout["yaxis"] |= _names(list(groups)) | {"automargin": True, "showgrid": False}
    layout["yaxis"] |= {"range": [len(groups) - 0.5, -0.5]}
    return charts.assembled(traces, layout, shapes=shapes)


def bands(groups: Mapping[str, pd.DataFrame], measure: str) -> go.Figure:
    """Mean curves with one standard deviation to either side, of epoch, mean and sd."""
    traces: list[dict[str, Any]] = []
    for place, (name, table) in enumerate(groups.items()):
        epochs, middle = table["epoch"].to_numpy(), table["mean"].to_numpy(float)
        sd = np.nan_to_num(table["sd"].to_numpy(float))
        base = {"type": "scatter", "mode": "lines", "x": epochs, "legendgroup": name}
        edge = {**base, "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
        fill = "rgba({},{},{},0.2)".format(*palette.rgb(run_colour(place)))
        traces += [
            {**edge, "y": middle - sd},
            {**edge, "y": middle + sd, "fill": "tonexty", "fillcolor": fill},
            {
                **base,
                "mode": "lines+markers",
                "marker": {"size": 4},
                "name": name,
                "y": middle,
                "line": run_line(place),
                "hovertemplate": f"{name}, epoch %{{x}}: %{{y:.3f}}<extra></extra>",
            },
        ]
    return charts.assembled(traces, charts.axes("epoch", measure), **LEGEND)


def each(table: pd.DataFrame, measure: str, title: str) -> go.Figure:
    """Every run's validation curve by epoch; `table` has run, name, epoch and val_`measure`."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "marker": {"size": 4},
            "x": part["epoch"].to_numpy(),
            "y": part[f"val_{measure}"].to_numpy(float),
            "name": str(part["name"].iloc[0]),
            "line": run_line(place),
        }
        for place, (_, part) in enumerate(table.groupby("run", sort=False))
    ]
    return charts.assembled(traces, charts.axes("epoch", title), **LEGEND)


def pairs(table: pd.DataFrame, names: tuple[str, str], title: str) -> go.Figure:
    """Each fold's (or seed's) two values joined by a line; `table` has name, first, second."""
    rows = table["name"].tolist()
    joins = {
        "type": "scatter",
        "mode": "lines",
        "x": [
            x for a, b in zip(table["first"], table["second"], strict=True) for x in (a, b, None)
        ],
        "y": [y for row in rows for y in (row, row, None)],
        "line": {"color": palette.REST, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    marks = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": table[side].to_numpy(float),
            "y": rows,
            "marker": {"size": 12, "symbol": symbol, "color": run_colour(place)},
            "hovertemplate": f"{name}, %{{y}}: %{{x:.3f}}<extra></extra>",
        }
        for place, (name, side, symbol) in enumerate(
            zip(names, ("first", "second"), ("circle", "square"), strict=True)
        )
    ]
    layout = charts.axes(title, "") | LEGEND
    layout |= {"height": 110 + ROW * max(len(rows), 2)}
    layout["margin"] = {"l": 12, "r": 12, "t": 30, "b": 44}
    layout["yaxis"] |= {"autorange": "reversed", "automargin": True, "showgrid": False}
    return charts.assembled([joins, *marks], layout)


def _names(names: Sequence[str]) -> dict[str, Any]:
    """An axis whose places have names: numbers such as 10 would be taken for values."""
    return {"tickvals": list(range(len(names))), "ticktext": list(map(_wrapped, names))} | BARE


def _wrapped(name: str) -> str:
    """A name in lines that leave the picture its room on a phone."""
    return "<br>".join(textwrap.wrap(name, WIDE)) or name


def _frame(x: int, y: int) -> dict[str, Any]:
    around = {"x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5}
    return {"type": "rect", **around, "line": {"color": run_colour(0), "width": 3}}
