"""Scores under draws as a figure: one strip for each X-ray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pages.shared import charts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from engine.explaining.under_draws import Strip

SPREAD = 0.22  # of the dots of a strip, so that equal scores stay apart


def strips(found: list[Strip], name: str, threshold: float | None) -> go.Figure:
    """Return a row of dots for each X-ray, the first on top, with the threshold as a line."""
    colour = palette.class_colour(name)
    rows = np.arange(len(found), 0, -1)
    shapes = []
    if threshold is not None:
        line = {"color": palette.THRESHOLD, "width": 3}
        shapes.append({"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": line})
        shapes[0] |= {"x0": threshold, "x1": threshold}
    layout = charts.axes(f"Score for {name}", "X-ray")
    layout["xaxis"] |= {"range": [-0.02, 1.02], "fixedrange": True}
    layout["yaxis"] |= {
        "range": [0.4, len(found) + 0.6],
        "tickvals": rows.tolist(),
        "ticktext": [str(number) for number in range(1, len(found) + 1)],
        "fixedrange": True,
    }
    layout["height"] = 80 + 50 * len(found)
    return charts.assembled(
        [
            _dots(found, rows, colour),
            _marks([one.plain for one in found], rows, "diamond", 13, colour, "as it is"),
            _marks([one.mean for one in found], rows, "line-ns", 26, colour, "mean of the draws"),
        ],
        layout,
        shapes=shapes,
    )


def _dots(found: list[Strip], rows: np.ndarray, colour: str) -> dict[str, Any]:
    draws = len(found[0].draws)
    # The golden ratio spreads any number of dots evenly, and the same ones in the same way.
    aside = (np.arange(draws) * 0.618 % 1 - 0.5) * 2 * SPREAD
    return {
        "type": "scatter",
        "mode": "markers",
        "x": np.concatenate([one.draws for one in found]),
        "y": np.concatenate([row + aside for row in rows]),
        "marker": {"color": colour, "size": 6, "opacity": 0.55},
        "customdata": np.tile(np.arange(1, draws + 1), len(found)),
        "hovertemplate": "draw %{customdata}: %{x:.3f}<extra></extra>",
    }


def _marks(
    values: list[float], rows: np.ndarray, symbol: str, size: int, colour: str, word: str
) -> dict[str, Any]:
    line = {"color": colour, "width": 3}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": rows,
        "marker": {"symbol": symbol, "size": size, "color": colour, "line": line},
        "hovertemplate": f"{word}: %{{x:.3f}}<extra></extra>",
    }
