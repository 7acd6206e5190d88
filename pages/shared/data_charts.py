"""The Data page's tables and figures: pure functions from a table of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pages.shared import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

PARTS = ("train", "validation", "test", "")
PART_NAMES = {"": "no folder", "train": "train", "validation": "validation", "test": "test"}
KINDS = ("normal", "bacterial", "viral", "")


def counts(images: pd.DataFrame) -> pd.DataFrame:
    """Return one row per split, class and kind: split, label, kind, images, patients."""
    table = (
        images.groupby(["split", "label", "kind"], as_index=False)
        .agg(images=("image_id", "size"), patients=("patient", "nunique"))
        .sort_values("split", key=lambda column: column.map(PARTS.index), kind="stable")
    )
    table["split"] = table["split"].map(PART_NAMES)
    return table.reset_index(drop=True)


def counts_figure(table: pd.DataFrame) -> go.Figure:
    """Draw one bar per split, stacked by kind, or by class where the kind is unknown.

    Viral bars carry stripes too, so that colour is not the only difference.
    """
    import plotly.graph_objects as go

    named = table.assign(name=table["kind"].where(table["kind"] != "", table["label"]))
    figure = go.Figure()
    for name, rows in sorted(named.groupby("name"), key=lambda item: _order(str(item[0]))):
        figure.add_bar(
            y=rows["split"],
            x=rows["images"],
            name=str(name),
            orientation="h",
            text=rows["images"].map("{:,}".format),
            textposition="auto",
            insidetextfont={"color": "white"},
            marker={
                "color": palette.class_colour(str(name)),
                "pattern": {
                    "shape": "/" if name == "viral" else "",
                    "fillmode": "overlay",
                    "fgcolor": palette.BACTERIAL,
                    "solidity": 0.15,
                },
            },
            hovertemplate="%{y}: %{x:,} " + str(name) + "<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=90 + 55 * table["split"].nunique(),
        margin={"l": 0, "r": 0, "t": 34, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        yaxis={"autorange": "reversed", "categoryorder": "array", "categoryarray": _parts(table)},
        xaxis={"title": "images"},
    )
    return figure


def counts_sentence(images: pd.DataFrame) -> str:
    """Say in plain words how the classes are balanced."""
    sizes = images["label"].value_counts()
    if len(sizes) < 2:
        return f"All {len(images):,} images are {sizes.index[0]}: one class teaches nothing."
    most, least = sizes.index[0], sizes.index[-1]
    ratio = sizes.iloc[0] / sizes.iloc[-1]
    if ratio < 1.1:
        return f"The classes are balanced: {sizes.iloc[0]:,} {most} and {sizes.iloc[-1]:,} {least}."
    share = sizes.iloc[0] / len(images)
    return (
        f"There are {ratio:.1f} {most} images for each {least}: whoever always says {most} is "
        f"right {share:.0%} of the time, so accuracy alone says little."
    )


def size_figure(images: pd.DataFrame) -> go.Figure:
    """Draw each image's width and height, one mark per size and class."""
    import plotly.graph_objects as go

    sizes = images.groupby(["label", "width", "height"], as_index=False).size()
    figure = go.Figure()
    symbols = ("circle", "diamond-open", "square-open", "cross-open")
    for number, (label, rows) in enumerate(sizes.groupby("label")):
        figure.add_scatter(
            x=rows["width"],
            y=rows["height"],
            mode="markers",
            name=str(label),
            marker={
                "color": palette.class_colour(str(label)),
                "size": 6 + 10 * (rows["size"] / sizes["size"].max()) ** 0.5,
                "symbol": symbols[number % len(symbols)],
                "opacity": 0.75,
            },
            customdata=rows["size"],
            hovertemplate="%{x} x %{y} px: %{customdata:,} images<extra></extra>",
        )
    figure.update_layout(
        height=340,
        margin={"l": 0, "r": 0, "t": 34, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": "width, pixels"},
        yaxis={"title": "height, pixels"},
    )
    return figure


def size_sentence(images: pd.DataFrame) -> str:
    """Say in plain words which sizes and shapes occur."""
    low, high = images["width"].min(), images["width"].max()
    tall = (images["height"] > images["width"]).mean()
    if images.groupby(["width", "height"]).ngroups == 1:
        return f"All images are {low:,} x {images['height'].iloc[0]:,} pixels."
    return (
        f"Widths run from {low:,} to {high:,} pixels; {tall:.0%} of the images are taller than "
        "wide. A network sees them all at one size."
    )


def formats(images: pd.DataFrame) -> pd.DataFrame:
    """Return one row per file format and pixel mode: images and megabytes."""
    table = images.groupby(["format", "mode"], as_index=False).agg(
        images=("image_id", "size"), megabytes=("bytes", lambda column: column.sum() / 1e6)
    )
    return table.sort_values("images", ascending=False, ignore_index=True)


def _order(name: str) -> int:
    lower = name.lower()
    return KINDS.index(lower) if lower in KINDS else len(KINDS)


def _parts(table: pd.DataFrame) -> list[str]:
    there = set(table["split"])
    return [PART_NAMES[part] for part in PARTS if PART_NAMES[part] in there]
