"""Augment: what augmentation does to X-rays, to a network's answers and to their labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from engine.vision.augmentation import code
from pages.shared import (
    augment_batch,
    augment_chain,
    augment_draws,
    augment_risk,
    augment_score,
    layout,
    state,
    views,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.words.options import Choice

Steps = tuple["Choice", ...]


def page() -> None:
    """Draw the page."""
    layout.header("What does augmentation do to an X-ray?", ":material/shuffle:")
    state.show(Key.AUGMENT)
    body()


@st.fragment
@layout.errors_as_message()
def body() -> None:
    """The steps on one side, what they do on the other."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(gap="xxsmall"):
            augment_chain.begin()
        ready = st.container(width="content")
    left, right = st.columns([4, 7], gap="medium")
    with left:
        steps = augment_chain.compose()
    with ready:
        augment_chain.use(steps)
    with right:
        names = {key: name for key, (name, _) in VIEWS.items()}
        view = views.choose("Show", names, Key.AUGMENT, Key.AUGMENT.of("view"))
        VIEWS[view][1](steps)


def show_code(steps: Steps) -> None:
    """The pipeline as Python code, with a button that copies it."""
    st.markdown(
        "The same pipeline without this product: `draw(pipeline, image, seed)` gives the very "
        "pictures of **Draws**, to the byte."
    )
    st.code(code(steps), language="python")


VIEWS: dict[str, tuple[str, Callable[[Steps], None]]] = {
    "draws": ("Draws", augment_draws.show),
    "risk": ("Label at risk", augment_risk.show),
    "score": ("The model's score", augment_score.show),
    "batch": ("First batch", augment_batch.show),
    "code": ("Code", show_code),
}

page()
