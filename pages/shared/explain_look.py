"""One X-ray of a run, beside what raised its score: by several methods, in several runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.explaining.methods import METHODS
from engine.judging import sentences
from engine.judging.thresholds import Threshold
from pages.shared import (
    cached,
    explain_asked,
    explain_choices,
    explain_maps,
    gallery,
    heat,
    inference,
    layout,
    seeing,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.layers import CamLayer
    from engine.runs.run import Run
    from pages.shared.heat import Heated

ONE, SEVERAL = (1.6, 1.8, 1), (1.1, 2.6, 1)  # widths: X-ray, maps, choices


@st.fragment
def show(run: Run, row: pd.Series, threshold: Threshold) -> None:
    """The X-ray, its heat maps and what can be changed about them; a change reruns this alone."""
    with layout.errors_as_message():
        image = original(gallery.folder(run), row)
        if image is None:
            absent(run, row, threshold)
            return
        runs = [run, *explain_choices.beside(run)]
        alone = len(runs) * len(explain_choices.methods()) == 1
        left, middle, right = st.columns(ONE if alone else SEVERAL, gap="medium")
        with left:
            seeing.xray(image, f"Chest X-ray {row['file']}")
            facts(run, row, threshold)
            depths_here = st.container()
        with right:  # last on a phone
            explain_choices.choose_methods()
            explain_choices.choose_class(run)
            explain_choices.choose_beside(run)
            layer_here = st.container()
        with middle:
            name = explain_choices.target(run, row)
            methods, layer = explain_choices.methods(), explain_choices.layer(run)
            wanted = explain_asked.side_by_side(runs, row, image, methods, name, layer)
            explain_maps.draw(wanted, _maps)
            layers = inference.layers(run) if explain_choices.layered() else []
        if layers:
            with layer_here:
                explain_choices.choose_layer(run, layers)
            with depths_here:
                depths(run, image, name, layers, layer)


def depths(
    run: Run, image: np.ndarray, name: str, layers: list[CamLayer], layer: int | None
) -> None:
    """Small maps of several depths, of which one is pressed to choose its layer."""
    methods = explain_choices.layered()
    wanted, chosen = explain_asked.deep(run, image, methods[0], name, layers, layer)

    def press(place: int) -> None:
        explain_choices.set_layer(layers, wanted[place].layer)

    def small(pictures: Sequence[Heated], partly: bool) -> None:
        key = Key.EXPLAIN.of("depths", "partly") if partly else Key.EXPLAIN.of("depths")
        heat.choose(pictures, key, press, chosen, "Layers, the finest first")

    label = METHODS[methods[0]].label
    st.caption(f"{label} at several depths, each on its own scale. Press one to ask that layer.")
    explain_maps.draw(wanted, small)


def _maps(pictures: Sequence[Heated], partly: bool) -> None:
    heat.show(pictures, Key.EXPLAIN.of("maps", "partly") if partly else Key.EXPLAIN.of("maps"))


def absent(run: Run, row: pd.Series, threshold: Threshold) -> None:
    """What is known without the picture, how to get it, and what can be looked at meanwhile."""
    facts(run, row, threshold)
    gallery.missing(run, len(cached.predictions(run.id)))
    layout.link(
        "pages/try_an_xray.py",
        "See a heat map of your own picture, or of a synthetic one",
        ":material/upload_file:",
    )


def facts(run: Run, row: pd.Series, threshold: Threshold) -> None:
    """The caption of an X-ray and where the threshold that decided comes from."""
    st.markdown(caption(run, row))
    st.caption(wording(run, threshold, str(row["split"])))


def original(root: Path | None, row: pd.Series) -> np.ndarray | None:
    """The picture as its file holds it; None where the data is not on this machine."""
    if root is None or not (root / row["file"]).is_file():
        return None
    return cached.picture(str(root / row["file"]), row["image_id"])


def caption(run: Run, row: pd.Series) -> str:
    """The same four facts under every X-ray: true class, predicted class, score, patient."""
    of = f" for {run.classes[1]}" if len(run.classes) == 2 else ""
    return (
        f"True **{row['label']}**, predicted **{row['predicted']}** ({row['outcome']}), "
        f"score{of} **{row['score']:.3f}**, patient {row['patient']}"
    )


def wording(run: Run, threshold: Threshold, split: str) -> str:
    """Which threshold decided, and where it was chosen."""
    text = sentences.chosen(threshold, split)
    return f"Threshold {sentences.cut(threshold.value)}. {text}" if len(run.classes) == 2 else text
