"""Judging drawn: pure functions from tables to figures. Colours mean what palette.py says."""

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


def precision_recall(
    curves: Curves, grid: pd.DataFrame | None = None, now: tuple[float, float, float] | None = None
) -> go.Figure:
    """The curve with report D's marked thresholds; `now` is (recall, precision, threshold)."""
    path = thinned(curves.pr)
    figure = square("recall", "precision")
    figure.update_yaxes(range=[max(0.0, floor(10 * curves.prevalence - 1) / 10) - 0.02, 1.04])
    figure.add_scatter(
        x=path["recall"],
        y=path["precision"],
        customdata=path["threshold"],
        mode="lines",
        line={"color": palette.class_colour(curves.name), "width": 2},
        hovertemplate="threshold %{customdata:.3g}: precision %{y:.2f}, recall %{x:.2f}"
        "<extra></extra>",
    )
    if grid is not None:
        _marks(figure, grid)
    if now is not None:
        _point(figure, *now)
    figure.add_hline(
        y=curves.prevalence,
        line={"color": palette.REST, "dash": "dot", "width": 1},
        annotation={"text": "guessing", "font": {"size": 10}, "xanchor": "left", "x": 0},
    )
    return figure


def _marks(figure: go.Figure, grid: pd.DataFrame) -> None:
    """One mark a threshold .1, .15 ... .9; the best F1 is a labelled diamond."""
    rows = grid.dropna(subset=["precision", "recall"])
    best = rows["best"].astype(bool)
    figure.add_scatter(
        x=rows["recall"],
        y=rows["precision"],
        customdata=rows[["threshold", "f1"]],
        mode="markers",
        marker={
            "color": palette.REST,
            "size": [11 if mark else 6 for mark in best],
            "symbol": ["diamond" if mark else "circle" for mark in best],
            "line": {"width": 1, "color": "#0D1218"},
        },
        hovertemplate="threshold %{customdata[0]:.2f}: F1 %{customdata[1]:.2f}, "
        "precision %{y:.2f}, recall %{x:.2f}<extra></extra>",
    )
    for row in rows[best].itertuples():
        figure.add_annotation(
            x=row.recall,
            y=row.precision,
            text=f"best F1 {row.f1:.2f} at {row.threshold:.2f}",
            ax=-62,
            ay=34,
            font={"size": 11},
            arrowcolor=palette.REST,
        )


def roc(curves: Curves, now: tuple[float, float, float] | None = None) -> go.Figure:
    """The ROC; `now` is (false-alarm rate, recall, threshold)."""
    path = thinned(curves.roc)
    figure = square("false-alarm rate (1 - specificity)", "recall")
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": palette.REST, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=path["false_alarms"],
        y=path["recall"],
        customdata=path["threshold"],
        mode="lines",
        line={"color": palette.class_colour(curves.name), "width": 2},
        hovertemplate="threshold %{customdata:.3g}: recall %{y:.2f}, false alarms %{x:.2f}"
        "<extra></extra>",
    )
    if now is not None:
        _point(figure, *now)
    return figure


def histogram(table: pd.DataFrame, classes: tuple[str, ...], line: float | None) -> go.Figure:
    """Scores by true class: the class looked for points up, the others down, wrong is hatched.

    Heights are square roots, or the crowds at 0 and 1 would hide the few near the line.
    """
    figure = blank(f"score for {word(classes[-1])}", "X-rays")
    middle = (table["low"] + table["high"]) / 2
    for name in classes:
        up = name == classes[-1]
        wrong = None if line is None else (middle < line if up else middle >= line)
        figure.add_bar(
            x=middle,
            y=table[name] ** 0.5 * (1 if up else -1),
            width=table["high"] - table["low"],
            customdata=table[["low", "high", name]],
            name=word(name),
            marker={
                "color": palette.class_colour(name),
                "line": {"width": 0},
                "pattern": {"shape": _hatch(wrong, len(table)), "solidity": 0.45},
            },
            hovertemplate="%{customdata[2]:,} with a score of %{customdata[0]:.3g} to "
            "%{customdata[1]:.3g}<extra>" + word(name) + "</extra>",
        )
    if line is not None:
        figure.add_vline(x=line, line={"color": palette.THRESHOLD, "width": 3})
    figure.update_layout(barmode="overlay", bargap=0.05)
    figure.update_xaxes(range=[-0.01, 1.01])
    _sides(figure, classes)
    _count_ticks(figure, table, classes)
    return figure


def _hatch(wrong: Any, bins: int) -> list[str]:
    return [""] * bins if wrong is None else ["/" if mark else "" for mark in wrong]


def _sides(figure: go.Figure, classes: tuple[str, ...]) -> None:
    """Name what points up and what points down, where a legend would need hatched samples."""
    below = ", ".join(word(name) for name in classes[:-1])
    for text, y, anchor in ((f"▲ {word(classes[-1])}", 1, "top"), (f"▼ {below}", 0, "bottom")):
        figure.add_annotation(
            text=text, x=0.5, y=y, xref="paper", yref="paper", showarrow=False, yanchor=anchor
        )


def _count_ticks(figure: go.Figure, table: pd.DataFrame, classes: tuple[str, ...]) -> None:
    """Label the square roots with the counts; counts below the axis have no minus."""
    counts = (0, 5, 20, 100, 400, 2000, 10_000, 50_000)
    up = float(table[classes[-1]].max())
    down = float(table[list(classes[:-1])].max().max())
    rising = [(count**0.5, f"{count:,}") for count in counts if count <= up]
    falling = [(-(count**0.5), f"{count:,}") for count in counts[1:] if count <= down]
    figure.update_yaxes(
        tickvals=[value for value, _ in rising + falling],
        ticktext=[text for _, text in rising + falling],
        range=[-1.25 * max(down, 4) ** 0.5, 1.25 * max(up, 4) ** 0.5],
    )


def _point(figure: go.Figure, x: float, y: float, threshold: float) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"color": palette.THRESHOLD, "size": 14, "line": {"width": 2, "color": "white"}},
        hovertemplate=f"now: threshold {cut(threshold)}, %{{x:.2f}}, %{{y:.2f}}<extra></extra>",
    )


def square(x: str, y: str) -> go.Figure:
    """An empty figure of two shares, 0 to 1."""
    figure = blank(x, y)
    figure.update_xaxes(range=[-0.02, 1.02])
    figure.update_yaxes(range=[-0.02, 1.04])
    return figure


def blank(x: str, y: str) -> go.Figure:
    """An empty figure with its axes named."""
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 48, "r": 6, "t": 8, "b": 40},
        showlegend=False,
        xaxis={"title": {"text": x, "standoff": 6}},
        yaxis={"title": {"text": y, "standoff": 4}},
    )
    return figure
