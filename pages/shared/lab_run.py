"""Where a lesson of the shortcut lab stands: its source, its run, and that run's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.data import lab
from engine.data.registry import find_source
from engine.learning import rules
from engine.vision.preprocessing import preprocess
from pages.shared import (
    background,
    cached,
    cached_judging,
    cached_lab,
    data_source,
    picking,
    state,
    store_opening,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from engine.runs.run import Run

ORDER = ("finished", "running", "waiting", "cancelled", "failed")
TRAIN = "train"  # the name of the step in the address


def find(shortcut: str, teaching: str) -> Run | None:
    """Return the run of a lesson: a finished one before one at work, before one that ended early.

    None where the X-rays were not drawn yet, or nothing was trained on them.
    """
    source = lab.registered(shortcut, teaching)
    if source is None:
        return None
    recipe = lab.recipe_of(source)
    if recipe is None:  # its list was deleted with the caches
        data_source.opened(source.name)
        recipe = lab.recipe_of(source)
    wanted = rules.check(recipe).hash if recipe else ""
    found = [run for run in cached.runs() if run.recipe.hash == wanted]
    return min(found, key=lambda run: ORDER.index(run.status), default=None)


def needed(shortcut: str, teaching: str = "taught") -> Run | None:
    """Return the finished run of a lesson; without one say what would be here, and lead there."""
    if not opened():
        return None
    run = find(shortcut, teaching)
    if run is not None and run.status == "finished":
        return run
    with st.container(border=True):
        st.markdown(
            "**This step looks at the trained network**, and it is not trained yet. Training "
            "takes about a minute."
        )
        st.button(
            "Go to the training",
            icon=":material/model_training:",
            key=Key.LAB.of("to_training"),
            on_click=state.choose,
            args=(Key.LAB_STEP, TRAIN),
        )
    return None


def opened() -> bool:
    """Tell whether the run store is open; until it is, say so and look again."""
    if background.ready("mlflow"):
        return True
    store_opening.wait()
    return False


def table(run: Run, split: str) -> pd.DataFrame:
    """Return a run's answers on a split, with `ill` and `carries` (None: nobody put it there)."""
    rows = picking.answers(cached.scores(run.id, split), cached_judging.threshold(run.id))
    carries = cached_lab.lab(folder(run)).carries
    rows["ill"] = rows["label"] == run.classes[1]
    rows["carries"] = [carries.get(file) for file in rows["file"]]
    return rows


def folder(run: Run) -> Path:
    """Return where the X-rays of a lab's run lie; raise NotFound where they were removed."""
    return find_source(run.source).path


def seen(run: Run, row: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return an X-ray (h, w), where its shortcut lies (h, w), and what the network sees (s, s)."""
    root = folder(run)
    image = cached.picture(str(root / row["file"]), row["image_id"])
    place = cached_lab.place(root, str(row["file"]))
    return image, place, preprocess(image, run.recipe.size, run.recipe.preprocessing)
