"""One picture that was tried, in full: what is doubtful, the verdict, where the network looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import streamlit as st

from engine.explaining import methods
from engine.vision import evidence
from pages.shared import charts, heat, inline, layout, seeing, trying, trying_cover, trying_words
from pages.shared.state import Key

if TYPE_CHECKING:
    import numpy as np

    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run
    from pages.shared.trying import Answer, Picture

EVIDENCE, FINDING = 112, 270  # pixels: a picture that shows an artefact, and its sentence too


def show(run: Run, threshold: Threshold, one: Answer) -> None:
    """Draw doubts first, then the verdict, the picture, what the network saw and its heat map."""
    doubts(one.picture)
    said, scores = st.columns(2, gap="medium", vertical_alignment="center")
    with said:
        st.markdown(trying_words.verdict(run, one, threshold), help=trying_words.origin(threshold))
    with scores:
        figure = trying_words.bars(run, one, threshold)
        st.plotly_chart(figure, config=charts.CONFIG, key=Key.TRY.of("bars"))
    upload, network, looked = st.columns(3, gap="medium")
    with upload:
        seeing.xray(one.picture.image, f"The picture {one.picture.name}")
        st.markdown(trying_words.caption(run, one))
    with network:
        seeing.xray(one.seen, "What the network saw of it")
        st.markdown(trying_words.steps(run, one))
    with looked, layout.errors_as_message():
        look(run, one)
    st.caption(f"{trying_words.origin(threshold)} {trying_words.CAVEAT}")
    trying_cover.show(run, threshold, one)


def doubts(picture: Picture) -> None:
    """Warn of what looks like no chest X-ray, and show each flagged artefact where it is."""
    verdict, found = trying.doubts(picture)
    if verdict.flagged:
        st.warning(
            f"**This may be no frontal chest X-ray.** {verdict.sentence} The network answers any "
            "picture; its answer to this one means nothing then.",
            icon=":material/warning:",
        )
    if not found:
        return
    with st.container(horizontal=True, gap="medium"):
        for finding in found:
            with st.container(
                horizontal=True, width=FINDING, vertical_alignment="center", gap="small"
            ):
                if finding.evidence:
                    drawn = evidence.draw(_small(picture.image), finding)
                    alt = f"Where it is: {finding.label}"
                    st.image(inline.address(drawn), width=EVIDENCE, alt=alt)
                said = f":material/flag: **{finding.label}**. {finding.sentence}"
                st.caption(said, width=FINDING - EVIDENCE - 16 if finding.evidence else "stretch")


def look(run: Run, one: Answer) -> None:
    """Where the network looked, for a class of the visitor's choice."""
    picture = st.container()
    name = str(
        st.segmented_control(
            "Heat for which class",
            run.classes,
            default=run.classes[one.decision],
            required=True,
            key=Key.TRY.of("class", run.id, one.picture.key),
        )
    )
    with picture:
        result = trying.heat(run, one, run.classes.index(name))
        title = f"{methods.row(result.method).label} for {name}"
        heat.show([heat.Heated(one.seen, result, title, name)], Key.TRY.of("heat"))


def _small(image: np.ndarray) -> np.ndarray:
    side = 3 * EVIDENCE  # for dense screens, and for who opens it full screen
    longest = max(image.shape)
    if longest <= side:
        return image
    height, width = (max(1, round(length * side / longest)) for length in image.shape)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
