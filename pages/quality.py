"""Quality: which X-rays are flawed, whether a flaw gives a class away, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import (
    data_source,
    layout,
    quality_classes,
    quality_errors,
    quality_limits,
    quality_search,
    quality_table,
    quality_worst,
    state,
    views,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue

VIEW = Key.QUALITY.of("view")
VIEWS = {
    "flaws": ("Which flaws", quality_classes.show),
    "worst": ("Worst first", quality_worst.show),
    "table": ("All X-rays", quality_table.show),
    "errors": ("The model's errors", quality_errors.show),
    "limits": ("Leave them out", quality_limits.show),
}


def page() -> None:
    """Draw the page."""
    layout.header("Which images are poor, and does it matter?", ":material/troubleshoot:")
    state.show(Key.QUALITY)
    with layout.errors_as_message():
        name = data_source.choose()
    if name is None:
        nothing_chosen()
        return
    catalogue = data_source.opened(name)
    with layout.errors_as_message():
        found = quality_search.found(catalogue)
        if found is None:
            st.caption(
                "Every X-ray is looked at once, at its full size, for grid lines, metal, blur, "
                "noise, exposure, text and rotation. The answers are kept."
            )
            return
        look(catalogue, found)


@layout.errors_as_message()
def look(catalogue: Catalogue, found: pd.DataFrame) -> None:
    """Draw the chosen view of a source that was searched."""
    names = {key: name for key, (name, _) in VIEWS.items()}
    view = views.choose("Look at", names, Key.QUALITY, VIEW)
    VIEWS[view][1](catalogue, found)


def nothing_chosen() -> None:
    """Say what would be here, and how to get it."""
    with st.container(border=True):
        st.markdown(
            "Here you would see which X-rays are spoiled by grid lines, metal, blur, noise, wrong "
            "exposure, text or rotation, whether that gives the class away, and whether the model "
            "errs more on them. No source is chosen yet. Choose one above, or begin with synthetic "
            "images that need no download."
        )
        if st.button("Take the synthetic X-rays", icon=":material/draw:", key=Key.QUALITY.of("go")):
            state.set_current_source(data_source.PHANTOM)
            st.rerun()


page()
