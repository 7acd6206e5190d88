"""Waiting for the search of a source: progress, a way to stop it, and to go on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached_quality, working
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue


def found(catalogue: Catalogue) -> pd.DataFrame | None:
    """Return the quality table; None, with what is being done drawn, while there is none.

    Raises CxrError where a file has gone or the disk is full.
    """
    key = (catalogue.hash, catalogue)
    find = partial(cached_quality.search, *key)
    work = working.finished(find, cancel=Key.QUALITY.of("stop", catalogue.hash))
    if work is None:
        return None
    if work.cancelled and work.failed:
        st.markdown(
            f"**The search was stopped** after {work.done:,} of {work.total:,} images. What it "
            "found is kept."
        )
        if st.button("Go on", icon=":material/play_arrow:", key=Key.QUALITY.of("go_on")):
            cached_quality.search.clear(*key)
            st.rerun()
        return None
    if work.failed:
        cached_quality.search.clear(*key)
    return work.result()
