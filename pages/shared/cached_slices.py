"""Slices, kept: what the images' files tell, the groups, and the figures of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, cached_judging, cached_quality

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


def images(run_id: str, split: str, bright: bool) -> pd.DataFrame | None:
    """Return what the files of a split's images tell, in the scores' order.

    Width, height, format, mode; grey where `bright`; flaws where somebody looked for them. None
    where the images are not here; raises CxrError.
    """
    return _images(run_id, split, bright, searched(run_id))


def groups(run_id: str, split: str, bright: bool) -> Groups:
    """Return every way to cut the images of a split."""
    return _groups(run_id, split, bright, searched(run_id))


def slices(
    run_id: str, split: str, index: int, threshold: float, measure: str, least: int, bright: bool
) -> Slices:
    """Return the figures of every group at a threshold, the worst first."""
    return _slices(run_id, split, index, threshold, measure, least, bright, searched(run_id))


def searched(run_id: str) -> bool:
    """Say at once whether the flaws of a run's images are known."""
    there = catalogue(run_id)
    return there is not None and cached_quality.is_known(there)


@st.cache_resource(max_entries=16, ttl=600, show_spinner="Measuring the images")
def _images(run_id: str, split: str, bright: bool, flaws: bool) -> pd.DataFrame | None:
    from engine.data import brightness, quality
    from engine.judging import slicing

    there = catalogue(run_id)
    if there is None:
        return None
    table = there.images[["file", "width", "height", "format", "mode"]]
    if bright:
        table = table.assign(grey=brightness.mean_grey(there))
    if flaws:
        table = table.join(quality.flaws(quality.table(there)).add_prefix(slicing.FLAW))
    return table.set_index("file").reindex(cached.scores(run_id, split).rows["file"])


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def _groups(run_id: str, split: str, bright: bool, flaws: bool) -> Groups:
    from engine.judging import slicing

    return slicing.groups(cached.scores(run_id, split), _images(run_id, split, bright, flaws))


@st.cache_resource(max_entries=256, ttl=600, show_spinner=False)
def _slices(
    run_id: str,
    split: str,
    index: int,
    threshold: float,
    measure: str,
    least: int,
    bright: bool,
    flaws: bool,
) -> Slices:
    from engine.judging import slices as judging

    scores = cached_judging.against(run_id, split, index)
    there = _groups(run_id, split, bright, flaws)
    return judging.slices(scores, threshold, there, measure, least)


cached.FOLLOWING += [catalogue, _images, _groups, _slices]
