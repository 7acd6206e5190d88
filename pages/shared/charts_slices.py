"""Slices drawn: each one's figure with its interval, against the figure of all images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.judging.slices import MEASURES, Slice, Slices, below
from engine.judging.slicing import FAMILIES
from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN = 20  # the worst ones; the table has all
ROW = 26  # pixels


def dots(result: Slices, chosen: str = "") -> go.Figure:
    """One row a slice, the worst on top; filled where its interval lies below the whole's."""
    shown = result.judged[:SHOWN]
    whole = result.whole.figures[result.measure].value
    layout = charts.axes(MEASURES[result.measure], "")
    layout |= {"height": 70 + ROW * len(shown), "margin": {"l": 8, "r": 8, "t": 24, "b": 40}}
    layout["xaxis"] |= {"range": [_low(result), 1.02]}
    layout["yaxis"] = {
        "autorange": "reversed",
        "automargin": True,
        "tickvals": list(range(len(shown))),
        "ticktext": [_marked(entry, chosen) for entry in shown],
        "showgrid": False,
        "zeroline": False,
    }
    if whole is None:
        return charts.assembled([_points(result, shown)], layout)
    line = {"color": palette.REST, "dash": "dot", "width": 2}
    rule = {"type": "line", "x0": whole, "x1": whole, "y0": 0, "y1": 1, "yref": "paper"}
    note = {"text": f"all {len(result.whole.group):,}", "x": whole, "y": 1, "yref": "paper"}
    note |= {"yanchor": "bottom", "showarrow": False, "font": {"size": 11}}
    return charts.assembled(
        [_points(result, shown)], layout, shapes=[rule | {"line": line}], annotations=[note]
    )


def _points(result: Slices, shown: tuple[Slice, ...]) -> dict[str, Any]:
    figures = [entry.figures[result.measure] for entry in shown]
    values = [figure.value for figure in figures]
    apart = {entry.group.key for entry in below(result)}
    hues = [palette.class_colour(entry.group.name) for entry in shown]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": list(range(len(shown))),
        "customdata": [
            [entry.group.key, FAMILIES[entry.group.family], figure.text, figure.interval or "none"]
            for entry, figure in zip(shown, figures, strict=True)
        ],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_reach(figure.high, figure.value) for figure in figures],
            "arrayminus": [_reach(figure.value, figure.low) for figure in figures],
            "color": palette.REST,
            "thickness": 2,
            "width": 4,
        },
        "marker": {
            "size": 12,
            "color": hues,
            "symbol": ["diamond" if entry.group.key in apart else "circle-open" for entry in shown],
            "line": {"width": 2, "color": hues},
        },
        "hovertemplate": "%{customdata[1]}: %{customdata[2]}, 95% interval %{customdata[3]}"
        "<extra></extra>",
    }


def _marked(entry: Slice, chosen: str) -> str:
    name = f"{entry.group.name} · {len(entry.group):,}"
    return f"<b>▸ {name}</b>" if entry.group.key == chosen else name


def _low(result: Slices) -> float:
    lows = [entry.figures[result.measure].low for entry in result.judged]
    values = [entry.figures[result.measure].value for entry in result.judged]
    known = [value for value in (*lows, *values) if value is not None]
    return max(-0.02, min(known, default=0.0) - 0.05)


def _reach(high: float | None, low: float | None) -> float:
    return 0.0 if high is None or low is None else max(high - low, 0.0)
