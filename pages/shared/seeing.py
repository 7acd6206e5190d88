"""Showing an X-ray: a picture on black."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.explaining import overlay
from pages.shared import inline

if TYPE_CHECKING:
    import numpy as np

SIDE = 640  # pixels that are sent; the page shows fewer


def xray(picture: np.ndarray, alt: str) -> None:
    """Draw a picture (grey or RGB) on a black square, its aspect ratio kept."""
    st.image(inline.address(overlay.framed(picture, SIDE)), width="stretch", alt=alt)
