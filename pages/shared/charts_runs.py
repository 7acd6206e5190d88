"""Runs drawn side by side: pure functions from tables to figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.judging.curves import Curves, thinned
from pages.shared.charts import HEIGHT, blank, square

if TYPE_CHECKING:
    import plotly.graph_objects as go

RUN_COLOURS = ("#56B4E9", "#E69F00", "#CC79A7", "#8C9BFF", "#B8A642", "#A0A8B0")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def run_curves(curves: Mapping[str, Curves], kind: str) -> go.Figure:
    """Several runs' ROC or precision-recall curves ("roc" or "pr"), told apart by dash too."""
    axes = {
        "roc": ("false_alarms", "recall", "false-alarm rate (1 - specificity)"),
        "pr": ("recall", "precision", "recall"),
    }
    x, y, title = axes[kind]
    figure = square(title, y)
    for number, (name, entry) in enumerate(curves.items()):
        path = thinned(getattr(entry, kind))
        figure.add_scatter(
            x=path[x],
            y=path[y],
            customdata=path["threshold"],
            name=name,
            mode="lines",
            line=run_line(number),
            hovertemplate=f"{name} at %{{customdata:.3g}}: %{{x:.2f}}, %{{y:.2f}}<extra></extra>",
        )
    _legend(figure)
    return figure


def learning(histories: Mapping[str, pd.DataFrame], measure: str) -> go.Figure:
    """Several runs' validation curves by epoch; training is thin; a star marks the best."""
    figure = blank("epoch", measure)
    for number, (name, table) in enumerate(histories.items()):
        line = run_line(number)
        thin = {**line, "width": 1}
        figure.add_scatter(
            x=table["epoch"],
            y=table[measure],
            name=f"{name}, training",
            mode="lines",
            line=thin,
            opacity=0.6,
            showlegend=False,
        )
        values = table[f"val_{measure}"]
        figure.add_scatter(x=table["epoch"], y=values, name=name, mode="lines", line=line)
        if values.notna().any():
            best = int(values.argmin() if measure == "loss" else values.argmax())
            figure.add_scatter(
                x=[table["epoch"].iloc[best]],
                y=[values.iloc[best]],
                name=f"{name}, best",
                mode="markers",
                marker={"symbol": "star", "size": 12, "color": line["color"]},
                showlegend=False,
            )
    _legend(figure)
    return figure


def run_line(number: int) -> dict[str, Any]:
    """The colour and dash of the n-th run compared, the same in every chart."""
    return {
        "color": RUN_COLOURS[number % len(RUN_COLOURS)],
        "dash": DASHES[number % len(DASHES)],
        "width": 2.5,
    }


def _legend(figure: go.Figure) -> None:
    figure.update_layout(
        height=HEIGHT + 60,
        showlegend=True,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        margin={"t": 30},
    )
