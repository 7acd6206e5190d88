"""The search of a source for flawed images, and what one opened X-ray is found to have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, inline
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.judging.contrasts import Contrast
    from engine.vision.artefacts import Finding
    from engine.vision.gate import Verdict


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


@st.cache_resource(max_entries=64, show_spinner=False)
def findings(path: str, image_id: str) -> tuple[tuple[Finding, ...], Verdict]:
    """Return what the detectors find in an image, and the gate; raise UnreadableImage."""
    from engine.vision import artefacts, decoding, gate
    from engine.vision.colour import colourfulness

    data = decoding.read_bytes(Path(path))
    image = decoding.decode(data)
    return artefacts.inspect(image), gate.judge(image, colourfulness(data))


@st.cache_data(max_entries=2000, show_spinner=False)
def drawn(path: str, image_id: str, name: str, side: int) -> tuple[str, str]:
    """Return an image of at most `side` pixels with a detector's evidence, and its sentence.

    The picture is a data address. Kept by content; raises CxrError where the file is unreadable.
    """
    from engine.vision import decoding, evidence
    from engine.vision.artefact_view import View
    from engine.vision.artefacts import DETECTORS

    measure = DETECTORS[name].load()(View(decoding.read(Path(path))))
    small = cached.picture(path, image_id, side)
    return inline.address(evidence.draw(small, measure)), measure.sentence


@st.cache_resource(max_entries=8, show_spinner=False)
def listed(data_hash: str, _found: pd.DataFrame) -> pd.DataFrame:
    """Return a quality table for the screen: its rows keep their numbers, most flaws first."""
    from engine.data import quality
    from engine.vision.artefacts import DETECTORS, FLAGGED

    severities = _found[list(DETECTORS)]
    flaws, worst = (severities >= FLAGGED).sum(axis=1), severities.max(axis=1)
    table = _found.assign(flaws=flaws, worst=worst, file=_found["file"].str.split("/").str[-1])
    table = table.sort_values(["flaws", "worst"], ascending=False, kind="stable")
    rest = ["kind", "patient", "split", quality.GATE]
    return table[["file", "flaws", "label", *DETECTORS, *rest]]


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def contrasts(run_id: str, split: str, index: int, threshold: float) -> list[Contrast]:
    """Return a run's errors with and without each flaw of the images of a split."""
    from engine.judging import contrasts as judging
    from pages.shared import cached_judging, cached_slices

    images = cached_slices.images(run_id, split, False)
    if images is None:
        return []
    return judging.contrasts(cached_judging.against(run_id, split, index), threshold, images)


cached.FOLLOWING += [contrasts]
