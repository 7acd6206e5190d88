"""A covered X-ray's score beside the same cover elsewhere, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from engine.explaining.covering import Baseline

ROWS = ("Your patches", "Hottest place", "Random places")
SPREAD = 0.2  # of the dots, so that equal scores stay apart


def places(
    plain: float, here: float, found: Baseline, index: int, name: str, threshold: float | None
) -> go.Figure:
    """Return one row each: here, at the hottest place, at random ones; the uncovered as a line."""
    lines = [_line(plain, palette.REST, "dot")]
    if threshold is not None:
        lines.append(_line(threshold, palette.THRESHOLD, "solid"))
    random = found.random[:, index]
    # The golden ratio spreads any number of dots evenly, and the same ones in the same way.
    aside = (np.arange(len(random)) * 0.618 % 1 - 0.5) * 2 * SPREAD
    traces = [
        _dots(random, 1 + aside, palette.REST, 7, "circle", ROWS[2]),
        _dots(np.array([here]), np.array([3]), palette.CHANGED, 14, "diamond", ROWS[0]),
    ]
    if found.hot is not None:
        hot = np.array([found.hot[index]])
        traces.append(_dots(hot, np.array([2]), palette.CHANGED, 13, "circle-open", ROWS[1]))
    layout = charts.axes(f"Score for {name}", "")
    layout["xaxis"] |= {"range": [-0.05, 1.05], "fixedrange": True}
    layout["yaxis"] |= {
        "range": [0.5, 3.5],
        "tickvals": [3, 2, 1],
        "ticktext": list(ROWS),
        "fixedrange": True,
    }
    layout["margin"] |= {"l": 104, "t": 18, "b": 36}
    layout["height"] = 160
    note = {"text": "as it is", "showarrow": False, "font": {"size": 11}}
    side = "right" if plain > 0.9 else "left" if plain < 0.1 else "center"
    note |= {"x": plain, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": side}
    return charts.assembled(traces, layout, shapes=lines, annotations=[note])


def _dots(
    x: np.ndarray, y: np.ndarray, colour: str, size: int, symbol: str, name: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {
            "color": colour,
            "size": size,
            "symbol": symbol,
            "line": {"width": 2, "color": colour},
            "opacity": 0.85,
        },
        "hovertemplate": f"{name}: %{{x:.3f}}<extra></extra>",
    }


def _line(value: float, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": value,
        "x1": value,
        "line": {"color": colour, "width": 3, "dash": dash},
    }
