"""The shortcut lab's first step: which sign, and how it goes with the label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from engine.vision.shortcuts import SHORTCUTS
from pages.shared import cached_lab, inline, lab_words, palette, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from pages.shared.cached_lab import Sample

SIDE, PAIR = 128, 272  # pixels on the page of one, and of two beside each other


def show(shortcut: str) -> None:
    """Draw what training shows and what the test shows."""
    st.markdown(SHORTCUTS[shortcut].help)
    outlined = bool(state.get(Key.LAB.of("outlined")))
    training, test = cached_lab.samples(shortcut)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("What training and validation show", anchor=False)
        _row(training, shortcut, outlined)
        st.markdown(
            f"{lab_words.goes(shortcut)} The disease is there as well, drawn as in every phantom: "
            "a network could learn it, with more effort."
        )
    with right:
        st.subheader("What the test shows", anchor=False)
        _row(test, shortcut, outlined)
        st.markdown(
            "As in another hospital: the sign lies at random, on half of the ill and half of the "
            "healthy. Whoever reads the sign can only guess here."
        )
    st.toggle(
        "Outline the true opacities",
        key=Key.LAB.of("outlined"),
        persist_state="session",
        help="The phantom knows where it drew the disease. The network is never told.",
    )


def _row(samples: Sequence[Sample], shortcut: str, outlined: bool) -> None:
    with st.container(horizontal=True, gap="small", width=PAIR):
        for sample in samples:
            name = lab_words.carrying(shortcut, sample.ill, sample.carries)
            picture = _outlined(sample) if outlined else sample.image
            with st.container(width=SIDE, gap="xxsmall"):
                st.image(inline.address(picture), width=SIDE, alt=f"Phantom, {name}")
                st.caption(name)


def _outlined(sample: Sample) -> np.ndarray:
    """Draw the edge of the opacity in the colour of its class: (h, w, 3)."""
    import cv2

    colour = tuple(int(palette.PNEUMONIA[at : at + 2], 16) for at in (1, 3, 5))
    painted = np.repeat(sample.image[..., None], 3, axis=2)
    edges, _ = cv2.findContours(
        sample.opacity.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(painted, edges, -1, colour, 1)
    return painted
