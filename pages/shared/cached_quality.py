"""The search of a source for flawed images, and what one opened X-ray is found to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.vision.artefacts import Finding


@st.cache_resource(max_entries=8, show_spinner=False)
def search(data_hash: str, _catalogue: Catalogue) -> Work[pd.DataFrame]:
    """Return the search of a source (see quality.table), begun where it was not."""

    def make(report: Report) -> pd.DataFrame:
        from engine.data import quality

        return quality.table(_catalogue, report)

    return Work(make, f"quality {data_hash}", "Looking for artefacts")


def is_known(catalogue: Catalogue) -> bool:
    """Say at once whether the source was searched already."""
    from engine.data import quality

    return quality.is_quick(catalogue)


@st.cache_resource(max_entries=512, show_spinner=False)
def findings(path: str, image_id: str) -> tuple[Finding, ...]:
    """Return what the detectors find in an image, kept by content; raise UnreadableImage."""
    from engine.vision import artefacts

    return artefacts.inspect(cached.picture(path, image_id))
