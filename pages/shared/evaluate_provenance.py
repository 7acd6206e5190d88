"""Evaluate's view of where its figures come from: what taught, what chose, what judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging.sentences import chosen
from pages.shared import cached_honesty, wording

if TYPE_CHECKING:
    from engine.judging.provenance import Provenance
    from engine.judging.scores import Scores
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run


def show(run: Run, scores: Scores, threshold: Threshold) -> None:
    """Draw what stands behind every figure of this run, split and threshold."""
    found = cached_honesty.provenance(run.id, scores.split, threshold, look=True)
    said = chosen(threshold, scores.split)
    st.subheader("Can these figures be trusted?", anchor=False)
    if found.fair:
        st.badge(
            "What judges has neither taught nor chosen", icon=":material/verified:", color="green"
        )
    else:
        st.badge("Read these figures with care", icon=":material/warning:", color="orange")
    _three_parts(run, found)
    for sentence in found.sentences:
        if sentence in found.doubts:
            st.markdown(f":material/warning: {sentence}")
        elif sentence != said:  # the badge above says it already
            st.markdown(f":material/info: {sentence}")
    st.table(found.table().set_index("what"))
    st.caption(
        "The data's content and the recipe are named by a hash: equal names, equal content. Under "
        "these versions, on a like device, the recipe gives these figures again."
    )


def line(run: Run, split: str, threshold: Threshold | None) -> None:
    """Draw the same in one line, for under a title."""
    st.caption(cached_honesty.provenance(run.id, split, threshold).line)


def _three_parts(run: Run, found: Provenance) -> None:
    """Images that taught, that chose and that judge, as three numbers."""
    whole = cached_honesty.sizes(run.id)
    tiles = {
        "Taught": ("train", "Images that the weights were fitted to."),
        "Chose": ("validation", "Images that chose the epoch and, unless said, the threshold."),
        "Judges": (found.split, "Images that the figures on this page are computed of."),
    }
    with st.container(horizontal=True, gap="large"):
        for label, (part, text) in tiles.items():
            number = whole.get(part)
            shown = "not stored" if number is None else wording.count(number, "image")
            st.metric(f"{label}: {part}", shown, help=text, width="content")
