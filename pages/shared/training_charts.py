"""The curves of a training: pure functions from the table of epochs to figures and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pages.shared import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

VALIDATION = "#B8699A"  # reddish purple: the one Okabe-Ito hue that no class or threshold has
LINES = {"training": "", "validation": "val_"}
TAGS = ("member", "phase")  # columns that a training of one piece does not have
ROOMY = 6  # stretches whose names still stand side by side
PATIENCE = 3  # epochs without progress before the sentence speaks of memorising


def best_epoch(history: pd.DataFrame) -> int:
    """Return the epoch (from 1) with the lowest validation loss; 0 where there is none."""
    losses = history["val_loss"].dropna()
    return int(history.loc[losses.idxmin(), "epoch"]) if len(losses) else 0


def curves(history: pd.DataFrame, epochs: int, measure: str) -> go.Figure:
    """Draw `measure` ("loss" or "accuracy") per epoch for training and validation.

    The axis of epochs spans all that were asked for from the start, so that nothing jumps. The
    members of an ensemble begin anew, each with a line and a star of its own.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    drawn = _broken(history)
    for name, prefix in LINES.items():
        learns = name == "training"
        figure.add_scatter(
            x=drawn["epoch"],
            y=drawn[prefix + measure],
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
    _mark_best(figure, history, measure)
    _mark_starts(figure, history)
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
    here = stretches(history)[-1]
    done, best = int(here["epoch"].max()), best_epoch(here)
    if not best:
        return f"Epoch {done} of {epochs} is done."
    row = here.loc[here["epoch"] == best].iloc[0]
    where = f" of {label(here)}" if label(here) else ""
    text = (
        f"After {done} of {epochs} epochs the validation loss{where} is lowest at epoch {best} "
        f"({row['val_loss']:.2f}), with {row['val_accuracy']:.0%} of the validation images right"
    )
    since = done - best
    if len(here) == 1:
        return text + "."
    if since == 0:
        return text + (", the last: more epochs may help." if ended else ": it still learns.")
    if since < PATIENCE:
        return text + f"; no better for {since} epoch{'' if since == 1 else 's'}."
    last = here.loc[here["epoch"] == done].iloc[0]
    falls = last["loss"] < row["loss"]
    why = ": it may be memorising the training images." if falls else "."
    return text + f"; no better for {since} epochs" + why


def stretches(history: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut the table where another member or phase of a training begins."""
    tags = [name for name in TAGS if name in history]
    if not tags or history.empty:
        return [history]
    begins = history[tags].ne(history[tags].shift()).any(axis=1).cumsum()
    return [part for _, part in history.groupby(begins)]


def label(stretch: pd.DataFrame) -> str:
    """Name a stretch, such as "member 2, phase 1"; empty where the training is one piece."""
    first = stretch.iloc[0]
    return ", ".join(f"{name} {int(first[name])}" for name in TAGS if name in stretch)


def members(history: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut the table into its members; one where the training is no ensemble."""
    if "member" not in history:
        return [history]
    return [part for _, part in history.groupby("member")]


def _broken(history: pd.DataFrame) -> pd.DataFrame:
    """Put an empty row between members: no line joins the end of one to the start of the next."""
    parts = [part.reindex([*part.index, -1]) for part in members(history)]
    return pd.concat(parts).iloc[:-1] if len(parts) > 1 else history


def _mark_best(figure: go.Figure, history: pd.DataFrame, measure: str) -> None:
    """Mark each member's best epoch, of its last phase: earlier phases only prepare it."""
    last = [stretches(part)[-1] for part in members(history)]
    epochs = [best for part in last if (best := best_epoch(part))]
    if not epochs:
        return
    figure.add_scatter(
        x=epochs,
        y=history.set_index("epoch").loc[epochs, f"val_{measure}"],
        name=f"best epoch: {', '.join(map(str, epochs))}",
        mode="markers",
        marker={
            "symbol": "star",
            "size": 15,
            "color": VALIDATION,
            "line": {"width": 1.5, "color": palette.REST},
        },
        hoverinfo="skip",
    )


def _mark_starts(figure: go.Figure, history: pd.DataFrame) -> None:
    """Draw a thin line with a label where a member or phase begins."""
    parts = [part for part in stretches(history) if len(part)]
    names = [label(part).split(", ") for part in parts]
    for number, part in enumerate(parts):
        start = int(part["epoch"].min()) - 0.5
        if number:
            figure.add_vline(x=start, line={"width": 1, "dash": "dot", "color": palette.REST})
        before = names[number - 1] if number else []
        begins = next((name for name in names[number] if name not in before), "")
        if len(parts) > ROOMY:  # many members: their numbers alone
            begins = begins.removeprefix("member ") if begins.startswith("member") else ""
        if begins:
            place = {"x": start, "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "top"}
            figure.add_annotation(text=begins, showarrow=False, font={"size": 11}, **place)


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
