"""Cover and see: what becomes of a run's score when a part of an X-ray is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.words.files import digest_json
from pages.shared import cached, cached_cover, cover, explain_look, gallery, inference, layout
from pages.shared.cover_asked import Case

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.cam import CamResult
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run


@st.fragment
def show(run: Run, row: pd.Series, threshold: Threshold) -> None:
    """The X-ray to paint on and what its score becomes; a change reruns this alone."""
    with layout.errors_as_message():
        image = explain_look.original(gallery.folder(run), row)
        if image is None:
            explain_look.absent(run, row, threshold)
            return
        cover.show(
            case(run, row, image, threshold), lambda: explain_look.facts(run, row, threshold)
        )


def case(run: Run, row: pd.Series, image: np.ndarray, threshold: Threshold) -> Case:
    """An X-ray of the run's data, whose answers are kept for all visitors."""
    own = [cached.model_key(run.id), run.recipe.hash, str(row["image_id"])]

    def heat(seen: np.ndarray, index: int) -> CamResult:
        return inference.kept_map(run, seen, index, None)[0]

    return Case(
        run,
        image,
        str(row["image_id"]),
        f"Chest X-ray {row['file']}",
        threshold.value if len(run.classes) == 2 else None,
        lambda asked, make: cached_cover.kept(digest_json([*own, asked]), make),
        heat,
        stored=True,
    )
