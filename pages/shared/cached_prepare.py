"""Cached for the Prepare page: drawn X-rays, and pictures after a chain of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.words.options import Choice

if TYPE_CHECKING:
    import numpy as np

SIDE, ASPECT = 448, 1.25  # of a drawn X-ray: wide, so that each way to the square differs


@st.cache_data(max_entries=32, show_spinner="Drawing an X-ray")
def drawn(kind: str, seed: int) -> np.ndarray:
    """Return one synthetic X-ray, wider than high, of a kind such as "viral"."""
    from engine.vision import phantom

    return phantom.draw(seed, kind, SIDE, aspect=ASPECT).image


# Resources, so that a rerun copies no picture: nobody writes into them.
@st.cache_resource(max_entries=48, ttl=600, show_spinner=False)
def prepared(key: str, size: int, steps: tuple[Choice, ...], _image: np.ndarray) -> np.ndarray:
    """Return a picture (H, W), known by its content's key, after steps: (size, size) uint8."""
    from engine.vision.preprocessing import preprocess

    return preprocess(_image, size, steps)
