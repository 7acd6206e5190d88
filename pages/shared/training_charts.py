"""The curves of a training: pure functions from the table of epochs to figures and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pages.shared import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

VALIDATION = "#B8699A"  # reddish purple: the one Okabe-Ito hue that no class or threshold has
LINES = {"training": "", "validation": "val_"}
PATIENCE = 3  # epochs without progress before the sentence speaks of memorising


def best_epoch(history: pd.DataFrame) -> int:
    """Return the epoch (from 1) with the lowest validation loss; 0 where there is none."""
    losses = history["val_loss"].dropna()
    return int(history.loc[losses.idxmin(), "epoch"]) if len(losses) else 0


def curves(history: pd.DataFrame, epochs: int, measure: str) -> go.Figure:
    """Draw `measure` ("loss" or "accuracy") per epoch for training and validation.

    The axis of epochs spans all that were asked for from the start, so that nothing jumps.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, prefix in LINES.items():
        learns = name == "training"
        figure.add_scatter(
            x=history["epoch"],
            y=history[prefix + measure],
            name=name,
            mode="lines+markers",
            line={
                "color": palette.REST if learns else VALIDATION,
                "width": 2 if learns else 2.5,
                "dash": "dot" if learns else "solid",
            },
            marker={"symbol": "circle-open" if learns else "circle", "size": 6},
            hovertemplate=f"{name} {measure} %{{y:.3f}}<extra></extra>",
        )
    best = best_epoch(history)
    if best:
        _mark(figure, best, float(history.loc[history["epoch"] == best, f"val_{measure}"].iloc[0]))
    last = max(epochs, int(history["epoch"].max()) if len(history) else 0, 2)
    figure.update_layout(
        height=260,
        margin={"l": 0, "r": 8, "t": 30, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        hovermode="x unified",
        uirevision="the same view while points are added",
        xaxis={"title": "epoch", "range": [0.5, last + 0.5], "dtick": _tick(last)},
        yaxis={"title": measure, "range": _range(history, measure)},
    )
    return figure


def sentence(history: pd.DataFrame, epochs: int, ended: bool = False) -> str:
    """Say in plain words how the training goes or went, from its finished epochs."""
    if history.empty:
        return "No epoch was finished." if ended else "The curves begin with the first epoch's end."
    done, best = int(history["epoch"].max()), best_epoch(history)
    if not best:
        return f"Epoch {done} of {epochs} is done."
    row = history.loc[history["epoch"] == best].iloc[0]
    text = (
        f"After {done} of {epochs} epochs the validation loss is lowest at epoch {best} "
        f"({row['val_loss']:.2f}), with {row['val_accuracy']:.0%} of the validation images right"
    )
    since = done - best
    if done == 1:
        return text + "."
    if since == 0:
        return text + (", the last: more epochs may help." if ended else ": it still learns.")
    if since < PATIENCE:
        return text + f"; no better for {since} epoch{'' if since == 1 else 's'}."
    last = history.loc[history["epoch"] == done].iloc[0]
    falls = last["loss"] < row["loss"]
    why = ": it may be memorising the training images." if falls else "."
    return text + f"; no better for {since} epochs" + why


def _mark(figure: go.Figure, epoch: int, value: float) -> None:
    figure.add_scatter(
        x=[epoch],
        y=[value],
        name=f"best epoch: {epoch}",
        mode="markers",
        marker={
            "symbol": "star",
            "size": 15,
            "color": VALIDATION,
            "line": {"width": 1.5, "color": palette.REST},
        },
        hoverinfo="skip",
    )


def _range(history: pd.DataFrame, measure: str) -> list[float]:
    """Return fixed ends, so that the axis moves only when a value would leave it."""
    values = pd.concat([history[measure], history[f"val_{measure}"]]).dropna()
    if measure == "accuracy":
        low = float(values.min()) if len(values) else 0.5
        return [0.0 if low < 0.5 else 0.5, 1.01]
    high = min(float(values.max()), float(values.median()) * 6) if len(values) else 1.0
    top = next((top for top in (0.25, 0.5, 1.0, 2.0, 5.0, 10.0) if high <= top), high)
    return [0.0, top * 1.02]


def _tick(last: int) -> int:
    return next((step for step in (1, 2, 5, 10, 20, 50) if last / step <= 12), 100)
