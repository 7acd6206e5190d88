"""Slices, kept: what the images' files tell, the groups, and the figures of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, cached_judging

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.judging.slices import Slices
    from engine.judging.slicing import Groups


@st.cache_resource(max_entries=8, ttl=600, show_spinner="Looking up the images")
def catalogue(run_id: str) -> Catalogue | None:
    """Return the table of a run's images, or of other copies of them; None: not on this machine."""
    from engine.data import sources

    root, _ = cached.folder_of(run_id)
    return None if root is None else sources.open_source(root)


def is_measured(run_id: str) -> bool:
    """Say at once whether the brightness of a run's images is known, or as good as."""
    from engine.data import brightness

    there = catalogue(run_id)
    return there is not None and brightness.is_quick(there)


@st.cache_resource(max_entries=16, ttl=600, show_spinner="Measuring the brightness of the images")
def images(run_id: str, split: str, bright: bool) -> pd.DataFrame | None:
    """Return width, height, format, mode and grey of the images of a split, in the scores' order.

    `bright`: whether grey is wanted. None where the images are not here; raises CxrError.
    """
    from engine.data import brightness

    there = catalogue(run_id)
    if there is None:
        return None
    table = there.images[["file", "width", "height", "format", "mode"]]
    if bright:
        table = table.assign(grey=brightness.mean_grey(there))
    return table.set_index("file").reindex(cached.scores(run_id, split).rows["file"])


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def groups(run_id: str, split: str, bright: bool) -> Groups:
    """Return every way to cut the images of a split."""
    from engine.judging import slicing

    return slicing.groups(cached.scores(run_id, split), images(run_id, split, bright))


@st.cache_resource(max_entries=256, ttl=600, show_spinner=False)
def slices(
    run_id: str, split: str, index: int, threshold: float, measure: str, least: int, bright: bool
) -> Slices:
    """Return the figures of every group at a threshold, the worst first."""
    from engine.judging import slices as judging

    scores = cached_judging.against(run_id, split, index)
    return judging.slices(scores, threshold, groups(run_id, split, bright), measure, least)


cached.FOLLOWING += [catalogue, images, groups, slices]
