"""Which maps stand on the screen: each chosen method in each chosen run, and one at each depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.explaining import layers as depth
from engine.explaining.methods import METHODS, has_layer
from engine.vision.preprocessing import preprocess
from pages.shared import cached
from pages.shared.compare_choice import unique_names
from pages.shared.explain_maps import Asked

if TYPE_CHECKING:
    from engine.explaining.layers import CamLayer
    from engine.runs.run import Run

DEPTHS = 5


def side_by_side(
    runs: list[Run],
    row: pd.Series,
    image: np.ndarray,
    methods: tuple[str, ...],
    name: str,
    layer: int | None,
) -> list[Asked]:
    """Return a map of each method in each run; `layer` is the first run's, the others' is usual."""
    names = unique_names(runs)
    found = []
    for run in runs:
        first = run is runs[0]
        seen = preprocess(image, run.recipe.size, run.recipe.preprocessing)
        asked, said = (name, "") if first and len(runs) == 1 else _said(run, row, name)
        whose = "" if len(runs) == 1 else f"{names[run.id]}: "
        for method in methods:
            option = METHODS[method]
            more = tuple(text for text in (said, f"Beware: {option.harms}") if text)
            deep = layer if first and has_layer(method) else None
            title = f"{whose}{option.label} for {asked}"
            found.append(Asked(run, seen, asked, method, deep, title, more))
    return found


def deep(
    run: Run,
    image: np.ndarray,
    method: str,
    name: str,
    layers: list[CamLayer],
    chosen: int | None,
) -> tuple[list[Asked], int]:
    """Return the map at several depths, the finest first, and the place of the chosen one."""
    usual = depth.choose_layer(layers).index
    at = usual if chosen is None else chosen
    shown = depth.depths(layers, DEPTHS)
    if at not in [layer.index for layer in shown]:
        shown = sorted([*shown, depth.choose_layer(layers, at)], key=lambda layer: layer.index)
    seen = preprocess(image, run.recipe.size, run.recipe.preprocessing)
    wanted = [
        Asked(
            run,
            seen,
            name,
            method,
            None if layer.index == usual else layer.index,
            f"{layer.index}: {layer.kind}, {layer.rows} x {layer.columns}",
        )
        for layer in shown
    ]
    return wanted, [layer.index for layer in shown].index(at)


def _said(run: Run, row: pd.Series, name: str) -> tuple[str, str]:
    """The class to ask a run about, and what it says of the X-ray; its own call where it has not
    the class."""
    table = cached.predictions(run.id)
    own = table[table["image_id"] == row["image_id"]]
    sees = f"It sees {run.recipe.size} x {run.recipe.size} pixels"
    if own.empty:
        return name if name in run.classes else run.classes[-1], f"{sees}."
    scores = own.iloc[0][[f"score_{known}" for known in run.classes]].to_numpy(dtype=float)
    asked = name if name in run.classes else run.classes[int(np.argmax(scores))]
    score = scores[run.classes.index(asked)]
    learned = "; it learned from this X-ray" if own.iloc[0]["split"] == "train" else ""
    return asked, f"{sees} and gives {asked} {score:.3f}{learned}."
