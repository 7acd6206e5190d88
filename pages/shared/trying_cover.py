"""Try an X-ray: cover parts of a picture that was tried, and see what its score becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.words.files import digest
from pages.shared import cover, inference, trying, trying_words
from pages.shared.cover_asked import Case
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.cam import CamResult
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run
    from pages.shared.trying import Answer


def show(run: Run, threshold: Threshold, one: Answer) -> None:
    """Draw it where the visitor asks for it; a change reruns this alone."""
    asked = st.toggle(
        "Cover parts of it and see what the score becomes",
        key=Key.TRY.of("cover"),
        persist_state="session",
    )
    if asked:
        _panel(run, threshold, one)


@st.fragment
def _panel(run: Run, threshold: Threshold, one: Answer) -> None:
    cover.show(case(run, threshold, one), lambda: st.markdown(trying_words.caption(run, one)))


def case(run: Run, threshold: Threshold, one: Answer) -> Case:
    """A picture that was tried; what is answered of it goes with it."""
    picture = one.picture
    assert picture.image is not None

    def heat(seen: np.ndarray, index: int) -> CamResult:
        place = ("covered heat", picture.key, run.id, digest(seen.tobytes()), index)
        return trying.kept(place, lambda: inference.fresh_map(run, seen, index))

    return Case(
        run,
        picture.image,
        picture.key,
        f"The picture {picture.name}",
        threshold.value if len(run.classes) == 2 else None,
        lambda asked, make: trying.kept(("covered", picture.key, run.id, *asked), make),
        heat,
        stored=False,
    )
