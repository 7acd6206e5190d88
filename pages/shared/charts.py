"""Judging drawn: pure functions from tables to figures. Colours mean what palette.py says.

A figure is put together from plain values and checked by plotly once: its `add_...` methods copy
and check the whole figure again each time, which a threshold change has no time for.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.judging.curves import Curves, thinned
from engine.judging.sentences import cut, word
from pages.shared import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displayModeBar": False}  # of every plotly chart
HEIGHT = 250
Point = tuple[float, float, float]  # x, y, threshold


def precision_recall(
    curves: Curves, grid: pd.DataFrame | None = None, now: Point | None = None
) -> go.Figure:
    """The curve with report D's marked thresholds; `now` is (recall, precision, threshold)."""
    colour = palette.class_colour(curves.name)
    traces = [path(thinned(curves.pr), "recall", "precision", line={"color": colour, "width": 2})]
    notes = [_note("guessing", x=0, y=curves.prevalence, size=10, xanchor="left", yshift=8)]
    if grid is not None:
        marks = grid.dropna(subset=["precision", "recall"])
        traces.append(_marks(marks))
        notes += [_best(row) for row in marks[marks["best"]].itertuples()]
    guess = {"color": palette.REST, "dash": "dot", "width": 1}
    low = max(0.0, floor(10 * curves.prevalence - 1) / 10) - 0.02
    return assembled(
        traces + _points(now),
        square("recall", "precision", low),
        shapes=[_line(y0=curves.prevalence, y1=curves.prevalence, xref="paper", line=guess)],
        annotations=notes,
    )


def roc(curves: Curves, now: Point | None = None) -> go.Figure:
    """The ROC; `now` is (false-alarm rate, recall, threshold)."""
    colour = palette.class_colour(curves.name)
    line = {"color": colour, "width": 2}
    traces = [path(thinned(curves.roc), "false_alarms", "recall", line=line)]
    guess = {"color": palette.REST, "dash": "dot", "width": 1}
    return assembled(
        traces + _points(now),
        square("false-alarm rate (1 - specificity)", "recall"),
        shapes=[_line(y0=0, y1=1, line=guess)],
    )


def histogram(table: pd.DataFrame, classes: tuple[str, ...], line: float | None) -> go.Figure:
    """Scores by true class: the class looked for points up, the others down, wrong is hatched.

    Heights are square roots, or the crowds at 0 and 1 would hide the few near the line.
    """
    layout = axes(f"score for {word(classes[-1])}", "X-rays")
    layout["xaxis"]["range"] = [-0.01, 1.01]
    layout["yaxis"] |= _count_ticks(table, classes)
    layout |= {"barmode": "overlay", "bargap": 0.05}
    now = {"color": palette.THRESHOLD, "width": 3}
    return assembled(
        [_bars(table, name, name == classes[-1], line) for name in classes],
        layout,
        shapes=[] if line is None else [_line(x0=line, x1=line, y1=1, yref="paper", line=now)],
        annotations=_sides(classes),
    )


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


def _marks(rows: pd.DataFrame) -> dict[str, Any]:
    """One mark a threshold .1, .15 ... .9; the best F1 is a diamond."""
    best = rows["best"].to_numpy()
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["recall"].to_numpy(),
        "y": rows["precision"].to_numpy(),
        "customdata": rows[["threshold", "f1"]].to_numpy(),
        "marker": {
            "color": palette.REST,
            "size": [11 if mark else 6 for mark in best],
            "symbol": ["diamond" if mark else "circle" for mark in best],
        },
        "hovertemplate": "threshold %{customdata[0]:.2f}: F1 %{customdata[1]:.2f}, "
        "precision %{y:.2f}, recall %{x:.2f}<extra></extra>",
    }


def _best(row: Any) -> dict[str, Any]:
    text = f"best F1 {row.f1:.2f} at {row.threshold:.2f}"
    arrow = {"showarrow": True, "ax": -62, "ay": 34, "arrowcolor": palette.REST}
    return _note(text, x=row.recall, y=row.precision) | arrow


def _points(now: Point | None) -> list[dict[str, Any]]:
    """The chosen threshold's point on a curve."""
    if now is None:
        return []
    x, y, threshold = now
    ring = {"color": palette.THRESHOLD, "size": 14, "line": {"width": 2, "color": "white"}}
    text = f"now: threshold {cut(threshold)}, %{{x:.2f}}, %{{y:.2f}}<extra></extra>"
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x],
            "y": [y],
            "marker": ring,
            "hovertemplate": text,
        }
    ]


def _bars(table: pd.DataFrame, name: str, up: bool, line: float | None) -> dict[str, Any]:
    middle = ((table["low"] + table["high"]) / 2).to_numpy()
    wrong = [line is not None and (value < line) == up for value in middle]
    return {
        "type": "bar",
        "x": middle,
        "y": (table[name] ** 0.5).to_numpy() * (1 if up else -1),
        "width": (table["high"] - table["low"]).to_numpy(),
        "customdata": table[["low", "high", name]].to_numpy(),
        "name": word(name),
        "marker": {
            "color": palette.class_colour(name),
            "line": {"width": 0},
            "pattern": {"shape": ["/" if mark else "" for mark in wrong], "solidity": 0.45},
        },
        "hovertemplate": "%{customdata[2]:,} with a score of %{customdata[0]:.3g} to "
        "%{customdata[1]:.3g}<extra>" + word(name) + "</extra>",
    }


def _sides(classes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Name what points up and what points down, where a legend would need hatched samples."""
    paper = {"xref": "paper", "yref": "paper"}
    below = ", ".join(word(name) for name in classes[:-1])
    return [
        _note(f"▲ {word(classes[-1])}", x=0.5, y=1, yanchor="top", **paper),
        _note(f"▼ {below}", x=0.5, y=0, yanchor="bottom", **paper),
    ]


def _count_ticks(table: pd.DataFrame, classes: tuple[str, ...]) -> dict[str, Any]:
    """Label the square roots with the counts; counts below the axis have no minus."""
    counts = (0, 5, 20, 100, 400, 2000, 10_000, 50_000)
    up = float(table[classes[-1]].max())
    down = float(table[list(classes[:-1])].max().max())
    rising = [(count**0.5, f"{count:,}") for count in counts if count <= up]
    falling = [(-(count**0.5), f"{count:,}") for count in counts[1:] if count <= down]
    return {
        "tickvals": [value for value, _ in rising + falling],
        "ticktext": [text for _, text in rising + falling],
        "range": [-1.25 * max(down, 4) ** 0.5, 1.25 * max(up, 4) ** 0.5],
    }


def _line(**ends: Any) -> dict[str, Any]:
    return {"type": "line", "x0": 0, "x1": 1, "y0": 0, "layer": "above", **ends}


def _note(text: str, size: int = 11, **place: Any) -> dict[str, Any]:
    return {"text": text, "font": {"size": size}, "showarrow": False, **place}
