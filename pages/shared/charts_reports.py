"""Reported accuracies beside ours: a pure function from rows to a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pages.shared import charts, palette
from pages.shared.charts_runs import RUN_COLOURS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from engine.judging.bootstrap import Interval

ROW = 26  # pixels


@dataclass(frozen=True)
class Row:
    """One experiment: the accuracy that its report printed, and ours with its interval."""

    name: str
    reported: float | None = None
    ours: float | None = None
    spread: Interval | None = None
    comparable: bool = True


def accuracies(
    rows: Sequence[Row], who: str = "the report says", row_height: int = ROW
) -> go.Figure:
    """One line an experiment: an open diamond is the report, a circle with its interval is ours.

    A circle is open where it was judged on other images than the report's. `who` speaks for the
    diamonds.
    """
    printed = [row for row in rows if row.reported is not None]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [row.reported for row in printed],
            "y": [row.name for row in printed],
            "marker": {
                "symbol": "diamond-open",
                "size": 12,
                "color": palette.REST,
                "line": {"width": 2},
            },
            "hovertemplate": f"%{{y}}: {who} %{{x:.4~f}}<extra></extra>",
        },
        _ours([row for row in rows if row.ours is not None]),
    ]
    layout = charts.axes("accuracy on the test images", "")
    layout["height"] = 56 + row_height * len(rows)
    layout["yaxis"] |= {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [row.name for row in rows],
        "range": [len(rows) - 0.5, -0.5],
        "automargin": True,
        "ticksuffix": "  ",
    }
    layout["xaxis"] |= {"range": [_least(rows), 1.0]}
    return charts.assembled(traces, layout)


def _ours(rows: Sequence[Row]) -> dict[str, Any]:
    values = [row.ours or 0.0 for row in rows]
    ends = [row.spread or (row.ours, row.ours) for row in rows]
    above = [(high or value) - value for (_, high), value in zip(ends, values, strict=True)]
    below = [value - (low or value) for (low, _), value in zip(ends, values, strict=True)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": [row.name for row in rows],
        "marker": {
            "symbol": ["circle" if row.comparable else "circle-open" for row in rows],
            "size": 11,
            "color": RUN_COLOURS[0],
            "line": {"width": 2, "color": RUN_COLOURS[0]},
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": above,
            "arrayminus": below,
            "color": RUN_COLOURS[0],
            "thickness": 2,
            "width": 4,
        },
        "hovertemplate": "%{y}: ours %{x:.2f}<extra></extra>",
    }


def _least(rows: Sequence[Row]) -> float:
    lows = [row.spread[0] for row in rows if row.spread is not None]
    values = [value for row in rows for value in (row.reported, row.ours) if value is not None]
    return min([0.6, *values, *lows]) - 0.03
