"""Showing an X-ray and what a network made of it: pictures on black, heat maps with their scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.explaining import overlay, sentences
from pages.shared import inline
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.cam import CamResult

SIDE = 640  # pixels that are sent; the page shows fewer
RAW = (
    "The weighted sum of the layer's channels in each cell. Below 0 a cell speaks against the "
    "class; Grad-CAM leaves that part out, so the colours begin at 0."
)
COLOURS = {"inferno": "Inferno", "turbo": "Turbo"}


def xray(picture: np.ndarray, alt: str) -> None:
    """Draw a picture (grey or RGB) on a black square, its aspect ratio kept."""
    st.image(inline.address(overlay.framed(picture, SIDE)), width="stretch", alt=alt)


def blend(key: Key) -> tuple[float, str]:
    """Draw the opacity and the colour map; return both."""
    opacity = st.slider(
        "Heat over X-ray",
        0,
        100,
        40,
        5,
        format="%d%%",
        key=key,
        persist_state="session",
        help="0% is the X-ray alone, 100% the heat map alone.",
    )
    colours = st.segmented_control(
        "Colours",
        list(COLOURS),
        default="inferno",
        required=True,
        format_func=lambda name: COLOURS[name],
        key=Key.EXPLAIN_MAP,
        persist_state="session",
        help="Both go from cold to hot without false edges; the scale is under the picture.",
    )
    return opacity / 100, str(colours)


def heat(seen: np.ndarray, result: CamResult, opacity: float, colours: str, name: str) -> None:
    """Draw the heat map over what the network saw (size, size), with its scale and a sentence."""
    # Enlarged first, so that the picture's pixels stay crisp and the heat is smooth.
    painted = overlay.overlay(overlay.framed(seen, SIDE), result.heat, opacity, colours)
    st.image(inline.address(painted), width="stretch", alt=f"Heat map for {name} over the X-ray")
    if not result.empty:
        scale = inline.address(overlay.scale(colours, SIDE, 14))
        st.image(scale, width="stretch", alt="Colour scale of the map")
        low, high = sentences.number(result.raw_min), sentences.number(result.raw_max)
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.caption("0", width="content")
            st.caption(f"raw map {low} to {high}", width="content", help=RAW)
            st.caption(high, width="content")
    st.markdown(sentences.describe(result, name))
    st.caption(sentences.note(result))
