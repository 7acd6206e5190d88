"""One X-ray of a run, beside what raised its score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.explaining.cam import choose_layer
from engine.judging import sentences
from engine.judging.thresholds import Threshold
from engine.vision.preprocessing import preprocess
from pages.shared import cached, gallery, inference, layout, seeing
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.cam import CamLayer
    from engine.runs.run import Run

PREDICTED = "Predicted class"


@st.fragment
def show(run: Run, row: pd.Series, threshold: Threshold) -> None:
    """The X-ray, its heat map and what can be changed about it; a change reruns this alone."""
    with layout.errors_as_message():
        root = gallery.folder(run)
        image = original(root, row)
        if image is None:
            absent(run, row, threshold)
            return
        seen = preprocess(image, run.recipe.size, run.recipe.preprocessing)
        left, middle, right = st.columns([1.6, 1.6, 1], gap="medium")  # controls last on a phone
        with left:
            seeing.xray(image, f"Chest X-ray {row['file']}")
            facts(run, row, threshold)
        with middle:  # wide enough for the message while the network loads
            layers = inference.layers(run)
        with right:
            index, layer = choose(run, row, layers)
            opacity, colours = seeing.blend(Key.EXPLAIN_OPACITY)
        with middle:
            result, _ = inference.kept_map(run, seen, index, layer)
            seeing.heat(seen, result, opacity, colours, run.classes[index])


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


def choose(run: Run, row: pd.Series, layers: list[CamLayer]) -> tuple[int, int | None]:
    """The class and the layer that are asked about; the layer None where it is the default."""
    name = st.radio(
        "Heat for which class",
        [PREDICTED, *run.classes],
        key=Key.EXPLAIN_CLASS.of(run.id),
        persist_state="session",
        help="The map shows what raised this class's score before softmax or sigmoid.",
    )
    default = choose_layer(layers)
    labels = {layer.index: layer.label for layer in layers}
    index = st.selectbox(
        "Layer",
        list(labels),
        index=list(labels).index(default.index),
        format_func=lambda index: labels[index],
        key=Key.EXPLAIN_LAYER.of(run.id),
        persist_state="session",
        help="Deep layers know more and show it coarsely; the last convolution is usual.",
    )
    chosen = str(row["predicted"]) if name == PREDICTED else str(name)
    return run.classes.index(chosen), index
