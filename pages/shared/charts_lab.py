"""The shortcut lab drawn: pure functions from tables to figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pages.shared import charts, lab_words, palette, training_charts

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

LANES = 4
LANE = 0.34  # half the height over which a group's dots are spread


def scores(table: pd.DataFrame, shortcut: str) -> go.Figure:
    """One dot an X-ray, by its score; a lane for each group of `ill` and `carries`.

    Filled: it carries the sign. Within a lane the dots rise with their score.
    """
    groups = [
        (ill, carries)
        for ill in (False, True)
        for carries in (True, False, None)
        if len(_group(table, ill, carries))
    ]
    traces = [
        _lane(_group(table, ill, carries), lane, ill, carries)
        for lane, (ill, carries) in enumerate(groups)
    ]
    layout = charts.axes("score for pneumonia", "")
    layout["height"] = 80 + LANES * 44  # the same with fewer lanes: two of them stand side by side
    layout["xaxis"] |= {"range": [-0.03, 1.03], "dtick": 0.25}
    layout["yaxis"] |= {
        "tickvals": list(range(len(groups))),
        "ticktext": [
            f"{lab_words.carrying(shortcut, *group)} ({len(_group(table, *group))})"
            for group in groups
        ],
        "range": [len(groups) - 0.4, -0.6],
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        "ticksuffix": "  ",
    }
    return charts.assembled(traces, layout)


def areas(values: Mapping[str, tuple[float, float]]) -> go.Figure:
    """One line a network, from its AUC on validation to that on the test."""
    lines: list[dict[str, object]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(pair),
            "y": [name, name],
            "line": {"color": palette.REST, "width": 3},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for name, pair in values.items()
    ]
    layout = charts.axes("AUC (0.5 is guessing, 1 is perfect)", "")
    layout["height"] = 110 + 60 * len(values)
    layout["margin"] |= {"t": 34}
    layout["showlegend"] = True
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    layout["xaxis"] |= {"range": [min(0.38, *(min(pair) for pair in values.values())) - 0.03, 1.06]}
    layout["yaxis"] |= {
        "range": [len(values) - 0.4, -0.6],
        "automargin": True,
        "ticksuffix": "  ",
        "showgrid": False,
    }
    return charts.assembled([*lines, *_ends(values)], layout)


def _ends(values: Mapping[str, tuple[float, float]]) -> list[dict[str, object]]:
    looks = (
        ("validation", training_charts.VALIDATION, "circle", "top center"),
        ("test", palette.REST, "diamond", "bottom center"),
    )
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": name,
            "x": [pair[end] for pair in values.values()],
            "y": list(values),
            "text": [f"{pair[end]:.2f}" for pair in values.values()],
            "textposition": place,
            "marker": {"color": colour, "symbol": symbol, "size": 14},
            "hovertemplate": f"%{{y}}: AUC %{{x:.3f}} on {name}<extra></extra>",
        }
        for end, (name, colour, symbol, place) in enumerate(looks)
    ]


def _group(table: pd.DataFrame, ill: bool, carries: bool | None) -> pd.DataFrame:
    same = table["carries"].isna() if carries is None else table["carries"].eq(carries)
    return table[same & (table["ill"] == ill)].sort_values("score")


def _lane(rows: pd.DataFrame, lane: int, ill: bool, carries: bool | None) -> dict[str, object]:
    step = 2 * LANE / max(len(rows) - 1, 1)
    colour = palette.PNEUMONIA if ill else palette.NORMAL
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["score"].tolist(),
        "y": [lane + LANE - step * number for number in range(len(rows))],
        "text": rows["file"].tolist(),
        "marker": {
            "color": colour,
            "symbol": "circle" if carries else "circle-open",
            "size": 7,
            "line": {"width": 1.2, "color": colour},
        },
        "hovertemplate": "%{text}: %{x:.3f}<extra></extra>",
    }
