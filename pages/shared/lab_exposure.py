"""The shortcut lab's fifth step for the exposure: no patch covers it, but it can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.vision import shortcuts
from engine.vision.preprocessing import preprocess
from engine.words.files import digest_json
from pages.shared import cached, cached_cover, inference, seeing, state
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from engine.runs.run import Run

LOW, HIGH = 50, 180  # mean grey levels that can be chosen
DARK = 85  # about where the healthy ones of the training lie


@st.fragment
def show(run: Run, row: pd.Series, image: np.ndarray) -> None:
    """Draw the X-ray under another exposure, its score before and after."""
    key = Key.LAB.of("grey", row["image_id"])
    own = round(float(image.mean()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Give it the other exposure",
            icon=":material/brightness_6:",
            type="primary",
            key=Key.LAB.of("darken"),
            on_click=state.put,
            args=(key, DARK),
        )
        st.button(
            "Back to its own",
            icon=":material/undo:",
            key=Key.LAB.of("own"),
            on_click=state.put,
            args=(key, own),
        )
    state.put(key, state.get(key, own))
    level = int(st.slider("Mean grey level of the X-ray", LOW, HIGH, key=key))
    changed = image if level == own else shortcuts.levelled(image, level)
    left, middle, right = st.columns([1.2, 1.2, 1], gap="medium")
    with left:
        seeing.xray(image, f"Chest X-ray {row['file']}")
        st.caption(f"As it is: mean grey {own}.")
    with middle:
        seeing.xray(changed, "The same X-ray under another exposure")
        st.caption(f"The same X-ray, mean grey {level}: nothing but its grey levels moved.")
    with right:
        before, after = (_score(run, picture) for picture in (image, changed))
        st.metric("Score as it is", f"{before:.3f}")
        st.metric("Score so exposed", f"{after:.3f}", f"{after - before:+.3f}", delta_color="off")
        st.markdown(
            "A patch cannot cover an exposure. The slider changes nothing but the exposure: where "
            "the score follows it, the network read the brightness."
        )


def _score(run: Run, image: np.ndarray) -> float:
    square = preprocess(image, run.recipe.size, run.recipe.preprocessing)
    key = digest_json([cached.model_key(run.id), "lab exposure", square.tobytes().hex()])
    found: float = cached_cover.kept(key, lambda: float(inference.probabilities(run, square)[1]))
    return found
